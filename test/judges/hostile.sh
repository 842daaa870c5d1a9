#!/usr/bin/env bash
# Generated and damaged bodies of fourteen formats, each pair judged by a reader of somebody else's (Python's json, csv, email and urllib, html5lib, PyYAML and
# ruamel, msgpack, cbor2, Google's protobuf, C14N): what means something else is not called benign, what does not is not called breaking.
# `test/judges/hostile.sh 100000 30000`: the first seed, and how many.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv/hostile
if [ ! -e "$venv/installed" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check 'cbor2==6.3.0' 'msgpack==1.2.4' 'PyYAML==6.0.4' 'ruamel.yaml==0.19.1' 'html5lib==1.1' 'jsonseq==1.0.0' \
    'protobuf==7.36.2' 'brotli==1.2.1' 'zstandard==0.25.0' || { echo 'SKIPPED: hostile bodies (their readers do not install here)'; exit 0; }
  touch "$venv/installed"
fi
"$venv/bin/python" test/judges/hostile/pairs.py "${1:-1}" "${2:-10000}" | npx node test/judges/hostile/judge.ts
