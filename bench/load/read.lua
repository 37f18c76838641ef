local common = require("common")
init, request, done = common.init, common.read, common.done
