#!/usr/bin/env bash
# Lets Terraform itself validate every synthesized stack: terraform-validate.sh [<stacks folder>]
#
# Downloads the provider plugins, so it is no step of .ci/run. No state and no AWS account.
set -euo pipefail

cd "${1:-"$(dirname "${BASH_SOURCE[0]}")/../../cdktf.out/stacks"}"
export TF_PLUGIN_CACHE_DIR="${TF_PLUGIN_CACHE_DIR:-$HOME/.terraform.d/plugin-cache}"
export TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
mkdir -p "$TF_PLUGIN_CACHE_DIR"

shopt -s nullglob
stacks=(*/cdk.tf.json)
if ((${#stacks[@]} == 0)); then
  echo "no stack in $PWD: run npm run synth first" >&2
  exit 1
fi
for stack in "${stacks[@]}"; do
  folder="$(dirname "$stack")"
  echo "$folder"
  terraform -chdir="$folder" init -backend=false -input=false -no-color >/dev/null
  terraform -chdir="$folder" validate -no-color
done
