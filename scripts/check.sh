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

echo "== the metadata of the actions is fresh"
node scripts/write-actions.mjs --check

echo "== dist/ is a fresh build"
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
node scripts/build.mjs "$fresh"
for built in "$fresh"/*; do
  if ! diff --recursive --brief "$built" "dist/$(basename "$built")"; then
    echo "dist/ is stale. Run \`npm run build\` and commit the result." >&2
    exit 1
  fi
done
scripts/build-guest.sh --check
