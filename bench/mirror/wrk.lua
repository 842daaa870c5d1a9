-- Percentiles and counts of one run, as JSON on the last line. Arguments: method, bytes of the body.
function init(args)
  if args[1] then wrk.method = args[1] end
  if args[2] and tonumber(args[2]) > 0 then wrk.body = string.rep("x", tonumber(args[2])) end
end

function done(summary, latency)
  local e = summary.errors
  print(string.format('{"requests":%d,"seconds":%.6f,"errors":%d,"p50":%.3f,"p99":%.3f,"p999":%.3f}',
    summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3))
end
