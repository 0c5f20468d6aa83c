#!/bin/bash
# Brings the packages of this host up to date, when the release asks for patches of another day than the host has.
#   patch-os.sh --wanted     exit 0 when it does
#   patch-os.sh --fetch      only downloads, while the node still runs
#   patch-os.sh --install    installs; the node must be stopped. exit 0: nothing was new, 3: the host must boot anew
#   patch-os.sh --finish     when the node is well again: what would have ended the roll
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

# The snap that this was run by, while it waits to be refreshed.
own_snap=$ROOT/var/lib/chain-node/own-snap
# Until then the agent has said how the roll ended.
OWN_SNAP_SECONDS=${OWN_SNAP_SECONDS:-300}

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

# Each by its name, because they are held. Not the one that this is run by, such as the agent of the cloud: it would end with it.
refresh_snaps() {
  local own name others=()
  if ! command -v snap >/dev/null; then return; fi
  own=$(sed -n 's|.*/snap\.\([^./]*\)\..*|\1|p' "$ROOT/proc/self/cgroup" 2>/dev/null | head -n 1) || true
  for name in $(snap list | awk 'NR > 1 { print $1 }'); do
    if [ "$name" = "$own" ]; then echo "$name" >"$own_snap"; else others+=("$name"); fi
  done
  # The store of snaps is nobody's package archive: without it, the rest goes on.
  if [ ${#others[@]} -gt 0 ]; then snap refresh "${others[@]}" >&2 || say "snaps could not be refreshed (above)"; fi
}

finish() {
  if [ ! -e "$own_snap" ]; then return; fi
  systemd-run --quiet --collect --on-active "${OWN_SNAP_SECONDS}s" snap refresh "$(<"$own_snap")"
  rm -f "$own_snap"
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
  refresh_snaps
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
    --finish) finish ;;
    *) die "unknown argument '${1:-}'; use --wanted, --fetch, --install or --finish" ;;
  esac
}

main "$@"
