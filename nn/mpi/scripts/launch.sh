# Sourced by the other scripts: which MPIs there are, how they build a program, and how they start it.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
built="${NN_MPI_TARGET:-$here/target}"
# Debian's names, where both are installed side by side; ENGINES has those to try.
engines=()
for engine in ${ENGINES:-openmpi mpich}; do
    if command -v "mpicc.$engine" >/dev/null && command -v "mpirun.$engine" >/dev/null; then engines+=("$engine"); fi
done
# Root in a container, and more ranks than cores: Open MPI asks.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none

# program ENGINE [EXAMPLE]: where it is built. A folder for each MPI: the bindings do not notice that it is another one.
program() { echo "$built/$1/release/examples/${2:-train}"; }

# build ENGINE [OPTIONS…]
build() {
    MPICC="mpicc.$1" cargo build "${@:2}" --release --manifest-path "$here/Cargo.toml" --examples --target-dir "$built/$1"
}

# launch ENGINE RANKS SECONDS PROGRAM ARGUMENTS…: KILL, since a job that hangs may not hear TERM.
launch() {
    local engine=$1 ranks=$2 seconds=$3
    shift 3
    timeout -s KILL "$seconds" "mpirun.$engine" -n "$ranks" "$@"
}

# hashes FILE: those that were printed, each once, and how many.
hashes() { grep -o '^hash [0-9a-f]*' "$1" | sort | uniq -c | awk '{print $3, $1}'; }
