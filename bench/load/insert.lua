local common = require("common")
init, request, done = common.init, common.insert, common.done
