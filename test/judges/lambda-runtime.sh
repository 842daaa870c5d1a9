#!/usr/bin/env bash
# Runs every handler's bundle under AWS's own runtime interface client and emulator (test/judges/lambda-runtime.test.ts). The client's
# compiled part takes minutes to build: runtime_client.cjs speaks in its place.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools="$PWD/.venv/lambda-runtime"
emulator="github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@v0.0.0-20261030222936-bef5c4ba774d"
client="$tools/node_modules/aws-lambda-ric"
if [ ! -e "$tools/installed" ]; then
  mkdir -p "$tools"
  echo '{}' >"$tools/package.json"
  { GOBIN="$tools" go install "$emulator" &&
    npm install --prefix "$tools" --ignore-scripts --no-audit --no-fund --no-package-lock --silent aws-lambda-ric@4.0.2; } ||
    { echo "SKIPPED: Lambda by AWS's own parts (they do not install here)"; exit 0; }
  : >"$client/rapid-client.node"
  touch "$tools/installed"
fi
CROSSFADE_LAMBDA_EMULATOR="$tools/aws-lambda-rie" CROSSFADE_LAMBDA_CLIENT="$client/index.mjs" npx vitest run test/judges/lambda-runtime.test.ts
