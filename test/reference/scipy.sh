#!/bin/sh
# Computes the reference values again with SciPy in a fresh virtual environment and compares.
# `scipy.sh --write` stores them instead.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check 'scipy>=1.11,<2' 'numpy>=1.24,<3'
for name in gate parity; do
  if [ "${1:-}" = --write ]; then
    "$venv/bin/python" "$here/$name.py" >"$here/$name.json.new" && mv "$here/$name.json.new" "$here/$name.json"
  else
    "$venv/bin/python" "$here/$name.py" "$here/$name.json"
  fi
done
