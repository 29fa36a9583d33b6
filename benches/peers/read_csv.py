#!/usr/bin/env python3
"""Reads a large CSV with this library and with polars, and prints seconds and memory.

    pip install polars==2.1.0 numpy==2.5.5
    python3 benches/peers/read_csv.py [--rows 1000000] [--columns 30] [--rounds 5]

The file has normally distributed numbers, once with six decimals and once with as many digits as a double has. Each side
reads it in a process of its own, in turn, polars with one thread; the numbers are the medians of the processes' seconds of
computing (of ours with the start of the process, of polars without), which other work on the machine disturbs less than
the time that passes. The memory is the most that our process had, in units of the numbers: 8 bytes each.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
POLARS = """
import sys, time
import polars
start = time.process_time()
table = polars.read_csv(sys.argv[1])
print(time.process_time() - start, table.shape)
"""


def ours(path):
    """Seconds of computing, and the most bytes of memory."""
    process = subprocess.Popen([ROOT / "target/release/read_csv", path], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        sys.exit("read_csv failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def polars(path):
    environment = {**os.environ, "POLARS_MAX_THREADS": "1"}
    output = subprocess.run([sys.executable, "-c", POLARS, path], env=environment, check=True, capture_output=True, text=True)
    return float(output.stdout.split()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    import numpy
    import polars as pl

    subprocess.run(["cargo", "build", "--release", "-p", "benches", "--bin", "read_csv"], cwd=ROOT, check=True)
    numbers = numpy.random.default_rng(0).normal(size=(options.rows, options.columns))
    print("| digits | ours (s) | polars, one thread (s) | ratio | memory, of the numbers |\n|---|---:|---:|---:|---:|")
    for name, values in [("six decimals", numbers.round(6)), ("all", numbers)]:
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "numbers.csv")
            pl.DataFrame({f"x{at}": values[:, at] for at in range(options.columns)}).write_csv(path)
            times, peers, memory = [], [], []
            for _ in range(options.rounds):
                seconds, most = ours(path)
                times.append(seconds)
                memory.append(most / values.nbytes)
                peers.append(polars(path))
            us, them = statistics.median(times), statistics.median(peers)
            print(f"| {name} | {us:.2f} | {them:.2f} | {them / us:.2f}× | {max(memory):.2f} |", flush=True)


if __name__ == "__main__":
    main()
