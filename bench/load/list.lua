local common = require("common")
init, request, done = common.init, common.list, common.done
