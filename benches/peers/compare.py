#!/usr/bin/env python3
"""Measures this project and other frameworks and prints one table.

    python3 benches/peers/compare.py [--quick] [--check] [--build] [--all] [--rounds 3] [--secs 0.8]
                                     [--workloads A,D,64x784x128] [--peers numpy,jax] [--threads 1,2]

It takes what is there: NumPy, PyTorch, JAX and ONNX Runtime if this Python can import them; Candle, Burn,
dfdx, and the matrix products gemm, faer and matrixmultiply if `--build` has built them (minutes), and with them those of
the BLAS libraries that this Python has, NumPy's OpenBLAS and MKL (`pip install mkl`); and RTNeural if the
environment variable RTNEURAL names a checkout of it. The frameworks take turns, in an order that is reversed every
round, and each number is the median of the rounds. With one thread a process is kept on one core. `--quick` lets a
process measure all of its workloads before the next one's turn, which saves the start of most of them.

A row has our time, the best peer's, how many times quicker we are, and our share of the multiply-adds that this
machine can do. `--all` adds tables of every peer's numbers. `--check` prints the losses and outputs instead and fails
if they do not agree.
"""

import argparse
import glob
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import sysconfig
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Where Fashion-MNIST's files may be; the last place has a sample of them.
DATA = [os.environ.get("PEERS_DATA"), os.environ.get("FASHION_MNIST_DIR"), "/usr/share/datasets/fashion-mnist"]
DATA += [os.path.expanduser("~/.cache/fashion-mnist"), str(ROOT / "nn/data/fashion-mnist-sample")]

TRAINING = {
    "A": "train 784→128→10 relu, batch 64, SGD",
    "A-adam": "the same, Adam",
    "B": "the same, batch 512, SGD",
    "B-adam": "the same, batch 512, Adam",
    "C": "train 784→512→512→10 relu, batch 128, Adam",
    "D": "train 784→(64 tanh)×16→10, batch 32, SGD",
    "E": "train 1024→4096→4096→1000 relu, batch 256, SGD",
    "Ttiny": "train 2→16→16→1 tanh, batch 32, SGD",
    "H": "train 28→(300 tanh)×5→1, batch 100, Adam",
    "S": "train 4→32→16→4 tanh, batch 10000, Adam",
}
PREDICTION = {
    "F256": "predict 256 samples 784→128→10",
    "F1": "predict one sample 784→128→10",
    "Ftiny": "predict one sample 2→16→16→1 tanh",
}
PRODUCTS = [f"{n}x{n}x{n}" for n in (64, 128, 256, 512, 1024, 2048)]
PRODUCTS += ["64x784x128", "784x64x128-AtB", "64x128x10", "512x784x128", "128x512x512", "256x4096x4096", "1x784x128"]
RUST = ["candle", "burn", "dfdx"]
CRATES = ["gemm", "faer", "matrixmultiply"]
BLAS = {"mkl": f"{sys.prefix}/lib/libmkl_rt.so*", "openblas": f"{sysconfig.get_path('platlib')}/numpy.libs/libscipy_openblas64_*.so"}
PYTHON = {"numpy": "numpy", "pytorch": "torch", "jax": "jax", "onnxruntime": "onnxruntime"}
# How far from ours a number may be, times the larger of ours and 1: the orders of summation differ, and what that does
# grows with the steps, above all by Adam, which divides by gradients of almost zero.
TOLERANCES = {"loss@10": 0.005, "loss@100": 0.05}
TOLERANCE = 1e-5
RTNEURAL = HERE / "target/rtneural"
OURS = "nn"


def peers():
    """The command of every peer that is there, ours first."""
    found = {OURS: [str(ROOT / "target/release/workloads")]}
    program = HERE / "target/release/workloads"
    if program.exists():
        found |= {name: [str(program)] for name in RUST + CRATES}
        found |= {name: [str(program)] for name, pattern in BLAS.items() if glob.glob(pattern)}
    if RTNEURAL.exists():
        found["rtneural"] = [str(RTNEURAL)]
    for name, module in PYTHON.items():
        if importlib.util.find_spec(module):
            found[name] = [sys.executable, str(HERE / f"peer_{name}.py")]
    return found


