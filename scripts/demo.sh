#!/usr/bin/env bash
# Installs what is missing, then takes examples/hello the whole way: lint, build, convert, boot, test, publish.
# It is published to a repository of its own in examples/hello/repository, unless --to names another place.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly cli=dist/cli/index.cjs repository=examples/hello/repository

scripts/setup.sh --for demo
examples/hello/prepare.sh

if [[ " $* " == *" --to"[\ =]* ]]; then
  exec node "$cli" run examples/hello "$@"
fi

work=$(mktemp -d)
server=
clean_up() {
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT

# A token for this run alone, which is kept nowhere.
REGISTRY_TOKEN=$(node "$cli" serve "$repository" --users "$work/users" --add-user demo --quiet)
mkfifo "$work/url"
node "$cli" serve "$repository" --users "$work/users" --port 0 --quiet >"$work/url" &
server=$!
read -r REGISTRY_URL <"$work/url"
export REGISTRY_URL REGISTRY_TOKEN REGISTRY_USER=demo

node "$cli" run examples/hello --to registry --tag demo/hello:latest --on-conflict move "$@"
echo "Look at it in a browser: node $cli serve $repository"
