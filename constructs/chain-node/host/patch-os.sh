#!/bin/bash
# Brings the packages of this host up to date, when the release asks for patches of another day than the host has.
#   patch-os.sh --wanted     exit 0 when it does
#   patch-os.sh --fetch      only downloads, while the node still runs
#   patch-os.sh --install    installs; the node must be stopped. exit 0: nothing was new, 3: the host must boot anew
# Packages that a node runs on are held at all other times, so that nobody upgrades them by accident.
set -euo pipefail
umask 022

ROOT=${ROOT:-} # a prefix of every absolute path, for tests

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
# Which patches this host has.
state=$ROOT/var/lib/chain-node/os-patches
# Gone after a boot, as all that is there.
boot_pending=$ROOT/run/chain-node/boot-pending
# Written while held packages are released: an interrupted run must not leave them so.
held=$ROOT/var/lib/chain-node/held-packages

say() {
  echo "patch-os: $*" >&2
  logger --tag chain-node-patch -- "$*" 2>/dev/null || true
}

die() {
  say "$*"
  exit 1
}

apt() {
  # Files that were changed here stay as they are.
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -o DPkg::Lock::Timeout=600 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --yes --quiet "$@"
}

wanted() {
  [ -n "${OS_PATCHES:-}" ] && [ "$OS_PATCHES" != "$(cat "$state" 2>/dev/null)" ]
}

release_held() {
  local packages
  if [ ! -e "$held" ]; then
    mkdir -p "${held%/*}"
    apt-mark showhold >"$held.new"
    mv -T "$held.new" "$held"
  fi
  mapfile -t packages <"$held"
  if [ ${#packages[@]} -gt 0 ]; then apt-mark unhold "${packages[@]}" >/dev/null; fi
}

hold_again() {
  local packages
  if [ ! -e "$held" ]; then return; fi
  mapfile -t packages <"$held"
  if [ ${#packages[@]} -gt 0 ]; then apt-mark hold "${packages[@]}" >/dev/null; fi
  rm -f "$held"
}

new_packages() {
  apt --simulate --with-new-pkgs upgrade | grep --count '^Inst ' || true
}

fetch() {
  trap hold_again EXIT
  release_held
  apt update
  apt --download-only --with-new-pkgs upgrade
  say "fetched the packages of $OS_PATCHES"
}

install() {
  local number
  trap hold_again EXIT
  release_held
  number=$(new_packages)
  # Before they are installed: a run that is ended then would find nothing new, and boot nothing. Not only after a new kernel:
  # every program of the host shall run as it is on disk.
  if [ "$number" -gt 0 ]; then
    mkdir -p "${boot_pending%/*}"
    : >"$boot_pending"
  fi
  apt --with-new-pkgs upgrade || die "the packages could not be installed; see /var/log/apt/term.log. then run apply-release again"
  echo "$OS_PATCHES" >"$state.new"
  mv -T "$state.new" "$state"
  say "the host has the patches of $OS_PATCHES: $number packages were new"
  if [ "$number" -gt 0 ]; then
    hold_again
    exit 3
  fi
}

main() {
  # shellcheck source=/dev/null
  . "$release/node.env"
  case ${1:-} in
    --wanted) wanted ;;
    --fetch) fetch ;;
    --install) install ;;
    *) die "unknown argument '${1:-}'; use --wanted, --fetch or --install" ;;
  esac
}

main "$@"
