#!/bin/bash
# Keeps the files by which peers know this node where they outlive its local disks, and brings them back to blank ones.
#   identity.sh --save       keeps those that are new or have changed
#   identity.sh --restore    brings back those that are not on the disk
# Each file is an encrypted parameter of its own that only this node may read. On a disk of its own a node needs none of
# this, and nothing is done.
set -euo pipefail
umask 077

ROOT=${ROOT:-} # a prefix of every absolute path, for tests

release=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
# Sums of what is kept, so that a start does not write what has not changed.
kept=$ROOT/var/lib/chain-node/identity.kept

say() {
  echo "identity: $*" >&2
  logger --tag chain-node-identity -- "$*" 2>/dev/null || true
}

die() {
  say "$*"
  exit 1
}

parameter() { # <file below the tree>
  echo "/chain-node/$ENVIRONMENT/$NODE_ID/$1"
}

sum_of() { # <file below the tree>
  (cd "$tree" && sha256sum "$1")
}

save() {
  local file
  for file in ${IDENTITY_FILES:-}; do
    if [ ! -s "$tree/$file" ]; then continue; fi
    if grep --quiet --line-regexp --fixed-strings "$(sum_of "$file")" "$kept" 2>/dev/null; then continue; fi
    # By a file, because other users see the arguments of a command.
    base64 --wrap=0 "$tree/$file" | jq --raw-input --slurp --arg name "$(parameter "$file")" \
      '{Name: $name, Value: ., Type: "SecureString", Tier: "Intelligent-Tiering", Overwrite: true}' >"$work/parameter.json"
    aws ssm put-parameter --region "$REGION" --cli-input-json "file://$work/parameter.json" >/dev/null ||
      die "cannot keep $file as parameter $(parameter "$file"); see that the instance role may write it. a blank disk would make it a stranger to its peers"
    mkdir -p "${kept%/*}"
    { grep --invert-match --fixed-strings "  $file" "$kept" 2>/dev/null || true; sum_of "$file"; } >"$kept.new"
    mv -T "$kept.new" "$kept"
    say "kept $file"
  done
}

restore() {
  local file folder message
  for file in ${IDENTITY_FILES:-}; do
    if [ -e "$tree/$file" ]; then continue; fi
    if message=$(aws ssm get-parameter --region "$REGION" --name "$(parameter "$file")" --with-decryption \
      --query Parameter.Value --output text 2>&1 >"$work/value"); then
      folder=$tree/$file
      # Directories of the program, down to the file.
      while folder=${folder%/*} && [ ! -d "$folder" ]; do missing=("$folder" "${missing[@]}"); done
      for folder in "${missing[@]}"; do
        mkdir --mode=0755 "$folder"
        chown "$USER_ID:$USER_ID" "$folder"
      done
      missing=()
      base64 --decode "$work/value" >"$tree/$file.new"
      chown "$USER_ID:$USER_ID" "$tree/$file.new"
      mv -T "$tree/$file.new" "$tree/$file"
      say "brought back $file"
    elif [[ $message != *ParameterNotFound* ]]; then
      # Without it the program would make a new identity, and that would be kept in place of the old one.
      die "cannot read the parameter $(parameter "$file"), which may hold $file: $message"
    fi
  done
}

main() {
  # shellcheck source=/dev/null
  . "$ROOT/etc/chain-node/host.env"
  # shellcheck source=/dev/null
  . "$release/node.env"
  tree=$ROOT/data/blockchain/nodes/chains/$CHAIN
  missing=()
  if [ "$STORAGE" != instance-store ]; then return; fi
  work=$(mktemp --directory)
  trap 'rm -rf "$work"' EXIT
  case ${1:-} in
    --save) save ;;
    --restore) restore ;;
    *) die "unknown argument '${1:-}'; use --save or --restore" ;;
  esac
}

main "$@"
