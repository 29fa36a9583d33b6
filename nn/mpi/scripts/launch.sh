# Sourced by the other scripts: the installed MPIs, and how to build and to start a program with each.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
built="${NN_MPI_TARGET:-$here/target}"
# Debian's names if both are installed; ENGINES lists those to try.
engines=()
for engine in ${ENGINES:-openmpi mpich}; do
    if command -v "mpicc.$engine" >/dev/null && command -v "mpirun.$engine" >/dev/null; then engines+=("$engine"); fi
done
# Open MPI requires these to run as root in a container, and with more ranks than cores.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none

# program ENGINE [EXAMPLE]: its path. Each MPI has a folder, because the bindings do not notice a change of the MPI.
program() { echo "$built/$1/release/examples/${2:-train}"; }

# build ENGINE [OPTIONS…]
build() {
    MPICC="mpicc.$1" cargo build "${@:2}" --release --manifest-path "$here/Cargo.toml" --examples --target-dir "$built/$1"
}

# launch ENGINE RANKS SECONDS PROGRAM ARGUMENTS…: KILL, because a job that hangs may ignore TERM.
launch() {
    local engine=$1 ranks=$2 seconds=$3
    shift 3
    timeout -s KILL "$seconds" "mpirun.$engine" -n "$ranks" "$@"
}

# hashes FILE: the distinct hashes that were printed, and how many were printed.
hashes() { grep -o '^hash [0-9a-f]*' "$1" | sort | uniq -c | awk '{print $3, $1}'; }
