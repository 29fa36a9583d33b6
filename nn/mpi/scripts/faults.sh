#!/usr/bin/env bash
# Injects faults, and checks how soon the job ends and its message: `faults.sh [ENGINE…]`.
source "$(dirname "$0")/launch.sh"
[ $# -eq 0 ] || engines=("$@")
export NN_MPI_PATIENCE=${NN_MPI_PATIENCE:-4}
log="$(mktemp)"
failed=0
# try NAME MOST_SECONDS TEXT ARGUMENTS…: must fail within so many seconds, with this text.
try() {
    local name=$1 most=$2 text=$3
    shift 3
    local began=$(date +%s%N) code=0
    launch "$engine" "${ranks:-2}" 60 "${program:-$(program "$engine")}" --rows 600 --epochs 20 --pause 5 "$@" >"$log" 2>&1 || code=$?
    local took=$((($(date +%s%N) - began) / 1000000))
    local said=$(grep -m1 -o "$text.*" "$log" | cut -c 1-150)
    printf '%-8s %-12s code %3d after %6d ms: %s\n' "$engine" "$name" "$code" "$took" "$said"
    if [ "$code" = 0 ] || [ -z "$said" ] || [ "$took" -gt $((most * 1000)) ]; then failed=1; tail -5 "$log"; fi
}
# report NAME RIGHT TEXT: reports a fault that runs its own job.
report() {
    printf '%-8s %-12s %s\n' "$engine" "$1" "$3"
    if [ "$2" != 0 ]; then failed=1; tail -5 "$log"; fi
}
# A stopped rank, as on a machine that swaps: the others end when their timeout is over.
stopped() {
    local own="$log.stopped" began code=0
    launch "$engine" 2 60 "$(program "$engine")" --rows 600 --epochs 20 --pause 20 --checkpoint "$own" >"$log" 2>&1 &
    local job=$!
    sleep 2
    pkill -STOP -n -f -- "--checkpoint $own" || true
    began=$(date +%s%N)
    wait "$job" || code=$?
    local took=$((($(date +%s%N) - began) / 1000000)) right=0
    local said=$(grep -m1 -o "rank [01] of 2 .*has waited.*" "$log" | cut -c 1-150)
    if [ "$code" = 0 ] || [ -z "$said" ] || [ "$took" -gt 20000 ] || pgrep -f -- "--checkpoint $own" >/dev/null; then right=1; fi
    report stopped "$right" "code $code after $took ms: $said"
    rm -rf "$own"
}
# The last checkpoint is truncated: the training resumes from the one before, to the same end.
half_written() {
    local own="$log.half" right=0 arguments=(--rows 600 --epochs 4 --every 3)
    launch "$engine" 2 60 "$(program "$engine")" "${arguments[@]}" >"$log" 2>&1
    local wanted=$(hashes "$log")
    launch "$engine" 2 60 "$(program "$engine")" "${arguments[@]}" --checkpoint "$own" --fault exit --at 11 >"$log" 2>&1 || true
    local last=$(ls "$own"/step-*.safetensors | sort | tail -1)
    truncate -s 1000 "$last"
    launch "$engine" 2 60 "$(program "$engine")" "${arguments[@]}" --checkpoint "$own" >"$log" 2>&1 || right=1
    local said=$(grep -m1 -o "$(basename "$last").*" "$log" | cut -c 1-150)
    if [ "$(hashes "$log")" != "$wanted" ] || [ -z "$said" ]; then right=1; fi
    report "half-written" "$right" "$(hashes "$log"), whole: $wanted; $said"
    rm -rf "$own"
}
# No disk space for rank 0: the training continues with a warning, and ends as one with space.
full_disk() {
    local own="$log.disk" right=0 arguments=(--rows 600 --epochs 4 --every 3)
    mkdir "$own"
    if ! mount -t tmpfs -o size=1m tmpfs "$own" 2>/dev/null; then
        echo "$engine full disk: skipped, since nothing can be mounted here"
        return
    fi
    launch "$engine" 2 60 "$(program "$engine")" "${arguments[@]}" >"$log" 2>&1
    local wanted=$(hashes "$log")
    launch "$engine" 2 60 "$(program "$engine")" "${arguments[@]}" --checkpoint "$own/run" >"$log" 2>&1 || right=1
    local said=$(grep -m1 -i -o "[^ ]*.*no space.*" "$log" | cut -c 1-150)
    if [ "$(hashes "$log")" != "$wanted" ] || [ -z "$said" ]; then right=1; fi
    report "full disk" "$right" "$(hashes "$log"), with room: $wanted; $said"
    umount "$own"
    rmdir "$own"
}
for engine in "${engines[@]}"; do
    try panic 10 "rank 1 of 2 .*panicked" --fault panic
    try hang 20 "rank 0 of 2 .*has waited" --fault hang
    # The launcher of MPICH prints nothing; its exit code tells.
    try exit 10 "." --fault exit
    try error 10 "error: " --fault error
    ranks=3 try ranks 10 "ranks: found 3"
    (
        # Different seeds: the shell gives each rank its own.
        printf '#!/bin/sh\nexec "%s" --seed "${OMPI_COMM_WORLD_RANK:-$PMI_RANK}" "$@"\n' "$(program "$engine")" >"$log.seed"
        chmod +x "$log.seed"
    )
    program="$log.seed" try seed 10 "ranks of one training: found rank 1 with .*seed"
    stopped
    half_written
    full_disk
    for other in openmpi mpich; do
        if [ "$other" != "$engine" ] && [ -x "$(program "$other")" ]; then
            program="$(program "$other")" try launcher 10 "launcher: found 2 processes"
        fi
    done
done
exit $failed
