#!/bin/bash
# Makes the node's data disk ready and mounts it at /data. Safe to run at any time, any number of times.
#   prepare-disk.sh            wait for the disk, format it when it is blank, mount it, grow it
#   prepare-disk.sh --check    only say by the exit status whether /data is that disk; changes nothing
#   prepare-disk.sh --grow     only let the filesystem grow when the disk has grown, while it is mounted
#
# A blank disk is formatted, the node's own is mounted, one that was made from the snapshot of another such node is taken
# over when the release says that it begins with one, everything else is refused. No data is ever formatted over: two
# weeks of syncing may be on it.
set -euo pipefail
umask 022

ROOT=${ROOT:-} # a prefix of every absolute path, for tests
# A volume is attached after the host has booted, and a slow plan may take minutes to get there.
DISK_WAIT_SECONDS=${DISK_WAIT_SECONDS:-900}
DISK_PAUSE_SECONDS=${DISK_PAUSE_SECONDS:-3}

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
mount_point=$ROOT/data
by_id=$ROOT/dev/disk/by-id
array=$ROOT/dev/md/chain-node
# Where a disk that is taken over is looked at before it is the node's.
strange=$ROOT/run/chain-node/strange
metrics=$ROOT/var/lib/prometheus/node-exporter/chain_node_disk.prom

say() {
  echo "disk: $*" >&2
  logger --tag chain-node-disk -- "$*" 2>/dev/null || true
}

die() {
  say "$*"
  # The console is what can be read from outside when the host cannot be reached.
  { echo "chain-node disk: $*" >"$ROOT/dev/console"; } 2>/dev/null || true
  report 0
  exit 1
}

# For those who watch: a disk that is missing or refused is a number as well. Never a reason to fail.
report() { # <1 when the disk is ready, 0 when it is not>
  local labels="node=\"$NODE_ID\",chain=\"$CHAIN\",network=\"$NETWORK\",client=\"$CLIENT\""
  mkdir -p "${metrics%/*}"
  echo "chain_disk_ready{$labels} $1" >"$metrics.new"
  mv -T "$metrics.new" "$metrics"
  timeout 10 aws cloudwatch put-metric-data --region "$REGION" --namespace ChainNode --metric-name DiskReady \
    --dimensions "Node=$METRICS_NAME" --value "$1" >/dev/null 2>&1 || true
}

wait_for_disk() { # <device>
  local deadline=$((SECONDS + DISK_WAIT_SECONDS))
  until [ -b "$1" ]; do
    if ((SECONDS >= deadline)); then
      die "no disk $1 after $DISK_WAIT_SECONDS seconds; attach the volume to this instance, then run apply-release again"
    fi
    sleep "$DISK_PAUSE_SECONDS"
  done
}

# What is on a device: "blank", "ours" by its label, or a description of something else.
contents() { # <device>
  local probe status=0 signatures
  # To blkid, a device that cannot be read looks like a blank one.
  head --bytes=1M "$1" >/dev/null 2>&1 || die "cannot read $1; see the kernel's messages (journalctl -k) and the state of the volume"
  probe=$(blkid --probe --output export "$1" 2>/dev/null) || status=$?
  signatures=$(wipefs --no-act --parsable --noheadings "$1") || die "cannot look for signatures on $1; nothing was changed"
  if [ "$status" -eq 2 ] && [ -z "$signatures" ]; then
    echo blank
  elif [ "$status" -eq 0 ] && grep --quiet --line-regexp 'TYPE=ext4' <<<"$probe" &&
    grep --quiet --line-regexp --fixed-strings "LABEL=$FILESYSTEM_LABEL" <<<"$probe"; then
    echo ours
  else
    probe=$(grep --extended-regexp '^(TYPE|LABEL|PTTYPE|UUID)=' <<<"$probe" | paste --serial --delimiters=' ') || true
    echo "${probe:-signatures that do not agree: ${signatures//$'\n'/; }}"
  fi
}

refuse() { # <device> <what was found>
  die "refusing $1: found $2, expected a blank disk or ext4 with label $FILESYSTEM_LABEL of the environment $ENVIRONMENT; nothing was changed." \
    "attach the node's own volume; a disk that was made from another's snapshot is taken over only where bootstrap.from says so; if this is it, set the label (e2label); only if its data may go, clear it (wipefs --all), then run apply-release again"
}

# The label is the same for the same node of another environment; whose the disk was stands on it. One that does not say, or
# cannot be looked at, is the node's: what is wrong with it shows when it is mounted. Sets stranger.
is_of_another_environment() { # <device>
  stranger=''
  # Without a look at its journal, which would write.
  mount_strange "$1" ro,noload 2>/dev/null || return
  stranger=$(jq --raw-output '.environment // empty' "$strange/.chain-node.json" 2>/dev/null) || true
  umount "$strange"
  [ -n "$stranger" ] && [ "$stranger" != "$ENVIRONMENT" ]
}

