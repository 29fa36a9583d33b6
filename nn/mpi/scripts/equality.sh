#!/usr/bin/env bash
# Compares the hash of every rank, for ranks × threads × MPIs, with that of one process without MPI: `equality.sh 1 2 4`.
source "$(dirname "$0")/launch.sh"
arguments=(--epochs 2 --rows "${ROWS:-600}" --batch 96)
log="$(mktemp)"
wanted=
failed=0
for engine in "${engines[@]}"; do
    "$(program "$engine")" --alone "${arguments[@]}" >"$log" 2>/dev/null
    alone=$(hashes "$log")
    wanted=${wanted:-${alone% *}}
    echo "$engine, alone: $alone"
    [ "$alone" = "$wanted 1" ] || failed=1
    for ranks in "${@:-1 2 4}"; do
        for ranks in $ranks; do
            for threads in ${THREADS:-1 2}; do
                launch "$engine" "$ranks" 120 "$(program "$engine")" --threads "$threads" "${arguments[@]}" >"$log" 2>"$log.err" || { cat "$log.err"; failed=1; }
                found=$(hashes "$log")
                echo "$engine, $ranks ranks of $threads threads: $found"
                [ "$found" = "$wanted $ranks" ] || failed=1
            done
        done
    done
done
if [ "$failed" = 0 ] && [ -n "$wanted" ]; then echo "equal"; else echo "NOT EQUAL"; exit 1; fi
