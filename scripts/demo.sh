#!/usr/bin/env bash
# Installs what is missing, then takes examples/hello the whole way: lint, build, convert, boot, test, publish.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --for demo
examples/hello/prepare.sh
node dist/cli/index.cjs run examples/hello "$@"
