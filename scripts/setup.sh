#!/usr/bin/env bash
# Installs what is missing on Debian or Ubuntu: Debian packages, npm packages and a kernel for the VM.
# Safe to run again and again; says what it does, and is done at once when nothing is missing.
#
#   scripts/setup.sh [--for demo|test] [--with-buildah]
#
#   --for demo      what building, converting, booting and publishing an image needs
#   --for test      what the tests and the checks need besides (the default)
#   --with-buildah  buildah even where a Docker engine answers; always so for the tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

needed_node=20.15

fail() {
  echo "setup: $1" >&2
  exit 1
}

purpose="test"
with_buildah="no"
while [[ $# -gt 0 ]]; do
  case "$1" in
    --for)
      [[ "${2-}" == demo || "${2-}" == test ]] || fail "--for takes demo or test, not \"${2-}\"."
      purpose=$2
      shift
      ;;
    --with-buildah) with_buildah=yes ;;
    *) fail "unknown argument: $1. Usage: scripts/setup.sh [--for demo|test] [--with-buildah]" ;;
  esac
  shift
done

check_node() {
  command -v node >/dev/null ||
    fail "Node.js is not installed. Version $needed_node or newer is needed: https://nodejs.org/en/download"
  local version
  version=$(node --version)
  [[ "$(printf 'v%s\n%s\n' "$needed_node" "$version" | sort -V | head -n 1)" == "v$needed_node" ]] ||
    fail "Node.js $version is too old. Version $needed_node or newer is needed: https://nodejs.org/en/download"
}

has_docker_engine() {
  command -v docker >/dev/null && timeout 5 docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# A dynamically linked busybox is of no use in an image FROM scratch.
has_static_busybox() {
  [[ -x /bin/busybox ]] && ! ldd /bin/busybox >/dev/null 2>&1
}

has_browser() {
  command -v chromium >/dev/null || command -v google-chrome >/dev/null
}

# missing_tools: "program package" for each program that is not there.
missing_tools=()

need() {
  command -v "$1" >/dev/null || missing_tools+=("$1 $2")
}

find_missing_tools() {
  need qemu-system-x86_64 qemu-system-x86
  need tar2sqfs squashfs-tools-ng
  # Debian's kernel is compressed with it, and boots faster when it is not.
  need xz xz-utils
  has_static_busybox || missing_tools+=("busybox busybox-static")
  if [[ $purpose == test ]]; then
    need unsquashfs squashfs-tools
    need musl-gcc musl-tools
    need gcc gcc
    need python3 python3
    need openssl openssl
    need zstd zstd
    need ps procps
    need git git
    need umoci umoci
    # Ubuntu has it as a snap alone; there the tests take Chrome, or are skipped.
    if ! has_browser && grep -q '^ID=debian$' /etc/os-release; then missing_tools+=("chromium chromium"); fi
    need xmllint libxml2-utils
    need chromium chromium
    # A shell's own keyword of this name is something else.
    [[ -x /usr/bin/time ]] || missing_tools+=("time time")
    with_buildah=yes
  fi
  if [[ $with_buildah == yes ]] || ! has_docker_engine; then
    need buildah buildah
    # These give each build namespaces of its own; other users than root need the id maps, too.
    need unshare util-linux
    need setpriv util-linux
    need newuidmap uidmap
  fi
}

# Runs a command as root.
as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  else
    sudo "$@"
  fi
}

# Runs apt-get quietly; what it printed is shown when it fails.
apt_get() {
  local log status=0
  log=$(mktemp)
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@" \
    >"$log" 2>&1 || status=$?
  [[ $status -eq 0 ]] || tail -n 20 "$log" >&2
  rm -f "$log"
  return "$status"
}

update_package_lists() {
  echo "setup: reading Debian package lists"
  apt_get update || echo "setup: not all package lists could be read; going on with those that are there" >&2
}

# Whether root's rights can be had; explains how to do without them otherwise.
check_root() {
  [[ $EUID -eq 0 ]] || command -v sudo >/dev/null ||
    fail "$1 needs root, and there is no sudo. Run as root: $2"
}

install_tools() {
  local packages programs
  programs=$(printf '%s\n' "${missing_tools[@]}" | cut -d' ' -f1 | paste -sd' ')
  mapfile -t packages < <(printf '%s\n' "${missing_tools[@]}" | cut -d' ' -f2 | sort -u)
  if ! command -v apt-get >/dev/null; then
    fail "these programs are missing, and there is no apt-get to install them with: $programs. Install them with your package manager."
  fi
  local command="apt-get install --no-install-recommends ${packages[*]}"
  check_root "Installing packages" "$command"
  update_package_lists
  echo "setup: installing Debian packages: ${packages[*]}"
  apt_get install --yes --no-install-recommends "${packages[@]}" ||
    fail "apt-get could not install all of: ${packages[*]}. Try it by hand: $command"
}

# The CLI is bundled with all it needs, so the demo needs no npm packages.
install_npm_packages() {
  local installed=node_modules/.package-lock.json
  [[ $purpose == test || ! -f dist/cli/index.cjs ]] || return 0
  [[ ! -f $installed || package-lock.json -nt $installed ]] || return 0
  command -v npm >/dev/null || fail "npm is not installed. It comes with Node.js: https://nodejs.org/en/download"
  echo "setup: installing npm packages"
  npm ci --no-audit --no-fund --loglevel=error || fail "npm could not install the packages of package-lock.json."
}

# The kernel is the CLI's business: it knows what the VM needs of it.
prepare_kernel() {
  local cli=dist/cli/index.cjs
  [[ -f $cli ]] && node "$cli" --help | grep -Eq '^ +prepare( |$)' || return 0
  if command -v apt-get >/dev/null && ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
    check_root "Reading package lists" "apt-get update"
    update_package_lists
  fi
  node "$cli" prepare || fail "there is no kernel for the VM; see above."
}

check_node
find_missing_tools
if [[ ${#missing_tools[@]} -gt 0 ]]; then install_tools; fi
install_npm_packages
prepare_kernel
echo "setup: everything is there"
