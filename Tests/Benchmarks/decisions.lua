-- wrk: decisions for steps of the workflow that run.py writes; every request is a decision of its own.
local token = os.getenv("TOKEN")
local thread = 0
function setup(t) t:set("id", thread); thread = thread + 1 end
local count = 0
function init()
  wrk.method = "POST"
  wrk.path = "/access/v1/evaluation"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. token
end
function request()
  count = count + 1
  local body = string.format('{"subject":{"type":"agent","id":"bench-agent","properties":{"role":"support","trust":80}},' ..
    '"action":{"name":"tool.call","properties":{"method":"POST"}},"resource":{"type":"tool","id":"bench.tool","properties":{"region":"eu-west-1"}},' ..
    '"context":{"workflow":"bench","run":"run-%d-%d","step":"call","point":"before_tool","environment":"production",' ..
    '"arguments":{"ticket":"t-%d","amount_cents":%d,"priority":"normal"},"estimate":{"tool_calls":1,"tokens_in":%d}}}',
    id, count % 5000, count, count % 4000, count % 900)
  return wrk.format(nil, nil, nil, body)
end
function done(summary, latency, requests)
  io.write(string.format('JSON {"per_second":%.0f,"p50_ms":%.3f,"p99_ms":%.3f,"requests":%d,"errors":%d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.requests,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
