"""The workloads and the way they are measured, for the frameworks of Python: the twin of ../protocol.rs.

A program calls main(name, train, predict, product):
  train(workload, x, y, threads) -> (step, loss): step(rows) begins one training step on a slice of rows, loss()
      waits for the last step and returns its loss
  predict(workload, x, threads) -> function of a slice of rows that returns the last layer's values as an array
  product(a, b, threads) -> function that computes the matrix product once
Any of them may be None.
"""

import argparse
import gzip
import json
import os
import statistics
import time
from dataclasses import dataclass

import numpy as np


@dataclass
class Workload:
    name: str
    widths: list
    activation: str
    batch: int
    task: str  # "sgd", "adam" or "predict"
    rate: float = 0.0

    @property
    def has_classes(self):
        return self.widths[0] >= 784

    @property
    def checked(self):
        return [1, 3] if self.widths[0] == 1024 else [1, 10, 100]

    def layers(self):
        return list(zip(self.widths, self.widths[1:]))

    def step_flops(self):
        products = [(2 if index == 0 else 3) * i * o for index, (i, o) in enumerate(self.layers())]
        return 2 * self.batch * sum(products)


DIGITS, TINY = [784, 128, 10], [2, 16, 16, 1]
WORKLOADS = [
    Workload("A", DIGITS, "relu", 64, "sgd", 0.1),
    Workload("A-adam", DIGITS, "relu", 64, "adam", 1e-3),
    Workload("B", DIGITS, "relu", 512, "sgd", 0.1),
    Workload("B-adam", DIGITS, "relu", 512, "adam", 1e-3),
    Workload("C", [784, 512, 512, 10], "relu", 128, "adam", 1e-3),
    Workload("D", [784] + [64] * 16 + [10], "tanh", 32, "sgd", 0.01),
    Workload("E", [1024, 4096, 4096, 1000], "relu", 256, "sgd", 0.01),
    Workload("F1", DIGITS, "relu", 1, "predict"),
    Workload("F256", DIGITS, "relu", 256, "predict"),
    Workload("Ftiny", TINY, "tanh", 1, "predict"),
    Workload("Ttiny", TINY, "tanh", 32, "sgd", 0.1),
    Workload("H", [28] + [300] * 5 + [1], "tanh", 100, "adam", 1e-3),
    Workload("S", [4, 32, 16, 4], "tanh", 10_000, "adam", 1e-3),
]


def hash32(x):
    x = np.array(x, np.uint32)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B), (16, 1)):
        x ^= x >> np.uint32(shift)
        x *= np.uint32(factor)
    return x


def uniform(stream, count):
    """In [0, 1), with 24 bits."""
    offset = hash32([stream + 1])
    return (hash32(np.arange(count, dtype=np.uint32) + offset) >> np.uint32(8)).astype(np.float64) / 2**24


def weights(layer, inputs, outputs):
    """The first weights of a layer: [inputs, outputs]. The biases are zero."""
    bound = (6 / (inputs + outputs)) ** 0.5
    values = (2 * uniform(layer, inputs * outputs) - 1) * bound
    return values.astype(np.float32).reshape(inputs, outputs)


def idx(path, header):
    """The bytes of one of Fashion-MNIST's files, compressed or not."""
    content = open(path, "rb").read() if os.path.exists(path) else gzip.open(path + ".gz").read()
    return np.frombuffer(content, np.uint8)[header:]


def data(workload, directory):
    """Inputs, and classes or numbers."""
    width, outputs = workload.widths[0], workload.widths[-1]
    if width == 784:
        pixels = idx(f"{directory}/train-images-idx3-ubyte", 16)
        labels = idx(f"{directory}/train-labels-idx1-ubyte", 8)
        return pixels.astype(np.float32).reshape(-1, 784) / np.float32(255), labels.astype(np.int64)
    rows = {2: 1024, 1024: 2048}.get(width, 10_000)
    x = (2 * uniform(1000, rows * width) - 1).astype(np.float32).reshape(rows, width)
    if not workload.has_classes:
        at = np.arange(outputs)
        return x, x[:, at] * x[:, (at + 1) % width]
    return x, (hash32(np.arange(rows, dtype=np.uint32) + np.uint32(77_777)) % np.uint32(outputs)).astype(np.int64)


def options(peer):
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", default=peer)
    parser.add_argument("--workloads", default="A")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--secs", type=float, default=1.5)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--data", default=os.environ.get("PEERS_DATA"))
    return parser.parse_args()


def seconds_per_call(seconds, call, wait=lambda: None):
    """Median over chunks of some 20 ms, after a warm-up."""

    def timed(calls):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        wait()
        return time.perf_counter() - start

    start, done, calls, best = time.perf_counter(), 0, 1, 1e9
    while done < 3 or time.perf_counter() - start < 0.3 * seconds:
        took = timed(calls)
        best, done = min(best, took / calls), done + calls
        if took < 0.02:
            calls *= 2
    calls = max(1, round(0.02 / best))
    start, times = time.perf_counter(), []
    while len(times) < 4 or time.perf_counter() - start < seconds:
        times.append(timed(calls) / calls)
    return statistics.median(times)


def batches(rows, batch):
    """Slices of one whole batch after the other, from the first again after the last."""
    while True:
        for first in range(0, rows - batch + 1, batch):
            yield slice(first, first + batch)


def main(peer, train=None, predict=None, product=None):
    arguments = options(peer)

    def emit(name, metric, value, unit):
        line = dict(peer=arguments.peer, workload=name, threads=arguments.threads, metric=metric, value=value, unit=unit)
        print(json.dumps(line), flush=True)

    known = {workload.name: workload for workload in WORKLOADS}
    for name in arguments.workloads.split(","):
        if name not in known:
            if product:
                m, k, n = map(int, name.removesuffix("-AtB").split("x"))
                a, b = ((2 * uniform(stream, count) - 1).astype(np.float32) for stream, count in ((1, m * k), (2, k * n)))
                a, b = a.reshape(k, m).T if name.endswith("-AtB") else a.reshape(m, k), b.reshape(k, n)
                took = seconds_per_call(arguments.secs, product(a, b, arguments.threads))
                emit(name, "gflops", 2 * m * k * n / took / 1e9, "GFLOP/s")
            continue
        workload = known[name]
        if workload.task == "predict" and predict:
            x = data(workload, arguments.data)[0][:4096].copy()
            rows, function = batches(len(x), workload.batch), predict(workload, x, arguments.threads)
            if arguments.check:
                for number in range(2):
                    emit(name, f"out@{number}", float(np.asarray(function(next(rows))).flat[0]), "1")
                continue
            took = seconds_per_call(arguments.secs, lambda: function(next(rows)))
            emit(name, "latency_us", took * 1e6, "us")
            emit(name, "samples_per_s", workload.batch / took, "samples/s")
        elif workload.task != "predict" and train:
            x, y = data(workload, arguments.data)
            rows, (step, loss) = batches(len(x), workload.batch), train(workload, x, y, arguments.threads)
            if arguments.check:
                for number in range(1, workload.checked[-1] + 1):
                    step(next(rows))
                    if number in workload.checked:
                        emit(name, f"loss@{number}", float(loss()), "1")
                continue
            took = seconds_per_call(arguments.secs, lambda: step(next(rows)), loss)
            emit(name, "samples_per_s", workload.batch / took, "samples/s")
            emit(name, "step_us", took * 1e6, "us")
            emit(name, "gflops", workload.step_flops() / took / 1e9, "GFLOP/s")
