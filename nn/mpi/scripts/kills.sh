#!/usr/bin/env bash
# Kills a random rank of a training at random moments, and resumes with another number of ranks. The end must have the bits
# of an uninterrupted training, and no kill may lose more than the steps since the last checkpoint. `kills.sh 20 [ENGINE]`.
source "$(dirname "$0")/launch.sh"
kills=${1:-20}
engine=${2:-${engines[0]}}
RANDOM=${SEED:-1}
every=3
arguments=(--epochs "${EPOCHS:-$((4 * kills))}" --rows 800 --batch 96 --every "$every" --steps)
program=$(program "$engine")
directory="$(mktemp -d)"
log="$directory/log"
"$program" --alone "${arguments[@]}" >"$log" 2>/dev/null
wanted=$(hashes "$log")
wanted=${wanted% *}
wrong=0
steps() { find "$directory/run" -name 'step-*' -printf '%f\n' | sed -n 's/^step-0*\([0-9]\+\).safetensors$/\1/p' | sort -n | tail -1; }
for number in $(seq "$kills"); do
    ranks=$((1 << RANDOM % 3))
    launch "$engine" "$ranks" 60 "$program" "${arguments[@]}" --pause 20 --checkpoint "$directory/run" >"$log" 2>"$log.err" &
    job=$!
    # The folder comes with the first checkpoint: before it, nothing could be lost.
    for _ in $(seq 200); do [ -d "$directory/run" ] && break || sleep 0.05; done
    sleep "0.$((RANDOM % 9))$((RANDOM % 10))"
    sleep "${WAIT:-1}"
    # The ranks of this job: the processes of this program below its launcher.
    mapfile -t ranks_of_job < <(ps -eo pid=,args= | awk -v program="$program" -v dir="$directory/run" '$2 == program && index($0, dir) {print $1}')
    began=$(date +%s%N)
    if [ "${#ranks_of_job[@]}" -gt 0 ]; then kill -KILL "${ranks_of_job[RANDOM % ${#ranks_of_job[@]}]}" 2>/dev/null || true; fi
    wait "$job" && ended=whole || ended="code $?"
    took=$((($(date +%s%N) - began) / 1000000))
    done_steps=$(sed -n 's/^step //p' "$log" | sort -n | tail -1)
    kept=$(steps)
    gone=$((${done_steps:-${kept:-0}} - ${kept:-0}))
    echo "kill $number of $kills: $ranks ranks, ended with $ended after $took ms, checkpoint of step ${kept:-0}, $gone steps lost"
    if [ "$took" -ge 30000 ]; then echo "too late"; wrong=1; fi
    # One more than the steps between two checkpoints: the step after which the checkpoint was being written.
    if [ "$gone" -gt "$every" ]; then echo "too many"; wrong=1; fi
    if grep -q '^hash' "$log"; then break; fi
done
launch "$engine" 2 120 "$program" "${arguments[@]}" --checkpoint "$directory/run" >"$log" 2>"$log.err" || cat "$log.err"
found=$(hashes "$log")
grep -h "resumes from" "$log.err" | sed 's/.*resumes/resumes/' || true
echo "killed: $found, whole: $wanted"
rm -r "$directory"
[ "$found" = "$wanted 2" ] && [ "$wrong" = 0 ] && echo "equal"
