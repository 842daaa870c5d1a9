#!/usr/bin/env bash
# Runs the contract suite against moto's server: somebody else's implementation of the same services.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv/moto
[ -x "$venv/bin/moto_server" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.5'; }
port=$(node test/support/free-port.cjs)
"$venv/bin/moto_server" --host 127.0.0.1 --port "$port" >"$venv/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
for _ in $(seq 1 100); do
  if node -e "fetch('http://127.0.0.1:$port/moto-api/').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"; then ready=1; break; fi
  sleep 0.2
done
[ "${ready:-0}" = 1 ] || { echo "moto did not start"; cat "$venv/server.log"; exit 1; }
# The models of AWS's services come with moto.
CROSSFADE_BOTOCORE=$(echo "$PWD/$venv"/lib/python3*/site-packages/botocore/data) CROSSFADE_MOTO_URL="http://127.0.0.1:$port" npx vitest run --no-file-parallelism "${@:-test/contract}"
