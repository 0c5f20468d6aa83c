#!/bin/bash
# Starts the fork of a run, with the arguments of anvil. Once it has answered it is not started again: it would stand at another block,
# and what was found before and after would be of neither. What asks it then gets no answer, and the run fails.
#   PORT   that it listens on
#   STATE  folder that outlives a start, and not the run
set -euo pipefail

STATE=${STATE:-/tmp}
: "${PORT:?}"

if [ -e "$STATE/answered" ]; then
  echo 'this fork was lost within the run, by too little memory or by an upstream that went away; make another run' >&2
  exit 1
fi
# It listens once it has read its block.
(
  until (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do sleep 1; done
  : >"$STATE/answered"
) &
exec "${ANVIL:-anvil}" "$@"
