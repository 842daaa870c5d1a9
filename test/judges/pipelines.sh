#!/usr/bin/env bash
# The pipelines of the examples, read by those who know their languages: HashiCorp's own parser and actionlint.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools="$PWD/.venv/pipelines"
[ -x "$tools/actionlint" ] || {
  GOBIN="$tools" go install github.com/hashicorp/hcl/v2/cmd/hclfmt@v2.24.0 &&
    GOBIN="$tools" go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.9
} || { echo 'SKIPPED: pipelines (their judges do not install here)'; exit 0; }
"$tools/hclfmt" -check examples/pipelines/terraform/main.tf >/dev/null
"$tools/actionlint" -shellcheck= -pyflakes= examples/pipelines/github/workflow.yml
echo 'pipelines: Terraform is HCL in its own format, and the workflow is one of GitHub Actions'
