#!/usr/bin/env bash
# Holds what checkov finds in the synthesised templates (cdk.out) against the answers of docs/explanation/checkov.md: a finding without an
# answer fails, and so does an answer to what is not found any more.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv/checkov
if [ ! -e "$venv/installed" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check 'checkov==3.3.30' || { echo 'SKIPPED: checkov (it does not install here)'; exit 0; }
  touch "$venv/installed"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$venv/bin/checkov" --framework cloudformation --directory cdk.out --compact --quiet --skip-download --soft-fail --output json >"$work/found.json"
grep -o '"check_id": "[A-Z0-9_]*"' "$work/found.json" | grep -o 'CKV[A-Z0-9_]*' | sort >"$work/all"
[ -s "$work/all" ] || { echo 'checkov found nothing at all: it has not read the templates'; exit 1; }
sort -u "$work/all" >"$work/found"
grep -o '^| CKV[A-Z0-9_]*' docs/explanation/checkov.md | grep -o 'CKV[A-Z0-9_]*' | sort -u >"$work/answered"
diff "$work/answered" "$work/found" || { echo 'checkov: the answers (<) are not those to what is found (>)'; exit 1; }
echo "checkov: $(wc -l <"$work/all") findings of $(wc -l <"$work/found") checks, each answered"
