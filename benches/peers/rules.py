"""What a step of PyTorch's fused optimizers costs for a parameter, to compare with `cargo bench -p benches --bench rules`.

    python3 benches/peers/rules.py          # with torch in this Python; one thread
"""

import statistics
import time

import torch

RATE = 1e-7
RULES = {
    "sgd": lambda p: torch.optim.SGD(p, RATE, momentum=0.9, fused=True),
    "adam": lambda p: torch.optim.Adam(p, RATE, fused=True),
    "adamw": lambda p: torch.optim.AdamW(p, RATE, fused=True),
    "adagrad": lambda p: torch.optim.Adagrad(p, RATE, fused=True),
}


def step(rule, shape):
    """Seconds of a step: the median of blocks of steps."""
    weight = torch.nn.Parameter(torch.randn(shape))
    weight.grad = torch.randn(shape)
    optimizer = rule([weight])
    count = max(10, 4_000_000 // weight.numel())
    blocks = []
    for _ in range(15):
        start = time.perf_counter()
        for _ in range(count):
            optimizer.step()
        blocks.append((time.perf_counter() - start) / count)
    return statistics.median(blocks)


torch.set_num_threads(1)
print(f"PyTorch {torch.__version__}")
for shape in [(64, 128), (1024, 1024)]:
    for name, rule in RULES.items():
        seconds = step(rule, shape)
        print(f"{shape[0] * shape[1]:>8} parameters, {name:<8} {1e6 * seconds:9.2f} µs, {1e9 * seconds / (shape[0] * shape[1]):.3f} ns each")
