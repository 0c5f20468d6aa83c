#!/bin/bash
# Boots the systemd of this machine as the first process of a machine of its own. Its root is this one's, but what is written
# there is gone with it, but for /opt/chain-node, /etc/chain-node and, where there is one, /data, which are those below
# FOLDER/root. Needs root.
#   machine.sh FOLDER
set -euo pipefail

folder=$1
group=chain-node-test-$(basename "$folder")

# The version 2 hierarchy: alone, or beside those of version 1.
hierarchy() {
  if [ -e /sys/fs/cgroup/cgroup.procs ]; then echo /sys/fs/cgroup; else echo /sys/fs/cgroup/unified; fi
}

outside() {
  mkdir -p "$(hierarchy)/$group"
  echo $$ >"$(hierarchy)/$group/cgroup.procs"
  exec unshare --pid --fork --kill-child --mount --cgroup --uts --ipc "$0" "$folder" inside
}

inside() {
  local root=$folder/machine
  mount --make-rprivate /
  mkdir -p "$root" "$folder/scratch"
  mount -t tmpfs tmpfs "$folder/scratch"
  mkdir "$folder"/scratch/{upper,work}
  mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/scratch/upper,workdir=$folder/scratch/work" "$root"
  mkdir -p "$root"/{opt,etc}/chain-node "$root/data"
  mount --bind "$folder/root/opt/chain-node" "$root/opt/chain-node"
  mount --bind "$folder/root/etc/chain-node" "$root/etc/chain-node"
  if [ -d "$folder/root/data" ]; then mount --bind "$folder/root/data" "$root/data"; fi
  mount -t tmpfs -o mode=0755 tmpfs "$root/run"
  mount -t proc proc "$root/proc"
  # Nobody here manages devices: where /sys cannot be written to, systemd does not wait for any.
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  mount --rbind /dev "$root/dev"
  mkdir -p "$root/dev/disk"
  mount -t tmpfs tmpfs "$root/dev/disk"
  # Of what this machine would start at its boot, nothing.
  mount -t tmpfs tmpfs "$root/usr/lib/systemd/system/multi-user.target.wants"
  touch "$folder/console"
  mount --bind "$folder/console" "$root/dev/console"
  # Of the units of this machine, none.
  rm -rf "$root"/etc/systemd/system
  mkdir -p "$root/etc/systemd/system" "$root/run/lock"
  printf '[Unit]\nDefaultDependencies=no\n' >"$root/etc/systemd/system/nothing.target"
  printf '[Manager]\nDefaultStandardOutput=null\nDefaultStandardError=null\n' >"$root/etc/systemd/system.conf"
  cd "$root"
  pivot_root . .
  umount --lazy .
  export container=test
  exec chroot . /lib/systemd/systemd --system --unit=nothing.target --log-target=console --show-status=no
}

case ${2:-} in
  inside) inside ;;
  *) outside ;;
esac
