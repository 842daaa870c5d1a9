#!/usr/bin/env bash
# Deploys to MiniStack with the real CDK CLI: runs a cutover there (test/deploy/ministack.test.ts), and removes what `crossfade accept` makes
# (test/deploy/acceptance.test.ts).
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv/ministack
[ -x "$venv/bin/ministack" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check 'ministack==1.5.33'; }
port=$(node test/support/free-port.cjs)
# Its Lambdas' files have no extension of a module kind: a package.json of the temporary directory must not say which they are.
work=$(mktemp -d)
echo '{}' >"$work/package.json"
# Its Lambdas are Node processes of whatever `node` comes first; a process group of its own takes them along when it stops.
set -m
PATH="$PWD/node_modules/.bin:$PATH" TMPDIR="$work" BIND_HOST=127.0.0.1 GATEWAY_PORT="$port" IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 SFN_WAIT_SCALE=0.05 \
  "$venv/bin/ministack" >"$venv/server.log" 2>&1 &
server=$!
set +m
# It has been seen to hang in its own shutdown, which would hang CI: it gets ten seconds.
stop() {
  kill -- "-$server" 2>/dev/null || true
  for _ in $(seq 1 50); do kill -0 "$server" 2>/dev/null || break; sleep 0.2; done
  kill -KILL -- "-$server" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
for _ in $(seq 1 100); do
  if node -e "fetch('http://127.0.0.1:$port/_ministack/health').then(()=>process.exit(0),()=>process.exit(1))"; then ready=1; break; fi
  sleep 0.2
done
[ "${ready:-0}" = 1 ] || { echo "MiniStack did not start"; cat "$venv/server.log"; exit 1; }
CROSSFADE_MINISTACK_URL="http://127.0.0.1:$port" npx vitest run --bail 1 --no-file-parallelism test/deploy || { tail -40 "$venv/server.log"; exit 1; }