def can(peer, workload):
    if "x" in workload:
        return peer in [OURS, "numpy", "pytorch", *CRATES, *BLAS]
    if workload == "peak":
        return peer == OURS
    if peer == "rtneural":
        return workload in ("F1", "Ftiny")
    return peer not in [*CRATES, *BLAS] and (peer != "onnxruntime" or workload in PREDICTION)


def run(peer, command, workloads, threads, *options):
    """The lines of JSON of one process."""
    environment = dict(os.environ, CUDA_VISIBLE_DEVICES="", PEERS_DATA=next(place for place in DATA if place and os.path.isdir(place)))
    for library in ("OMP", "MKL", "OPENBLAS", "RAYON", "MATMUL"):
        environment[f"{library}_NUM_THREADS"] = str(threads)
    for name, pattern in BLAS.items():
        environment |= {f"PEERS_{name.upper()}": path for path in glob.glob(pattern)}
    command = command + ["--peer", peer, "--workloads", ",".join(workloads), "--threads", str(threads), *options]
    pin = (lambda: os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})) if threads == 1 else None
    process = subprocess.run(command, env=environment, capture_output=True, text=True, preexec_fn=pin)
    if process.returncode:
        print(f"{peer} failed: {process.stderr.strip()[-300:]}", file=sys.stderr)
    return [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]


def check(found, workloads, threads):
    values = defaultdict(dict)
    for peer, command in found.items():
        mine = [w for w in workloads if "x" not in w and can(peer, w)]
        for line in run(peer, command, mine, threads, "--check") if mine else []:
            values[line["workload"], line["metric"]][peer] = line["value"]
    off = []
    for (workload, metric), row in values.items():
        print(f"{workload:8}{metric:10}" + "  ".join(f"{peer} {value:.6f}" for peer, value in row.items()))
        ours = row.get(OURS, float("nan"))
        bound = TOLERANCES.get(metric, TOLERANCE) * max(1, abs(ours))
        off += [f"{workload} {metric} of {peer}" for peer, value in row.items() if not abs(value - ours) <= bound]
    if off:
        sys.exit(f"not as ours: {', '.join(off)}")


def measure(found, turns, threads, rounds, seconds):
    """The medians: [workload, threads, peer, metric]. In a turn, each peer measures its workloads."""
    values = defaultdict(list)
    for number in range(rounds):
        for count in threads:
            for turn in turns:
                order = list(found.items())
                for peer, command in order if number % 2 == 0 else reversed(order):
                    mine = [workload for workload in turn if can(peer, workload)]
                    for line in run(peer, command, mine, count, "--secs", str(seconds)) if mine else []:
                        values[line["workload"], count, peer, line["metric"]].append(line["value"])
        print(f"round {number + 1} of {rounds} is over", file=sys.stderr)
    return {key: statistics.median(numbers) for key, numbers in values.items()}


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def row(medians, workload, threads, metric, smaller_is_better, factor=1.0):
    """Ours, the best peer's, our advantage and our share of the peak, as cells."""
    ours = medians.get((workload, threads, OURS, metric))
    others = {p: v for (w, t, p, m), v in medians.items() if (w, t, m) == (workload, threads, metric) and p != OURS}
    if ours is None:
        return ["", "", "", ""]
    cells = [number(ours * factor), "", ""]
    if others:
        best = (min if smaller_is_better else max)(others, key=others.get)
        ratio = others[best] / ours if smaller_is_better else ours / others[best]
        cells[1:] = [f"{number(others[best] * factor)} {best}", f"{ratio:.2f}×"]
    peak = medians.get(("peak", threads, OURS, "gflops"))
    rate = medians.get((workload, threads, OURS, "gflops"))
    return cells + [f"{100 * rate / peak:.0f} %" if rate and peak else ""]


def table(title, unit, rows, threads, cells):
    heads = [f"{head}, {count} thread{'s' * (count > 1)}" for count in threads for head in (f"ours ({unit})", "best peer", "ratio", "of peak")]
    print(f"\n| {title} | " + " | ".join(heads) + " |\n|---|" + "---:|" * len(heads))
    for workload, text in rows.items():
        print(f"| {text} | " + " | ".join(cell for count in threads for cell in cells(workload, count)) + " |")


