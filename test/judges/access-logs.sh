#!/usr/bin/env bash
# The query of docs/how-to/watch-own-metrics.md over access logs: read as Athena's by sqlglot, run by DuckDB over lines in AWS's format,
# which the expression of AWS's own table takes apart. It proves the query's grammar and what it counts; Athena itself is not here.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv/access-logs
if [ ! -e "$venv/installed" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check 'sqlglot==30.30.0' 'duckdb==2.0.1' || { echo 'SKIPPED: access logs (sqlglot and DuckDB do not install here)'; exit 0; }
  touch "$venv/installed"
fi
"$venv/bin/python" test/judges/access_logs.py docs/how-to/watch-own-metrics.md
