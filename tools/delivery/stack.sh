# What the scripts of this folder share: where a stack is, and how Terraform is called in it. Sourced.
# shellcheck shell=bash

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
# Versions and checksums of providers, committed; docs/delivery.md says how it is made.
providers="$root/environments/providers.lock.hcl"

stack_of() { # <environment>
  local stack="${STACKS:-$root/cdktf.out/stacks}/$1"
  [[ -f "$stack/cdk.tf.json" ]] || {
    printf '%s: is not there; run npm run synth first\n' "$stack/cdk.tf.json" >&2
    return 1
  }
  printf '%s' "$stack"
}

run_terraform() { # <environment> <arguments...>
  local stack
  stack="$(stack_of "$1")" || return 1
  CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 terraform -chdir="$stack" "${@:2}"
}

# With the providers that were reviewed, and no others.
init_stack() { # <environment>
  local stack
  stack="$(stack_of "$1")" || return 1
  if [[ -f "$providers" ]]; then
    cp "$providers" "$stack/.terraform.lock.hcl"
    run_terraform "$1" init -input=false -no-color -lockfile=readonly
  elif [[ "${PROVIDERS_LOCK:-required}" == required ]]; then
    printf '%s: is not there; run tools/delivery/lock-providers.sh and commit it\n' "${providers#"$root"/}" >&2
    return 1
  else
    run_terraform "$1" init -input=false -no-color
  fi
}
