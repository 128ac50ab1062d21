#!/usr/bin/env bash
# Everything that can be said about the sources without running the product: formatting, lint rules, types,
# and that dist/ is what the sources build.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --for test

echo "== format and lint"
npx --no-install biome check --error-on-warnings .

echo "== types"
npx --no-install tsc --noEmit

echo "== workflows and actions"
node scripts/check-workflows.mjs

echo "== dist/ is a fresh build"
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
node scripts/build.mjs "$fresh"
if ! diff --recursive --brief "$fresh/cli" dist/cli; then
  echo "dist/ is stale. Run \`npm run build\` and commit the result." >&2
  exit 1
fi
scripts/build-guest.sh --check
