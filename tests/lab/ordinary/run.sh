#!/bin/bash
# The first process of the place: one piece of work after another, as people do them, with pauses between.
#   run.sh MINUTES PAUSE STEP ...   goes through the steps, then through those that recur, until the minutes are over.
minutes=$1 pause=$2
shift 2
folder=/usr/local/lib/ordinary
recurring="python node git build office browser admin remote web backup"
export DEBIAN_FRONTEND=noninteractive

step() {
    echo "== $1 $(date +%T)"
    timeout 900 bash "$folder/$1.sh" "$2" </dev/null || echo "== $1 ended with $?"
    sleep "$pause"
}

begin=$SECONDS
for name in "$@"; do step "$name" 0; done
round=1
while ((SECONDS - begin < minutes * 60)); do
    for name in $recurring; do
        ((SECONDS - begin < minutes * 60)) && step "$name" "$round"
        sleep $((pause * 2))
    done
    round=$((round + 1))
done
for daemon in /run/crond.pid /run/sshd.pid; do
    [ -f "$daemon" ] && kill "$(cat "$daemon")"
done
exit 0
