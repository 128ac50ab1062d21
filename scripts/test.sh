#!/usr/bin/env bash
# Installs what is missing, then runs all tests. Arguments go to jest: `npm test -- lint` runs a part.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --for test
# One worker per core would start more virtual machines at once than two cores can boot in time.
npx --no-install jest --maxWorkers=2 "$@"
