"""Computes values and gradients of operations with PyTorch, in f64, and writes a file OPERATION.txt for each operation.

    python3 -m venv venv && venv/bin/pip install torch==2.15.0 numpy     # about 4 GB, no GPU needed
    venv/bin/python autograd/tests/pytorch/make.py sinh tanh             # only these; without names, all

The seeds are fixed, each operation has its own seed, and the output is committed: the tests need neither Python nor
this script, and a new operation does not change other files. The inputs are representable in f32, so that the same
cases test both types.
"""

import pathlib
import sys
import zlib

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "fixture"))
sys.path.insert(0, str(HERE))
from write import Fixture  # noqa: E402

HEADING = f"""
Made by make.py with PyTorch {torch.__version__.split('+')[0]}. Do not edit.
Outputs: the value y, then the gradient with respect to each input. The last input is dy, the gradient of y.
"""

wanted = set(sys.argv[1:])
fixtures = {}  # of the requested operations, by name
known = set()  # the names of all
state = {"op": None, "number": 0}


def single(x):
    """The nearest f32 numbers."""
    return x.to(torch.float32).to(torch.float64)


def normal(*shape):
    return single(torch.randn(shape, dtype=torch.float64))


def uniform(low, high, *shape):
    return single(low + (high - low) * torch.rand(shape, dtype=torch.float64))


def these(*values):
    return single(torch.tensor(values, dtype=torch.float64))


def op(name):
    """Begins an operation, whose random numbers do not depend on those before it."""
    state.update(op=name, number=0)
    known.add(name)
    if not wanted or name in wanted:
        fixtures.setdefault(name, Fixture(HEADING))
    torch.manual_seed(zlib.crc32(name.encode()))


def case(label, f, *inputs, data=(), **settings):
    """One case: f(inputs) and its gradients, except for the inputs whose indices are in `data`."""
    if state["op"] not in fixtures:
        return
    inputs = [x.clone().requires_grad_(i not in data) for i, x in enumerate(inputs)]
    y = f(*inputs)
    dy = normal(*y.shape)
    variables = [x for x in inputs if x.requires_grad]
    gradients = torch.autograd.grad(y, variables, dy, allow_unused=True) if y.requires_grad else []
    gradients = [torch.zeros_like(x) if g is None else g for x, g in zip(variables, gradients)]
    state["number"] += 1
    name = f"{state['op']}_{state['number']}_{label.replace(' ', '_')}"
    names = [f"x{i}" if x.requires_grad else f"data{i}" for i, x in enumerate(inputs)]
    numpy = lambda x: x.detach().contiguous().resolve_conj().numpy()  # noqa: E731
    fixtures[state["op"]].case(
        name, state["op"], settings,
        [(n, numpy(x)) for n, x in zip(names, inputs)] + [("dy", numpy(dy))],
        [("y", numpy(y))]
        + [(f"d{n}", numpy(g)) for n, g in zip((n for n in names if n[0] == "x"), gradients)],
    )


if __name__ == "__main__":
    sys.modules["make"] = sys.modules["__main__"]
    import elementwise
    import losses
    import rest

    elementwise.make()
    rest.make()
    losses.make()
    if wanted - known:
        sys.exit(f"no cases of {', '.join(sorted(wanted - known))}: add them to elementwise.py, losses.py or rest.py")
    for name, fixture in fixtures.items():
        fixture.write(HERE / f"{name}.txt")
        print(fixture.cases, "cases of", name)
