/**
 * Process 1 of Envoy's container, in bash, which the image has: Envoy alone ends at once when it is told to go. Told to
 * go, it fails readiness and says `Connection: close`, waits until the load balancer has heard of it and nothing is
 * under way, and stops. An Envoy that ends without having been told to is counted here: a recorder may be away just
 * then.
 *
 * Environment: `ENVOY` (the binary), `ENVOY_CONFIG` (JSON), `INGRESS`, `ADMIN_PORT`, `DRAIN_DELAY_S`, `DRAIN_S`,
 * `CONCURRENCY`.
 */
export const PID_ONE = String.raw`
set -u
told=
ask() { # of Envoy's admin, by POST; its answer on standard output
  exec 3<>"/dev/tcp/127.0.0.1/$ADMIN_PORT" || return 1
  printf 'POST %s HTTP/1.1\r\nHost: admin\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' "$1" >&3
  cat <&3
  exec 3>&-
}
busy() { ask "/stats?filter=$1" | grep -q 'rq_active: [1-9]'; }
drain() {
  trap '' TERM INT
  ask /healthcheck/fail >/dev/null
  sleep "$DRAIN_DELAY_S"
  ask '/drain_listeners?graceful&skip_exit' >/dev/null
  end=$((SECONDS + DRAIN_S))
  while busy 'http.(forward|reverse).downstream_rq_active' && [ "$SECONDS" -lt "$end" ]; do sleep 0.1; done
  end=$((SECONDS + 3)) # the recorder gets the last exchanges, for which it has a second, and reads the last counts
  while busy 'cluster.(recorder|recorder_large).upstream_rq_active' && [ "$SECONDS" -lt "$end" ]; do sleep 0.1; done
  sleep 1
  kill -TERM "$envoy" 2>/dev/null && told=1
}
died() { # as CloudWatch reads metrics from logs
  printf '{"_aws":{"Timestamp":%s000,"CloudWatchMetrics":[{"Namespace":"Crossfade","Dimensions":[["Ingress"]],' "$(date +%s)"
  printf '"Metrics":[{"Name":"MirrorDied"}]}]},"Ingress":"%s","MirrorDied":1,"event":"envoy died","reason":"exit code %s"}\n' "$INGRESS" "$1"
}
"$ENVOY" --config-yaml "$ENVOY_CONFIG" --concurrency "$CONCURRENCY" --drain-strategy immediate --drain-time-s 1 \
  --file-flush-interval-msec 500 --disable-hot-restart --log-level warning "$@" &
envoy=$!
trap drain TERM INT
while kill -0 "$envoy" 2>/dev/null; do wait "$envoy"; done # a signal ends a wait
wait "$envoy"
code=$?
[ -n "$told" ] || died "$code"
exit "$code"
`;
