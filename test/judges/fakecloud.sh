#!/usr/bin/env bash
# Runs the adapters' contract, rights on resources and plain alarms against fakecloud 0.51. `cargo install fakecloud --version 0.51.0 --locked --debug`
# takes 35 minutes on two cores, so CI does not build it: FAKECLOUD names a binary, or it is in PATH.
set -euo pipefail
cd "$(dirname "$0")/../.."
fakecloud=$(command -v "${FAKECLOUD:-fakecloud}") || { echo 'SKIPPED: fakecloud (no binary; FAKECLOUD names one)'; exit 0; }
work=$(mktemp -d)
port=$(node test/support/free-port.cjs)
"$fakecloud" --addr "127.0.0.1:$port" --iam strict --log-level warn >"$work/server.log" 2>&1 &
server=$!
stop() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
for _ in $(seq 1 150); do
  if node -e "fetch('http://127.0.0.1:$port/_fakecloud/health').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"; then ready=1; break; fi
  sleep 0.2
done
[ "${ready:-0}" = 1 ] || { echo 'fakecloud did not start'; cat "$work/server.log"; exit 1; }
CROSSFADE_FAKECLOUD_URL="http://127.0.0.1:$port" npx vitest run --no-file-parallelism test/contract/adapters.test.ts test/contract/access.test.ts test/judges/fakecloud.test.ts
