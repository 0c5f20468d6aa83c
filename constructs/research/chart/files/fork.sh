#!/bin/sh
# Starts the fork of a run, with the arguments of anvil, and only once: one that was lost and begins again stands at another block,
# and what was found before and after it would be of neither. What asks it then gets no answer, and the run fails.
#   STATE  folder that outlives a start, and not the run
set -eu

STATE=${STATE:-/tmp}

if [ -e "$STATE/began" ]; then
  echo 'this fork was lost within the run, by too little memory or by an upstream that went away; make another run' >&2
  exit 1
fi
: >"$STATE/began"
exec "${ANVIL:-anvil}" "$@"
