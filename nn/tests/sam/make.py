"""Has PyTorch train a small network in f64 by sharpness-aware minimization, as its authors write it.

    python3 -m venv venv && venv/bin/pip install torch==2.15.0 numpy==2.5.5
    venv/bin/python nn/tests/sam/make.py

The output is committed: the test needs neither Python nor this script. PyTorch has no SAM of its own: the class below has the
formulas of the paper (Foret et al. 2021, algorithm 1; Kwon et al. 2021, algorithm 1 without its constant). The problem is a
formula that `nn/tests/training/sam.rs` has, too: change both.
"""

import pathlib
import sys

import numpy
import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parents[2] / "autograd/tests/fixture"))
from write import Fixture  # noqa: E402

torch.set_default_dtype(torch.float64)
fixture = Fixture("Made by make.py. Do not edit.")

# y = sin(3x) + 0.2·x² on 24 places, fitted by 1 -> 6 tanh -> 1; eight rows a step, the first, the next, the last, ...
X = torch.tensor(numpy.arange(24) / 12 - 1)
Y = torch.sin(3 * X) + 0.2 * X**2
START = [((7 * i) % 13 - 6) / 8 for i in range(19)]
STEPS, EVERY = 40, 10


def loss(p, x, y):
    """Mean squared error of weights [1, 6], biases, weights [6, 1], bias, in this order."""
    hidden = torch.tanh(x[:, None] @ p[:6].reshape(1, 6) + p[6:12])
    return ((hidden @ p[12:18] + p[18] - y) ** 2).mean()


def case(label, radius, adaptive, make):
    p = torch.nn.Parameter(torch.tensor(START))
    optimizer = make([p])
    seen, losses = [], []
    for step in range(STEPS):
        rows = slice(8 * (step % 3), 8 * (step % 3) + 8)
        value = loss(p, X[rows], Y[rows])
        (g,) = torch.autograd.grad(value, p)
        w = p.detach().clone()
        e = radius * w**2 * g / ((w * g).norm() + 1e-12) if adaptive else radius * g / (g.norm() + 1e-12)
        optimizer.zero_grad()
        loss(w + e + (p - w), X[rows], Y[rows]).backward()  # at w + e, with the gradient for p
        optimizer.step()
        losses.append(float(value.detach()))
        if (step + 1) % EVERY == 0:
            seen.append(p.detach().numpy().copy())
    settings = {"radius": radius, "adaptive": adaptive, "reference": f"torch-{torch.__version__.split('+')[0]}"}
    fixture.case(f"sam.{label}", label, settings, [("start", numpy.array(START))], [("places", numpy.array(seen)), ("losses", numpy.array(losses))])


case("sgd", 0.05, False, lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9))
case("adam", 0.2, False, lambda p: torch.optim.Adam(p, lr=0.01))
case("adaptive", 0.5, True, lambda p: torch.optim.Adam(p, lr=0.01))
fixture.write(HERE / "sam.txt")
