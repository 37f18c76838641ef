local common = require("common")
init, request, done = common.init, common.stats, common.done
