#!/usr/bin/env bash
# Writes environments/providers.lock.hcl, versions and checksums of all providers for who plans and deploys:   tools/delivery/lock-providers.sh
#
# Run it where the registry of Terraform is reached, after npm run synth, when a provider's version changed; read the change, commit it.
set -euo pipefail

# shellcheck source=stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# One that requires what any stack requires.
stacks=("${STACKS:-$root/cdktf.out/stacks}"/*/cdk.tf.json)
[[ -f "${stacks[0]}" ]] || {
  echo 'no stack is synthesized; run npm run synth first' >&2
  exit 1
}
jq -s '{terraform: {required_providers: (map(.terraform.required_providers // {}) | add)}}' "${stacks[@]}" >"$work/main.tf.json"
CHECKPOINT_DISABLE=1 terraform -chdir="$work" providers lock \
  -platform=linux_amd64 -platform=linux_arm64 -platform=darwin_amd64 -platform=darwin_arm64
mv "$work/.terraform.lock.hcl" "$providers"
echo "wrote ${providers#"$root"/}; read the change, then commit it"
