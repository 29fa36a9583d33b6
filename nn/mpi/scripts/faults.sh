#!/usr/bin/env bash
# What goes wrong, how long the job then lives, and what it says: `faults.sh [ENGINE…]`.
source "$(dirname "$0")/launch.sh"
[ $# -eq 0 ] || engines=("$@")
export NN_MPI_PATIENCE=${NN_MPI_PATIENCE:-4}
log="$(mktemp)"
failed=0
# try NAME MOST_SECONDS TEXT ARGUMENTS…: ends in so many seconds, not well, and says so.
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
for engine in "${engines[@]}"; do
    try panic 10 "rank 1 of 2 .*panicked" --fault panic
    try hang 20 "rank 0 of 2 .*has waited" --fault hang
    # The launcher of MPICH says nothing; its code does.
    try exit 10 "." --fault exit
    try error 10 "error: " --fault error
    ranks=3 try ranks 10 "ranks: found 3"
    (
        # A seed that differs: the shell gives each rank its own.
        printf '#!/bin/sh\nexec "%s" --seed "${OMPI_COMM_WORLD_RANK:-$PMI_RANK}" "$@"\n' "$(program "$engine")" >"$log.seed"
        chmod +x "$log.seed"
    )
    program="$log.seed" try seed 10 "ranks of one training: found rank 1 with .*seed"
    for other in openmpi mpich; do
        if [ "$other" != "$engine" ] && [ -x "$(program "$other")" ]; then
            program="$(program "$other")" try launcher 10 "launcher: found 2 processes"
        fi
    done
done
exit $failed
