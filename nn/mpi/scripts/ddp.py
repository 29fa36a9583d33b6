"""A training step of 784-128-10 with Adam by PyTorch's DistributedDataParallel over gloo: `ddp.py RANKS ROWS`, rows per rank.

Each rank has one thread. Prints the minimum time of a step in milliseconds, as the example `scaling` does for this library.
"""

import os
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

EPOCHS = 12
STEPS = 20


def rank(rank, ranks, rows):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29517")
    torch.set_num_threads(1)
    torch.manual_seed(1)
    dist.init_process_group("gloo", rank=rank, world_size=ranks)
    network = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    network = torch.nn.parallel.DistributedDataParallel(network)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
    loss_of = torch.nn.CrossEntropyLoss()
    inputs = torch.randn(STEPS * rows, 784) * 0.3
    targets = torch.arange(STEPS * rows) % 10
    least = float("inf")
    for _ in range(EPOCHS):
        order = torch.randperm(len(inputs))
        dist.barrier()
        began = time.perf_counter()
        for step in range(STEPS):
            part = order[step * rows : (step + 1) * rows]
            optimizer.zero_grad(set_to_none=True)
            loss_of(network(inputs[part]), targets[part]).backward()
            optimizer.step()
        least = min(least, (time.perf_counter() - began) / STEPS)
    if rank == 0:
        print(f"PyTorch {torch.__version__}, {ranks} ranks, {rows} rows each: {1e3 * least:.3f} ms a step")
    dist.destroy_process_group()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    ranks, rows = map(int, sys.argv[1:])
    mp.spawn(rank, (ranks, rows), nprocs=ranks)