# Whether a disk that is not the node's was made from a snapshot of a node that runs the same, and shall be taken over.
is_adoptable() { # <device> <what was found>
  local status=0
  [ "$STORAGE" = ebs ] && [ "${BOOTSTRAP:-empty}" = snapshot ] || return 1
  [[ $2 =~ (^| )TYPE=ext4( |$) && $2 =~ (^| )LABEL=chain-[0-9a-f]{10}( |$) ]] || return 1
  mount_strange "$1" ro,noload || return 1
  jq --exit-status --arg chain "$CHAIN" --arg network "$NETWORK" --arg client "$CLIENT" \
    '.chain == $chain and .network == $network and .client == $client' "$strange/.chain-node.json" >/dev/null 2>&1 || status=$?
  umount "$strange"
  return "$status"
}

mount_strange() { # <device> <options>
  mkdir -p "$strange"
  # Of a run that was interrupted.
  if mountpoint --quiet "$strange"; then umount "$strange"; fi
  mount -t ext4 -o "$2" "$1" "$strange"
}

# Whose it is comes last, and the label after that: until then the disk is not the node's, and the next run does all of this again.
adopt() { # <device>
  local status=0 file
  say "taking over $1, which was made from a snapshot of another node that runs the same"
  # The journal, because a snapshot may be taken at any moment. 1: it was corrected.
  e2fsck -p "$1" >&2 || status=$?
  ((status <= 1)) || die "cannot repair the filesystem on $1 (e2fsck: $status); nothing else was changed. make the disk from another snapshot"
  mount_strange "$1" noatime
  # Two programs with one identity disturb each other.
  for file in ${IDENTITY_FILES:-}; do rm -f "$strange/blockchain/nodes/chains/$CHAIN/$file"; done
  # It is hours behind, and has to catch up before it is healthy.
  rm -f "$strange/.chain-node-healthy"
  sync --file-system "$strange"
  jq --arg environment "$ENVIRONMENT" --arg node "$NODE_ID" '.environment = $environment | .node = $node' \
    "$strange/.chain-node.json" >"$strange/.chain-node.json.new" ||
    die "cannot write whose disk $1 is; it is not taken over. see that it is not full"
  mv -T "$strange/.chain-node.json.new" "$strange/.chain-node.json"
  umount "$strange"
  e2label "$1" "$FILESYSTEM_LABEL"
}

# One line each, without the names of namespaces and partitions that lead to the same disk.
instance_store_disks() {
  local link
  for link in "$by_id"/nvme-Amazon_EC2_NVMe_Instance_Storage_*; do
    case $link in *-part[0-9]*) continue ;; esac
    if [ -b "$link" ]; then readlink -f "$link"; fi
  done | sort --unique
}

# Local disks are blank after every stop of the instance, and known after a reboot.
make_or_assemble_array() { # <disk>...
  local disk found blank=0 members=0
  for disk in "$@"; do
    found=$(contents "$disk")
    case $found in
      blank) blank=$((blank + 1)) ;;
      *TYPE=linux_raid_member*) members=$((members + 1)) ;;
      *) die "refusing local disk $disk: found $found, expected it blank or part of the array; nothing was changed. if its data may go, clear it (wipefs --all)" ;;
    esac
  done
  if [ "$members" -eq $# ]; then
    say "assembling the array of $# local disks"
    mdadm --assemble "$array" "$@"
  elif [ "$blank" -eq $# ]; then
    say "making an array of $# blank local disks"
    # Home host "any": the array keeps its name when the host's changes.
    mdadm --create "$array" --run --level=0 --raid-devices=$# --homehost=any --name=chain-node "$@"
  else
    die "refusing the local disks: $members of $# are part of an array and $blank are blank; nothing was changed. clear all of them (mdadm --stop, wipefs --all) to begin anew"
  fi
}

instance_store_device() {
  local disks
  udevadm settle --timeout=60 || true
  mapfile -t disks < <(instance_store_disks)
  case ${#disks[@]} in
    0) die "this instance has no local NVMe disk; its type must have instance store" ;;
    1) device=${disks[0]} ;;
    *)
      device=$array
      if [ ! -b "$array" ]; then
        make_or_assemble_array "${disks[@]}"
        udevadm settle --timeout=60 || true
      fi
      ;;
  esac
  wait_for_disk "$device"
}

find_device() { # sets device
  case $STORAGE in
    ebs)
      device=$by_id/nvme-Amazon_Elastic_Block_Store_${VOLUME_ID//-/}
      wait_for_disk "$device"
      ;;
    instance-store) instance_store_device ;;
    *) die "storage '$STORAGE' in host.env is unknown; use ebs or instance-store" ;;
  esac
  device=$(readlink -f "$device")
}

