#!/usr/bin/env bash
# Holds what parliament and cloudsplaining find in the policies of the synthesised templates (cdk.out), and in those that deploy, against the
# answers of docs/explanation/policies.md: a finding without an answer fails, and so does an answer to what is not found any more.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv/policies
if [ ! -e "$venv/installed" ]; then
  python3 -m venv "$venv"
  # parliament reads its rules by pkg_resources, which later setuptools do not have.
  "$venv/bin/pip" install --quiet --disable-pip-version-check 'parliament==1.6.4' 'cloudsplaining==0.9.1' 'setuptools<81' ||
    { echo 'SKIPPED: parliament and cloudsplaining (they do not install here)'; exit 0; }
  touch "$venv/installed"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$venv/bin/python" test/judges/policies.py cdk.out docs/how-to/deploy-policy/*.json >"$work/found" 2>"$work/where" || { cat "$work/where"; exit 1; }
read -r policies _ <<<"$(tail -1 "$work/where")"
[ "$policies" -gt 30 ] || { echo "only $policies policies were read"; exit 1; }
grep -oE '^\| `(parliament|cloudsplaining) [^`]*`' docs/explanation/policies.md | tr -d '|`' | sed 's/^ *//' | LC_ALL=C sort -u >"$work/answered"
LC_ALL=C sort -u "$work/found" | diff "$work/answered" - || { echo 'policies: the answers (<) are not those to what is found (>):'; cat "$work/where"; exit 1; }
echo "parliament and cloudsplaining: $(wc -l <"$work/found") findings in $policies policies, each answered"
