"""What recording one operation costs in PyTorch: a chain of 1000 products of scalars. See chain.rs.

pip install torch numpy; python3 chain.py
"""

import statistics
import time

import torch

torch.set_num_threads(1)
LENGTH, TURNS, CHAINS = 1000, 31, 5


def chain(backward):
    x = torch.tensor(0.999, requires_grad=True)
    y = x
    for _ in range(LENGTH):
        y = y * x
    if backward:
        y.backward()


times = {False: [], True: []}
for turn in range(TURNS + 1):
    for backward in times:
        start = time.perf_counter()
        for _ in range(CHAINS):
            chain(backward)
        if turn:
            times[backward].append((time.perf_counter() - start) / CHAINS * 1e9 / LENGTH)
forward, both = (statistics.median(times[backward]) for backward in (False, True))
print(f"{'PyTorch':24} {forward:12.0f} {both:22.0f}")