def everyone(medians, workloads, threads, metric):
    """A row for every peer, with a number for each number of threads."""
    print("\n| peer | " + " | ".join(workloads) + " |\n|---|" + "---:|" * len(workloads))
    for peer in dict.fromkeys(peer for workload, _, peer, _ in medians if workload in workloads):
        keys = [[(workload, count, peer, metric(workload)) for count in threads] for workload in workloads]
        cells = [" / ".join(number(medians[key]) if key in medians else "–" for key in row) for row in keys]
        print(f"| {peer} | " + " | ".join("" if set(cell) <= set("– /") else cell for cell in cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="three workloads, one round, less than a minute")
    parser.add_argument("--check", action="store_true", help="print losses and outputs instead of times")
    parser.add_argument("--build", action="store_true", help="build Candle, Burn, dfdx, gemm and faer first")
    parser.add_argument("--all", action="store_true", help="print every peer's numbers, too")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--secs", type=float, default=0.8)
    parser.add_argument("--workloads")
    parser.add_argument("--peers")
    parser.add_argument("--threads", default="1,2")
    arguments = parser.parse_args()
    everything = [*TRAINING, *PREDICTION, *PRODUCTS]
    if arguments.quick:
        everything, arguments.rounds, arguments.secs = ["A", "F1", "64x784x128"], 1, 0.2
    workloads = arguments.workloads.split(",") if arguments.workloads else everything
    threads = [int(count) for count in arguments.threads.split(",")]

    build = ["cargo", "build", "--release", "--quiet"]
    subprocess.run(build + ["-p", "benches", "--bin", "workloads"], cwd=ROOT, check=True)
    if arguments.build:
        native = dict(os.environ, RUSTFLAGS="-C target-cpu=native")
        features = ["--features", "avx512"] if "avx512f" in Path("/proc/cpuinfo").read_text() else []
        subprocess.run(build + features + ["--bin", "workloads"], cwd=HERE, env=native, check=True)
        if checkout := os.environ.get("RTNEURAL"):
            flags = "-std=c++17 -O3 -march=native -DNDEBUG -DEIGEN_STACK_ALLOCATION_LIMIT=0 -DRTNEURAL_USE_EIGEN=1"
            flags += " -DRTNEURAL_DEFAULT_ALIGNMENT=32 -DRTNEURAL_NAMESPACE=RTNeural"
            places = [f"-I{checkout}{place}" for place in ("", "/modules/Eigen", "/modules/json")]
            command = ["c++", *flags.split(), *places, HERE / "peer_rtneural.cpp", "-o", RTNEURAL]
            subprocess.run(command, check=True)
    found = peers()
    if arguments.peers:
        found = {p: c for p, c in found.items() if p == OURS or p in arguments.peers.split(",")}
    print(f"compared with {', '.join(list(found)[1:]) or 'nothing: see --help'}", file=sys.stderr)
    if arguments.check:
        return check(found, workloads, max(threads))

    turns = [["peak", *workloads]] if arguments.quick else [[workload] for workload in ["peak", *workloads]]
    medians = measure(found, turns, threads, arguments.rounds, arguments.secs)
    print(processor() + "; " + ", ".join(
        f"{medians['peak', count, OURS, 'gflops']:.0f} GFLOP/s of multiply-adds with {count} thread{'s' * (count > 1)}"
        for count in threads
    ))
    networks = {w: text for w, text in (TRAINING | PREDICTION).items() if w in workloads}
    metric = lambda w: "latency_us" if w in PREDICTION else "step_us"
    if networks:
        table("work", "µs", networks, threads, lambda w, t: row(medians, w, t, metric(w), True))
    products = {w: w for w in workloads if "x" in w}
    if products:
        table("product", "GFLOP/s", products, threads, lambda w, t: row(medians, w, t, "gflops", False))
    if arguments.all and networks:
        everyone(medians, networks, threads, metric)
    if arguments.all and products:
        everyone(medians, products, threads, lambda _: "gflops")


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(": ")[1]
    return "unknown processor"


main()
