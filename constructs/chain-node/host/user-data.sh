#!/bin/bash
# First boot: runtime, command line of the cloud, then the node's release, which brings all the rest.
# Assignments stand above: NODE_ID REGION RELEASE_BUCKET STORAGE VOLUME_ID AWS_CLI_VERSION AWS_CLI_SHA256_<machine>.
# Whatever fails, the host stays up and can be reached through its agent; the reason is on console and journal.
set -eEuo pipefail
umask 022

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
# The release may be uploaded, and the volume attached, after the host has booted.
RELEASE_WAIT_SECONDS=${RELEASE_WAIT_SECONDS:-3600}
RETRY_PAUSE_SECONDS=${RETRY_PAUSE_SECONDS:-15}

# What is printed goes to the console and to /var/log/cloud-init-output.log.
say() {
  echo "chain-node user-data: $*"
  logger --tag chain-node-user-data -- "$*" 2>/dev/null || true
}

failed() { # <line> <command>
  say "failed at line $1: $2. to finish by hand: bash /var/lib/cloud/instance/user-data.txt"
}

retry() { # <seconds in all> <command>...
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    if ((SECONDS >= deadline)); then
      say "gave up on: $*"
      return 1
    fi
    say "not yet, trying again in $RETRY_PAUSE_SECONDS seconds: $*"
    sleep "$RETRY_PAUSE_SECONDS"
  done
}

write() { # <file>, content from stdin
  mkdir -p "$(dirname "$ROOT$1")"
  cat >"$ROOT$1"
}

write_host_env() {
  local name
  for name in NODE_ID REGION RELEASE_BUCKET STORAGE VOLUME_ID; do
    printf '%s=%q\n' "$name" "${!name}"
  done | write /etc/chain-node/host.env
  chmod 0644 "$ROOT/etc/chain-node/host.env"
}

# Before the packages come, so that their first start knows it.
configure_host() {
  # Processes outlive a restart of docker; what they print goes to the journal, which is capped.
  write /etc/docker/daemon.json <<<'{"live-restore": true, "log-driver": "journald"}'
  # An upgrade must not restart a node: list only.
  write /etc/needrestart/conf.d/chain-node.conf <<<"\$nrconf{restart} = 'l';"
  # Patching is a roll through a group, not an accident at night.
  write /etc/apt/apt.conf.d/99chain-node <<<'APT::Periodic::Unattended-Upgrade "0";'
  # Above the longest grace of any process, or a shutdown kills a database.
  printf '[Manager]\nDefaultTimeoutStopSec=35min\n' | write /etc/systemd/system.conf.d/chain-node.conf
  systemctl daemon-reexec
}

# By themselves they come anew four times a day, among them the agent that runs a roll, which ends with it. They are refreshed
# with the packages (patch-os.sh).
hold_snaps() {
  command -v snap >/dev/null || return 0
  snap wait system seed.loaded && snap refresh --hold
}

apt() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -o DPkg::Lock::Timeout=600 --yes --quiet "$@"
}

install_packages() {
  local packages=(docker.io docker-compose-v2 jq lz4 nftables unzip zstd)
  if [ "$STORAGE" = instance-store ]; then packages+=(mdadm); fi
  # A download that breaks off leaves old lists: update comes first each time.
  apt update && apt install --no-install-recommends "${packages[@]}" &&
    # What a node runs on changes in a roll (patch-os.sh), never by accident.
    apt-mark hold docker.io docker-compose-v2 containerd runc
}

# Fetched whole, checked, then used.
install_aws_cli() {
  local machine sum zip work
  machine=$(uname -m)
  sum=AWS_CLI_SHA256_$machine
  zip=awscli-exe-linux-$machine-$AWS_CLI_VERSION.zip
  work=$(mktemp --directory)
  curl --silent --show-error --fail --location --max-time 300 --output "$work/$zip" "https://awscli.amazonaws.com/$zip" &&
    (cd "$work" && sha256sum --check --strict --quiet <<<"${!sum}  $zip" && unzip -q "$zip") &&
    "$work/aws/install" --update --install-dir "$ROOT/usr/local/aws-cli" --bin-dir "$ROOT/usr/local/bin"
  local status=$?
  rm -rf "$work"
  return "$status"
}

fetch() { # <key in the bucket> <file>
  aws s3 cp --region "$REGION" --only-show-errors "s3://$RELEASE_BUCKET/$1" "$2"
}

# One try, whole: the release may change between two of them.
apply_release() {
  local script=host/apply-release.sh work status=0
  work=$(mktemp --directory)
  mkdir -p "$work/host"
  if fetch "nodes/$NODE_ID/manifest" "$work/manifest" && fetch "$script" "$work/$script" &&
    (cd "$work" && grep "  $script\$" manifest | sha256sum --check --strict --quiet); then
    bash "$work/$script" || status=$?
  else
    say "no whole release at s3://$RELEASE_BUCKET/nodes/$NODE_ID/"
    status=1
  fi
  rm -rf "$work"
  return "$status"
}

main() {
  trap 'failed "$LINENO" "$BASH_COMMAND"' ERR
  write_host_env
  configure_host
  retry 300 hold_snaps
  retry 900 install_packages
  # On an image that brought docker along, it runs with its old settings.
  systemctl restart docker.service
  retry 600 install_aws_cli
  export PATH=$ROOT/usr/local/bin:$PATH
  retry "$RELEASE_WAIT_SECONDS" apply_release
  say "the node's release runs"
}

main "$@"
