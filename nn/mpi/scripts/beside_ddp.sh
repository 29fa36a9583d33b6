#!/usr/bin/env bash
# Times our step on two ranks and PyTorch's DistributedDataParallel alternately: `beside_ddp.sh [ROWS] [ROUNDS]`, rows per rank.
# PYTHON must have torch installed.
source "$(dirname "$0")/launch.sh"
rows=${1:-64}
for _ in $(seq "${2:-3}"); do
    for engine in "${engines[@]}"; do
        echo "$engine: $(launch "$engine" 2 300 "$(program "$engine" scaling)" --quick --steps 120 --rows "$rows" | grep '784-128-10 .*in full')"
    done
    "${PYTHON:-python3}" "$here/scripts/ddp.py" 2 "$rows"
done
