#!/usr/bin/env bash
# Precision and recall of `crossfade contract` between public services that nobody here wrote: two httpbins and two S3 servers, in Python
# and in Go, and two user pools in Python and in Node, of which a flow registers, logs in, writes, reads and deletes; asked the same and held
# against labels (test/judges/services). Before them fourteen pairs whose answers were recorded: two JSON servers,
# two file servers and two WebDAV servers; two further file servers, two of one API, of GraphQL, of DynamoDB and of images; four of RealWorld; two of resumable uploads; two of SQS and two of Kinesis.
set -euo pipefail
cd "$(dirname "$0")/../.."
npx node test/judges/services/judge.ts recorded test/judges/services/recorded.ndjson
npx node test/judges/services/judge.ts further test/judges/services/further.ndjson
npx node test/judges/services/judge.ts realworld test/judges/services/realworld.ndjson
npx node test/judges/services/judge.ts tus test/judges/services/tus.ndjson
npx node test/judges/services/judge.ts stand-ins test/judges/services/stand-ins.ndjson test/judges/services/stand-ins.rules.json
tools="$PWD/.venv/services"
asked=test/judges/services
moto=.venv/moto
if [ ! -e "$tools/installed-2" ]; then
  python3 -m venv "$tools/python"
  { GOBIN="$tools" go install github.com/mccutchen/go-httpbin/v2/cmd/go-httpbin@v2.26.0 &&
    GOBIN="$tools" go install github.com/johannesboyne/gofakes3/cmd/gofakes3@v1.2.0 &&
    "$tools/python/bin/pip" install --quiet --disable-pip-version-check 'httpbin==0.10.4' 'gunicorn==27.0.1' &&
    npm install --silent --no-save --no-audit --no-fund --prefix "$tools/node" 'cognito-local@5.3.0' &&
    { [ -x "$moto/bin/moto_server" ] || { python3 -m venv "$moto" && "$moto/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.5'; }; }; } ||
    { echo 'SKIPPED: public services (they do not install here)'; exit 0; }
  touch "$tools/installed-2"
fi
work=$(mktemp -d)
servers=()
stop() {
  for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap stop EXIT
# Starts a service in the background, and waits until it answers.
serve() {
  local at=$1
  shift
  "$@" >"$work/$at.log" 2>&1 &
  servers+=("$!")
  for _ in $(seq 1 150); do
    if node -e "fetch('http://127.0.0.1:$at/').then(()=>process.exit(0),()=>process.exit(1))"; then return; fi
    sleep 0.2
  done
  echo "$1 did not start"
  cat "$work/$at.log"
  exit 1
}
# Asks both sides; the exit code 1 says that they differ, as they do.
contract() {
  local name=$1 stable=$2 candidate=$3 code=0
  shift 3
  npx node bin/crossfade.ts contract --stable "http://127.0.0.1:$stable" --candidate "http://127.0.0.1:$candidate" --noise --rps 60 \
    --concurrency 1 --deadline 10000 --out "$work/$name.ndjson" --json "$@" >"$work/$name.json" 2>"$work/$name.err" || code=$?
  [ "$code" = 1 ] || { echo "crossfade contract ended with exit code $code, and the answers differ"; cat "$work/$name.err"; exit 1; }
}

first=$(node test/support/free-port.cjs)
serve "$first" "$tools/python/bin/gunicorn" --bind "127.0.0.1:$first" httpbin:app
second=$(node test/support/free-port.cjs)
serve "$second" "$tools/go-httpbin" -host 127.0.0.1 -port "$second"
contract httpbin "$first" "$second" "$asked/httpbin.requests.txt" --allow POST:/post --allow PUT:/put --allow PATCH:/patch --allow DELETE:/delete \
  --allow POST:/anything/deep/path --allow POST:/get --allow DELETE:/status/202
first=$(node test/support/free-port.cjs)
serve "$first" "$moto/bin/moto_server" --host 127.0.0.1 --port "$first"
second=$(node test/support/free-port.cjs)
serve "$second" "$tools/gofakes3" -backend memory -host "127.0.0.1:$second"
contract s3 "$first" "$second" "$asked/s3.flow.yaml" --rules "$asked/s3.rules.json"
second=$(node test/support/free-port.cjs)
# It keeps its pools in the folder in which it runs.
serve "$second" sh -c "cd '$work' && exec env HOST=127.0.0.1 PORT=$second node '$tools/node/node_modules/.bin/cognito-local'"
contract cognito "$first" "$second" "$asked/cognito.flow.yaml"
npx node "$asked/judge.ts" httpbin "$work/httpbin.ndjson"
npx node "$asked/judge.ts" s3 "$work/s3.ndjson" "$asked/s3.rules.json"
npx node "$asked/judge.ts" cognito "$work/cognito.ndjson"
