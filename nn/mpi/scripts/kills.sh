#!/usr/bin/env bash
# Kills a training at random moments, a random rank each time, and goes on with another number of ranks: the end has the bits
# of a training that nobody killed. `kills.sh 20 [ENGINE]`.
source "$(dirname "$0")/launch.sh"
kills=${1:-20}
engine=${2:-${engines[0]}}
RANDOM=${SEED:-1}
arguments=(--epochs "${EPOCHS:-4}" --rows 800 --batch 96 --every 3)
program=$(program "$engine")
directory="$(mktemp -d)"
log="$directory/log"
"$program" --alone "${arguments[@]}" >"$log" 2>/dev/null
wanted=$(hashes "$log")
wanted=${wanted% *}
lost=0
steps() { ls "$directory/run" 2>/dev/null | sed -n 's/^step-0*\([0-9]\+\).safetensors$/\1/p' | sort -n | tail -1; }
for number in $(seq "$kills"); do
    ranks=$((1 << RANDOM % 3))
    launch "$engine" "$ranks" 60 "$program" "${arguments[@]}" --pause 20 --checkpoint "$directory/run" >"$log" 2>"$log.err" &
    job=$!
    sleep "0.$((RANDOM % 9))$((RANDOM % 10))"
    sleep "${WAIT:-1}"
    # The ranks of this job, which are the processes of this program below its launcher.
    mapfile -t ranks_of_job < <(ps -eo pid=,args= | awk -v program="$program" -v dir="$directory/run" '$2 == program && index($0, dir) {print $1}')
    began=$(date +%s%N)
    if [ "${#ranks_of_job[@]}" -gt 0 ]; then kill -KILL "${ranks_of_job[RANDOM % ${#ranks_of_job[@]}]}" 2>/dev/null || true; fi
    wait "$job" && ended=whole || ended="code $?"
    took=$((($(date +%s%N) - began) / 1000000))
    echo "kill $number of $kills: $ranks ranks, ended with $ended after $took ms, checkpoint of step $(steps)"
    [ "$took" -lt 30000 ] || lost=1
    if grep -q '^hash' "$log"; then break; fi
done
launch "$engine" 2 120 "$program" "${arguments[@]}" --checkpoint "$directory/run" >"$log" 2>"$log.err" || cat "$log.err"
found=$(hashes "$log")
grep -h "goes on from" "$log.err" | sed 's/.*goes on/goes on/' || true
echo "killed: $found, whole: $wanted"
rm -r "$directory"
[ "$found" = "$wanted 2" ] && [ "$lost" = 0 ] && echo "equal"
