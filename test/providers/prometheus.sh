#!/usr/bin/env bash
# Reads metrics of a plan from a real Prometheus: Debian's own, unpacked beside the sources and not installed; its history is backfilled.
set -euo pipefail
cd "$(dirname "$0")/../.."
home=.venv/prometheus
if [ ! -x "$home/usr/bin/prometheus" ]; then
  mkdir -p "$home"
  (cd "$home" && { apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; }; } >/dev/null 2>&1 && dpkg -x prometheus_*.deb . && rm prometheus_*.deb) ||
    { echo "SKIPPED: metrics from a real Prometheus (Debian's package cannot be had)"; exit 0; }
fi
port=$(node test/support/free-port.cjs)
data=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }; rm -rf "$data"' EXIT
from=$(npx node test/providers/history.ts "$data/history.txt")
"$home/usr/bin/promtool" tsdb create-blocks-from openmetrics "$data/history.txt" "$data/tsdb" >"$data/promtool.log" 2>&1 || { cat "$data/promtool.log"; exit 1; }
printf 'global: {}\n' >"$data/prometheus.yml"
"$home/usr/bin/prometheus" --config.file="$data/prometheus.yml" --storage.tsdb.path="$data/tsdb" --storage.tsdb.retention.time=30d \
  --web.listen-address="127.0.0.1:$port" --log.level=warn >"$data/server.log" 2>&1 &
server=$!
for _ in $(seq 1 100); do
  if node -e "fetch('http://127.0.0.1:$port/-/ready').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"; then ready=1; break; fi
  sleep 0.2
done
[ "${ready:-0}" = 1 ] || { echo 'Prometheus did not start'; cat "$data/server.log"; exit 1; }
CROSSFADE_PROMETHEUS_URL="http://127.0.0.1:$port" CROSSFADE_PROMETHEUS_FROM="$from" npx vitest run test/providers
