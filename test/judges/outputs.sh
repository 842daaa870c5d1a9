#!/usr/bin/env bash
# What `crossfade diff` hands to other programs, read by those: SARIF by Microsoft's Multitool with the rules of GitHub's code scanning, JUnit by
# junitparser, and annotations held against what GitHub's own toolkit writes for the same level, place and text.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools="$PWD/.venv/outputs"
if [ ! -e "$tools/installed-1" ]; then
  python3 -m venv "$tools/python"
  { "$tools/python/bin/pip" install --quiet --disable-pip-version-check 'junitparser==5.0.3' &&
    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix "$tools/node" '@microsoft/sarif-multitool-linux@5.7.0' '@actions/core@1.11.1'; } ||
    { echo 'SKIPPED: other programs for SARIF, JUnit and annotations (they do not install here)'; exit 0; }
  chmod +x "$tools/node/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
  touch "$tools/installed-1"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for answers in recorded further; do
  code=0
  npx node bin/crossfade.ts diff "test/judges/services/$answers.ndjson" --sarif "$work/log.sarif" --junit "$work/routes.xml" --json >"$work/diff.json" || code=$?
  [ "$code" = 1 ] || { echo "crossfade diff ended with exit code $code, and the answers differ"; exit 1; }
  npx node bin/crossfade.ts diff "test/judges/services/$answers.ndjson" --github >"$work/github.txt" || true
  DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$tools/node/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool" validate "$work/log.sarif" \
    --rule-kind 'Sarif;Ghas' --level Error --output "$work/judged.sarif" --log ForceOverwrite >"$work/multitool.txt" 2>&1 || true
  node test/judges/outputs.cjs "$tools/node/node_modules" "$work"
  "$tools/python/bin/python" - "$work" <<'PY'
import json, sys
from junitparser import JUnitXml
routes = json.load(open(f'{sys.argv[1]}/diff.json'))['routes']
read = [(case.classname, case.name, not case.is_passed) for suite in JUnitXml.fromfile(f'{sys.argv[1]}/routes.xml') for case in suite]
wrong = [route for route in routes if route['verdicts']['breaking'] + route['verdicts']['undecided'] > 0]
failed = [name for _, name, bad in read if bad]
assert len(read) == len(routes), f'{len(read)} cases for {len(routes)} routes'
assert sorted(failed) == sorted(route['route'] for route in wrong), set(failed) ^ {route['route'] for route in wrong}
print(f'JUnit: {len(read)} cases, {len(failed)} failed, as the routes')
PY
done
