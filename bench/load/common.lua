-- What all scripts share: which orders there are, and the line the driver reads.
-- After `--` on wrk's command line: a seed, how many orders, how many tenants.

local M = {}

function M.init(args)
  math.randomseed(tonumber(args[1]))
  -- LuaJIT's first numbers after similar seeds are similar.
  for _ = 1, 10 do math.random() end
  M.orders = tonumber(args[2])
  M.tenants = tonumber(args[3])
  local head = " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\n"
  M.get_tail = head .. "\r\n"
  M.post_head = "POST /orders" .. head .. "Content-Type: application/json\r\nContent-Length: "
end

-- The n-th order, as the driver stored it.
function M.read()
  local n = math.random(0, M.orders - 1)
  return string.format("GET /orders/tenant-%d/00000000-0000-7000-8000-1%011d%s",
    n % M.tenants, n, M.get_tail)
end

function M.list()
  return string.format("GET /orders/tenant-%d?limit=20%s", math.random(0, M.tenants - 1), M.get_tail)
end

function M.stats()
  return "GET /stats" .. M.get_tail
end

local currencies = { "EUR", "USD", "GBP" }

function M.insert()
  local body = string.format(
    '{"tenant_id":"tenant-%d","customer_id":"customer-%d","total_cents":%d,"currency":"%s"}',
    math.random(0, M.tenants - 1), math.random(0, 49999), math.random(100, 999999),
    currencies[math.random(3)])
  return M.post_head .. #body .. "\r\n\r\n" .. body
end

-- Times in microseconds.
function M.done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    "@wrk requests=%d duration=%d p50=%d p99=%d connect=%d read=%d write=%d status=%d timeout=%d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect, e.read, e.write, e.status, e.timeout))
end

return M
