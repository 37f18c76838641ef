-- Nine point reads, then an insert's turn, at random.
local common = require("common")
init, done = common.init, common.done

function request()
  if math.random(10) == 1 then return common.insert() end
  return common.read()
end
