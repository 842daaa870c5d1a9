#!/usr/bin/env bash
# Runs the synthesised state machines in LocalStack's interpreter, a campaign against its APIs, and the backfill over its S3. 4.9.2 is its last version that
# needs no account; the packages beside it are of its time, and it breaks with newer ones.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv/localstack
pins='localstack-core[runtime]==4.9.2 plux==1.12.1 cbor2==5.7.0 cryptography==45.0.7 pyopenssl==25.1.0 service_identity==24.2.0'
if [ ! -e "$venv/installed" ]; then
  python3 -m venv "$venv"
  # shellcheck disable=SC2086
  "$venv/bin/pip" install --quiet --disable-pip-version-check $pins || { echo 'SKIPPED: Step Functions by LocalStack (it does not install here)'; exit 0; }
  touch "$venv/installed"
fi
port=$(node test/support/free-port.cjs)
lambda=$(node test/support/free-port.cjs)
work=$(mktemp -d)
CROSSFADE_LAMBDA_URL="http://127.0.0.1:$lambda" GATEWAY_LISTEN="127.0.0.1:$port" FILESYSTEM_ROOT="$work" \
  SERVICES=stepfunctions,events,s3,iam,sts SKIP_SSL_CERT_DOWNLOAD=1 DISABLE_EVENTS=1 DNS_ADDRESS=0 PYTHONDONTWRITEBYTECODE=1 \
  "$venv/bin/python" test/judges/run_localstack.py >"$venv/server.log" 2>&1 &
server=$!
stop() {
  kill "$server" 2>/dev/null || true
  for _ in $(seq 1 50); do kill -0 "$server" 2>/dev/null || break; sleep 0.2; done
  kill -KILL "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
for _ in $(seq 1 450); do
  kill -0 "$server" 2>/dev/null || break
  if node -e "fetch('http://127.0.0.1:$port/_localstack/health').then(()=>process.exit(0),()=>process.exit(1))"; then ready=1; break; fi
  sleep 0.2
done
[ "${ready:-0}" = 1 ] || { echo 'LocalStack did not start'; tail -40 "$venv/server.log"; exit 1; }
CROSSFADE_LOCALSTACK_URL="http://127.0.0.1:$port" CROSSFADE_LAMBDA_PORT="$lambda" npx vitest run --no-file-parallelism test/judges/step-functions.test.ts test/judges/campaign.test.ts test/judges/parity-backfill.test.ts || { tail -20 "$venv/server.log"; exit 1; }
