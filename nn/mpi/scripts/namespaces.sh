#!/usr/bin/env bash
# Two hosts on one machine: network namespaces, each with its own name and memory, and a link between them.
# `namespaces.sh [RATE]` trains on both and compares the hash, over a link of e.g. 1gbit if a rate is given. Needs root and
# iproute2; reports if it cannot run.
source "$(dirname "$0")/launch.sh"
skip() { echo "skipped: two hosts as network namespaces: $*"; exit 0; }
[ "$(id -u)" = 0 ] || skip "needs root"
command -v ip >/dev/null || skip "needs ip, of the package iproute2"
command -v unshare >/dev/null || skip "needs unshare"
a=nnmpi$$a b=nnmpi$$b
ip netns add "$a" 2>/dev/null || skip "this kernel or container does not allow them"
directory="$(mktemp -d)"
clean() {
    ip netns pids "$a" 2>/dev/null | xargs -r kill -KILL 2>/dev/null || true
    ip netns pids "$b" 2>/dev/null | xargs -r kill -KILL 2>/dev/null || true
    ip netns del "$a" 2>/dev/null || true
    ip netns del "$b" 2>/dev/null || true
    rm -rf "$directory" "/etc/netns/$a" "/etc/netns/$b"
}
trap clean EXIT
ip netns add "$b" || skip "this kernel or container allows only one"
ip link add v0 netns "$a" type veth peer name v0 netns "$b" 2>/dev/null || skip "no veth links here"
mkdir -p "/etc/netns/$a" "/etc/netns/$b"
number=1
for host in "$a" "$b"; do
    ip -n "$host" addr add "10.77.7.$number/24" dev v0
    ip -n "$host" link set lo up
    ip -n "$host" link set v0 up
    printf '127.0.0.1 localhost\n10.77.7.1 %s\n10.77.7.2 %s\n' "$a" "$b" >"/etc/netns/$host/hosts"
    if [ -n "${1:-}" ]; then
        ip netns exec "$host" tc qdisc add dev v0 root tbf rate "$1" burst 80kb latency 50ms || skip "no tc tbf here"
    fi
    number=$((number + 1))
done
# Replaces ssh: a shell on the other host, with its own name and shared memory.
cat >"$directory/nsh" <<'SH'
#!/bin/sh
while [ "${1#-}" != "$1" ]; do shift; done
host=$1
shift
exec ip netns exec "$host" unshare --uts --ipc --mount sh -c 'hostname "$0"; mount -t tmpfs tmpfs /dev/shm; exec sh -c "$*"' "$host" "$@"
SH
chmod +x "$directory/nsh"
# Lets the launcher of Open MPI detect a lost host before a rank does; otherwise it waits for minutes.
alive="--mca oob_tcp_keepalive_time 1 --mca oob_tcp_keepalive_intvl 1 --mca oob_tcp_keepalive_probes 2"
# on_two_hosts ENGINE RANKS SECONDS COMMAND
on_two_hosts() {
    local engine=$1 ranks=$2 seconds=$3
    shift 3
    local agent="$directory/nsh"
    if [ "$engine" = mpich ]; then
        timeout -s KILL "$seconds" "$agent" "$a" "mpiexec.hydra -launcher ssh -launcher-exec $agent -hosts $a,$b -ppn $((ranks / 2)) -n $ranks $*"
    else
        timeout -s KILL "$seconds" "$agent" "$a" "mpirun.openmpi --bind-to none $alive --mca plm_rsh_agent $agent --host $a:$((ranks / 2)),$b:$((ranks / 2)) -n $ranks $*"
    fi
}
sent() { ip netns exec "$a" cat /sys/class/net/v0/statistics/tx_bytes; }
# Another command on the two hosts, with ENGINE replaced by the folder of the engine's programs.
if [ -n "${COMMAND:-}" ]; then
    for engine in "${engines[@]}"; do
        before=$(sent)
        on_two_hosts "$engine" 2 300 "${COMMAND//ENGINE/$built/$engine/release/examples}"
        echo "$engine: $(($(sent) - before)) bytes have left the first host"
    done
    exit
fi
log="$directory/log"
failed=0
for engine in "${engines[@]}"; do
    arguments=(--epochs 2 --rows 600 --batch 96)
    "$(program "$engine")" --alone "${arguments[@]}" >"$log" 2>/dev/null
    wanted=$(hashes "$log")
    for ranks in 2 ${MORE_RANKS:-}; do
        on_two_hosts "$engine" "$ranks" 120 "$(program "$engine") ${arguments[*]}" >"$log" 2>"$log.err" || {
            # UCX, which MPICH uses, sees the second host's link in some pairs of namespaces and not in others.
            if grep -q "initial_address_exchange Destination is unreachable" "$log" "$log.err"; then
                echo "$engine: UCX does not see the link between these two"
                exit 75
            fi
            tail -5 "$log.err"
            failed=1
        }
        found=$(hashes "$log")
        echo "$engine, $ranks ranks on two hosts${1:+, link of $1}: $found, alone: $wanted"
        [ "$found" = "${wanted% *} $ranks" ] || failed=1
    done
    bytes=$(sent)
    echo "$engine: $bytes bytes have left the first host"
    [ "$bytes" -gt 1000000 ] || failed=1
    if [ -n "${CUT:-}" ]; then
        began=$(date +%s)
        export NN_MPI_PATIENCE=${NN_MPI_PATIENCE:-5}
        on_two_hosts "$engine" 2 90 "env NN_MPI_PATIENCE=$NN_MPI_PATIENCE $(program "$engine") ${arguments[*]} --epochs 100 --pause 10" >"$log" 2>&1 &
        job=$!
        sleep 4
        ip -n "$a" link set v0 down
        wait "$job" && code=0 || code=$?
        echo "$engine, link cut: code $code after $(($(date +%s) - began - 4)) s: $(grep -m1 -o 'rank . of 2.*\|Remote host:.*\|failure of the TCP network' "$log" | cut -c 1-120)"
        grep -q 'has waited\|failure of the TCP network' "$log" || { tail -5 "$log"; failed=1; }
        [ "$code" != 137 ] || failed=1
        ip -n "$a" link set v0 up
    fi
done
exit $failed
