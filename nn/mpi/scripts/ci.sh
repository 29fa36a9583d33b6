#!/usr/bin/env bash
# Tests of training over MPI, with every MPI that is or can be installed: equal bits with 1, 2 and 4 ranks, a training
# that is killed and resumed, and two hosts as network namespaces. Reports skipped parts.
packages=(openmpi-bin libopenmpi-dev mpich libmpich-dev libclang1-14 libclang-common-14-dev)
if ! command -v mpicc >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >/dev/null 2>&1 ||
        echo "could not install ${packages[*]}"
fi
source "$(dirname "$0")/launch.sh"
if [ "${#engines[@]}" = 0 ]; then
    echo "skipped: no MPI here, or not by the names that Debian gives them"
    exit 0
fi
for engine in "${engines[@]}"; do
    # Crates that do not depend on the MPI are compiled once.
    if [ "$engine" != "${engines[0]}" ] && [ ! -d "$built/$engine" ]; then
        cp -a "$built/${engines[0]}" "$built/$engine"
        cargo clean --quiet --release --manifest-path "$here/Cargo.toml" --target-dir "$built/$engine" -p mpi-sys -p mpi -p nn-mpi
    fi
    build "$engine" --quiet
done
MPICC="mpicc.${engines[0]}" cargo clippy --quiet --release --manifest-path "$here/Cargo.toml" --all-targets \
    --target-dir "$built/${engines[0]}" -- -D warnings
THREADS=2 "$here/scripts/equality.sh" 1 2 4
WAIT=0 EPOCHS=8 "$here/scripts/kills.sh" 1
for pair in 1 2 3 4 5 6; do
    code=0
    "$here/scripts/namespaces.sh" || code=$?
    # 75: these two do not see each other; others will.
    [ "$code" = 75 ] || exit "$code"
done
echo "skipped: two hosts over MPICH: UCX saw the link of no pair of namespaces"
