#!/usr/bin/env bash
# Holds the synthesised templates (cdk.out) against AWS's schemas of resources by cfn-lint, and the policy that deploys against the rights
# that these schemas name.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=.venv/cfn-lint
[ -x "$venv/bin/cfn-lint" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check 'cfn-lint==1.58.0'; }
# Any error fails the run: not in a list of commands, of which the shell would let the first fail unseen.
"$venv/bin/cfn-lint" -r us-east-1 --ignore-checks W --non-zero-exit-code error -- cdk.out/*.template.json
echo 'cfn-lint: no error'
CROSSFADE_CFN_SCHEMAS=$(echo "$venv"/lib/python3*/site-packages/cfnlint/data/schemas/resources) \
  npx vitest run --project specifications test/judges/deploy-policy.test.ts