mounted_device() {
  # The last line: of mounts on top of each other, the one that is seen.
  findmnt --noheadings --output SOURCE --mountpoint "$mount_point" | tail -n 1
}

is_mounted() {
  local source volume
  source=$(mounted_device) || return
  [ -n "$source" ] || return
  if [ "$STORAGE" = ebs ]; then
    volume=$(readlink -f "$by_id/nvme-Amazon_Elastic_Block_Store_${VOLUME_ID//-/}") || return
    [ "$(readlink -f "$source")" = "$volume" ] || return
  fi
  [ "$(contents "$source")" = ours ]
}

format() {
  say "formatting $device, which is blank, with label $FILESYSTEM_LABEL"
  # Never with -F: mkfs itself then refuses a device that is in use. No blocks for root: it is a data disk.
  mkfs.ext4 -q -m 0 -L "$FILESYSTEM_LABEL" "$device" </dev/null
}

# While it is mounted; does nothing when the filesystem is as large as its device.
grow() {
  local messages
  messages=$(resize2fs "$device" 2>&1) ||
    die "cannot grow the filesystem on $device, which is mounted and whole but may be smaller than its volume: ${messages//$'\n'/; }"
}

# The disk is mounted by its label: device names change between boots.
find_label() {
  local link=$ROOT/dev/disk/by-label/$FILESYSTEM_LABEL labelled
  udevadm trigger --action=change --settle "$device" || true
  udevadm settle --timeout=60 || true
  wait_for_disk "$link"
  labelled=$(readlink -f "$link")
  [ "$labelled" = "$device" ] ||
    die "two disks have the label $FILESYSTEM_LABEL: $device, which is the node's, and $labelled; nothing was mounted. detach the other one, then run apply-release again"
}

write_mount_unit() {
  local unit=$ROOT/etc/systemd/system/data.mount
  mkdir -p "${unit%/*}"
  # nofail and not wanted by local-fs.target: without its disk the host still boots. Before docker: it must not
  # bring up containers by itself on an empty directory.
  cat >"$unit.new" <<UNIT
[Unit]
Description=Data volume of the chain node
Before=docker.service

[Mount]
What=$ROOT/dev/disk/by-label/$FILESYSTEM_LABEL
Where=$mount_point
Type=ext4
Options=noatime,nofail

[Install]
WantedBy=multi-user.target
UNIT
  if ! cmp --silent "$unit.new" "$unit"; then
    # While nothing is mounted on it, nobody can write to the directory, be it root or docker.
    chattr +i "$mount_point" || say "cannot make the bare $mount_point immutable; start.sh still checks what is mounted"
    mv -T "$unit.new" "$unit"
  fi
  rm -f "$unit.new"
  systemctl daemon-reload
  systemctl --quiet enable data.mount
}

mount_disk() {
  if [ -n "$(mounted_device)" ]; then
    die "refusing to mount $device: $(mounted_device) is mounted at $mount_point already; stop the node, unmount that, then run apply-release again"
  fi
  mkdir -p "$mount_point"
  write_mount_unit
  systemctl start data.mount
  is_mounted || die "mounted $device, but $mount_point is not it; see: systemctl status data.mount"
  say "mounted $device at $mount_point"
}

prepare() {
  local found
  mkdir -p "$ROOT/run/chain-node"
  # Boot and a release may come at the same moment.
  exec 8>"$ROOT/run/chain-node/disk.lock"
  flock 8
  find_device
  if ! is_mounted; then
    found=$(contents "$device")
    if [ "$found" = ours ] && is_of_another_environment "$device"; then
      found="TYPE=ext4 LABEL=$FILESYSTEM_LABEL of the environment $stranger"
    fi
    case $found in
      blank) format ;;
      ours) ;;
      *) if is_adoptable "$device" "$found"; then adopt "$device"; else refuse "$device" "$found"; fi ;;
    esac
    find_label
    mount_disk
  fi
  grow
  report 1
}

# A volume grows while it is in use, and its device with it.
grow_mounted() {
  # While a backup holds it, nothing can be written to it.
  if [ -e "$ROOT/run/chain-node/hold" ] || ! is_mounted; then return; fi
  device=$(readlink -f "$(mounted_device)")
  grow
}

main() {
  # shellcheck source=/dev/null
  . "$ROOT/etc/chain-node/host.env"
  # shellcheck source=/dev/null
  . "$release/node.env"
  : "${STORAGE:?}" "${FILESYSTEM_LABEL:?}"
  if [ "$STORAGE" = ebs ]; then : "${VOLUME_ID:?}"; fi
  case ${1:-} in
    --check) is_mounted ;;
    --grow) grow_mounted ;;
    '') prepare ;;
    *) die "unknown argument '$1'; use --check, --grow or nothing" ;;
  esac
}

main "$@"
