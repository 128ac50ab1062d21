#!/usr/bin/env bash
# Puts the machine's static busybox into the build context. Its time is kept, so that the image stays the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

source=/bin/busybox
if [[ ! -x $source ]] || ldd "$source" >/dev/null 2>&1; then
  echo "prepare: there is no static $source. Install it: apt-get install busybox-static" >&2
  exit 1
fi
if [[ ! -f busybox ]] || ! cmp --quiet "$source" busybox; then
  cp --preserve=mode,timestamps "$source" busybox
fi
