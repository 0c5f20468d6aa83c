#!/bin/sh
# Runs a program that may end by itself, as one does that is not let in where it registers, again and again.
#   again.sh <program> <arguments…>
# A container that ends makes its pod unready, and nobody would reach the node for what stands beside it.
set -u

PAUSE=${PAUSE:-10}
child=''

# The program is asked to end, and waited for.
end() {
  trap '' TERM INT
  if [ -n "$child" ]; then
    kill -TERM "$child" 2>/dev/null
    wait "$child"
  fi
  exit 0
}
trap end TERM INT

while true; do
  "$@" &
  child=$!
  wait "$child"
  echo "again: $1 ended with status $?; it begins again in $PAUSE seconds" >&2
  sleep "$PAUSE" &
  child=$!
  wait "$child"
done
