"""Has PyTorch's L-BFGS and SciPy's Levenberg-Marquardt (MINPACK) solve small problems in f64.

    python3 -m venv venv && venv/bin/pip install torch==2.15.0 scipy==1.18.1 numpy==2.5.5
    venv/bin/python nn/tests/solvers/make.py

The output is committed: the tests need neither Python nor this script. The problems are formulas that
`nn/tests/training/solvers.rs` has, too: change both.
"""

import pathlib
import sys

import numpy
import scipy
import torch
from scipy.optimize import least_squares

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parents[2] / "autograd/tests/fixture"))
from write import Fixture  # noqa: E402

torch.set_default_dtype(torch.float64)
fixture = Fixture("Made by make.py. Do not edit.")


def rosenbrock(x):
    """Of six numbers, as three pairs."""
    return (100 * (x[1::2] - x[::2] ** 2) ** 2 + (1 - x[::2]) ** 2).sum()


# y = sin(3x) + 0.2·x² on 24 places, fitted by 1 -> 6 tanh -> 1.
X = numpy.arange(24) / 12 - 1
Y = numpy.sin(3 * X) + 0.2 * X**2
START = numpy.array([((7 * i) % 13 - 6) / 8 for i in range(19)])


def fit(p):
    """Mean squared error of weights [1, 6], biases, weights [6, 1], bias, in this order."""
    x, y = torch.tensor(X)[:, None], torch.tensor(Y)
    hidden = torch.tanh(x @ p[:6].reshape(1, 6) + p[6:12])
    return ((hidden @ p[12:18] + p[18] - y) ** 2).mean()


def lbfgs(label, function, start, iterations, memory):
    """Parameters and loss after each iteration."""
    p = torch.nn.Parameter(torch.tensor(start))
    optimizer = torch.optim.LBFGS(
        [p], max_iter=1, max_eval=1000, history_size=memory, tolerance_grad=0.0, tolerance_change=0.0,
        line_search_fn="strong_wolfe",
    )

    def closure():
        optimizer.zero_grad()
        loss = function(p)
        loss.backward()
        return loss

    places, losses = [], []
    for _ in range(iterations):
        optimizer.step(closure)
        places.append(p.detach().numpy().copy())
        losses.append(float(function(p).detach()))
    settings = {"reference": f"torch-{torch.__version__.split('+')[0]}", "memory": memory}
    outputs = [("places", numpy.array(places)), ("losses", numpy.array(losses))]
    fixture.case(f"lbfgs.{label}", "lbfgs", settings, [("start", numpy.array(start))], outputs)


lbfgs("rosenbrock", rosenbrock, [-1.2, 1.0, 0.5, -2.0, 3.0, 2.0], 25, 100)
lbfgs("short_memory", rosenbrock, [-1.2, 1.0, 0.5, -2.0, 3.0, 2.0], 25, 3)
lbfgs("network", fit, START, 25, 100)


def network(x, p):
    return numpy.tanh(numpy.outer(x, p[:6]) + p[6:12]) @ p[12:18] + p[18]


def levenberg_marquardt(label, x, y, model, start):
    """Where MINPACK ends."""
    found = least_squares(lambda p: model(x, p) - y, start, method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=100_000)
    settings = {"reference": f"scipy-{scipy.__version__}:least_squares-lm", "loss": float(numpy.mean(found.fun**2))}
    fixture.case(f"lm.{label}", "levenberg_marquardt", settings, [("x", x), ("y", y), ("start", start)], [("place", found.x)])


# Data with errors, so that there is a smallest loss which is not 0.
ERRORS = numpy.array([((37 * i) % 41 - 20) / 200 for i in range(40)])
growth_x = numpy.arange(40) / 10
growth_y = 2.0 * numpy.exp(-1.3 * growth_x) + 0.5 + ERRORS
levenberg_marquardt("decay", growth_x, growth_y, lambda x, p: p[0] * numpy.exp(p[1] * x) + p[2], numpy.array([1.0, -0.5, 0.0]))
wide = numpy.arange(40) / 10 - 2
small = lambda x, p: numpy.tanh(numpy.outer(x, p[:2]) + p[2:4]) @ p[4:6] + p[6]  # noqa: E731
truth = numpy.array([1.5, -0.7, 0.3, 0.9, 1.1, -0.8, 0.2])
levenberg_marquardt("network", wide, small(wide, truth) + ERRORS, small, truth + 0.3)

fixture.write(HERE / "solvers.txt")
