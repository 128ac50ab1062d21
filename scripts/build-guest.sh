#!/usr/bin/env bash
# Builds the guest agent (guest/*.c) into dist/guest/agent-x86_64, statically linked with musl.
#
#   scripts/build-guest.sh          builds it and records the toolchain in dist/guest/toolchain.txt
#   scripts/build-guest.sh --check  builds it elsewhere and fails when dist/guest is stale
#
# One toolchain gives the same bytes each time. Another one gives others: --check then only makes sure
# that the sources compile without a warning, and says so.
set -euo pipefail
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
output="$root/dist/guest"

fail() {
  echo "build-guest: $1" >&2
  exit 1
}

[[ $# -eq 0 || ($# -eq 1 && $1 == --check) ]] || fail "unknown arguments: $*. Usage: build-guest.sh [--check]"
command -v musl-gcc >/dev/null || fail "musl-gcc is missing. Install it: apt-get install musl-tools"

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

flags=(
  -std=c11 -D_GNU_SOURCE -m64 -march=x86-64 -Os -Wall -Wextra -Werror
  -static -fno-pie -no-pie -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
  "-ffile-prefix-map=$root=." "-Wl,--gc-sections" "-Wl,--build-id=none" -s
)

# The linker's trace names every file of the toolchain that went into the binary.
musl-gcc "${flags[@]}" -Wl,--trace -o "$temporary/agent-x86_64" "$root"/guest/*.c >"$temporary/trace"

describe_toolchain() {
  musl-gcc --version | sed -n '1s/^/compiler: /p'
  "$(musl-gcc -print-prog-name=ld)" --version | sed -n '1s/^/linker: /p'
  sed -n 's/^(\{0,1\}\(\/[^()]*\/\([Mgr]\{0,1\}S\{0,1\}crt[a-zA-Z0-9]*\.o\|lib[a-z_]*\.a\)\).*/\1/p' "$temporary/trace" | sort -u |
    while read -r file; do
      echo "$(basename "$file"): sha256 $(sha256sum <"$file" | cut -d' ' -f1)"
    done
}
describe_toolchain >"$temporary/toolchain.txt"

if [[ ${1-} != --check ]]; then
  mkdir -p "$output"
  install -m 755 "$temporary/agent-x86_64" "$output/.agent-x86_64.partial"
  mv "$output/.agent-x86_64.partial" "$output/agent-x86_64"
  install -m 644 "$temporary/toolchain.txt" "$output/toolchain.txt"
  echo "build-guest: wrote dist/guest/agent-x86_64, $(stat -c %s "$output/agent-x86_64") bytes"
elif ! cmp -s "$temporary/toolchain.txt" "$output/toolchain.txt"; then
  echo "build-guest: the sources compile. Their bytes cannot be compared with dist/guest, which another toolchain built:"
  diff "$output/toolchain.txt" "$temporary/toolchain.txt" || true
elif ! cmp "$temporary/agent-x86_64" "$output/agent-x86_64"; then
  fail "dist/guest/agent-x86_64 is not what guest/ builds. Run: npm run build:guest"
else
  echo "build-guest: dist/guest/agent-x86_64 is up to date"
fi
