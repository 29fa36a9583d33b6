"""Has others' optimizers take 50 steps in f64: for each rule a file of its own, RULE.txt.

    python3 -m venv venv && venv/bin/pip install torch==2.15.0 timm==1.0.31 schedulefree==1.4.1 numpy==2.5.5
    venv/bin/python nn/tests/optimizers/make.py lion adan      # these alone; without names, all

The output is committed: the tests need neither Python nor this script, and a rule that is added changes no other's file.
Gradients are given, not computed from parameters, so that a difference is one of the rule. They, the first parameters
and the rates are formulas of integers, which `nn/src/optim/trajectories.rs` has, too: change both.
"""

import inspect
import pathlib
import sys

import numpy
import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parents[2] / "autograd/tests/fixture"))
from write import Fixture  # noqa: E402

# Else PyTorch keeps running products of its own in f32.
torch.set_default_dtype(torch.float64)

STEPS, EVERY = 50, 10
# A weight, which decays; a bias, which is spared; a weight without gradient.
SHAPES = [(4, 3), (4,), (5,)]
SIZES = [12, 4, 5]
TOTAL = sum(SIZES)


def start(i):
    return ((7 * i) % 13 - 6) / 8


def gradient(step, i):
    """0 for the last tensor, for some elements, and for all in some steps."""
    if i >= TOTAL - SIZES[-1] or i % 7 == 3 or step % 9 == 8:
        return 0.0
    return ((37 * i + 53 * step + 11 * i * step) % 101 - 50) / 64


def rate(step):
    return (STEPS + 1 - step) / STEPS


def tensors(numbers):
    flat = torch.tensor(numbers, dtype=torch.float64)
    return [part.reshape(shape).clone() for part, shape in zip(flat.split(SIZES), SHAPES)]


def trajectory(make, decay, scheduled, clock):
    """All parameters after each tenth step."""
    weight, bias, still = [torch.nn.Parameter(t) for t in tensors([start(i) for i in range(TOTAL)])]
    groups = [{"params": [weight, still]}, {"params": [bias]}]
    if decay:
        groups[0]["weight_decay"], groups[1]["weight_decay"] = decay, 0.0
    optimizer = make(groups)
    if clock:
        optimizer.train()
    base = [group["lr"] for group in optimizer.param_groups]
    seen = []
    for step in range(1, STEPS + 1):
        parameters = [weight, bias, still]
        for p, g in zip(parameters, tensors([gradient(step, i) for i in range(TOTAL)])):
            p.grad = g
        if scheduled:
            for group, lr in zip(optimizer.param_groups, base):
                group["lr"] = lr * rate(step)
        optimizer.step()
        if step % EVERY == 0:
            seen.append((f"step{step}", numpy.concatenate([p.detach().numpy().ravel() for p in parameters])))
    return seen


wanted = set(sys.argv[1:])
fixtures = {}


def case(rule, label, reference, make, decay=0.0, scheduled=True, clock=False, **settings):
    """`settings` is what the test reads; `decay` is for the weights alone."""
    if wanted and rule not in wanted:
        return
    fixture = fixtures.setdefault(rule, Fixture("Made by make.py. Do not edit."))
    settings |= {"reference": reference, "scheduled": scheduled, "decay": decay}
    fixture.case(f"{rule}.{label}", rule, settings, [], trajectory(make, decay, scheduled, clock))


def of_torch(rule, label, name, lr, decay=0.0, given=None, **settings):
    version = torch.__version__.split("+")[0]
    make = lambda groups: getattr(torch.optim, name)(groups, lr=lr, foreach=False, **(given or {}))  # noqa: E731
    case(rule, label, f"torch-{version}:{name}", make, decay, learning_rate=lr, **settings)


of_torch("sgd", "plain", "SGD", 0.1, 0.02)
of_torch("sgd", "momentum", "SGD", 0.1, 0.02, {"momentum": 0.9}, momentum=0.9)
of_torch("sgd", "nesterov", "SGD", 0.1, 0.02, {"momentum": 0.9, "nesterov": True}, momentum=0.9, nesterov=True)
of_torch("sgd", "dampening", "SGD", 0.1, 0.02, {"momentum": 0.9, "dampening": 0.3}, momentum=0.9, dampening=0.3)
BETAS = {"beta1": 0.8, "beta2": 0.95}
betas = {"betas": (0.8, 0.95)}
of_torch("adam", "default", "Adam", 0.01)
of_torch("adam", "decay", "Adam", 0.02, 0.1, betas | {"eps": 1e-3}, epsilon=1e-3, **BETAS)
of_torch("adamw", "decay", "AdamW", 0.02, 0.1, betas, **BETAS)
of_torch("amsgrad", "coupled", "Adam", 0.02, 0.1, betas | {"amsgrad": True}, coupled=True, **BETAS)
of_torch("amsgrad", "decoupled", "AdamW", 0.02, 0.1, betas | {"amsgrad": True}, **BETAS)
of_torch("nadam", "coupled", "NAdam", 0.02, 0.1, betas, coupled=True, **BETAS)
of_torch(
    "nadam", "decoupled", "NAdam", 0.02, 0.1, {"decoupled_weight_decay": True, "momentum_decay": 0.3}, momentum_decay=0.3
)
of_torch("radam", "coupled", "RAdam", 0.02, 0.1, {}, coupled=True)
of_torch("radam", "decoupled", "RAdam", 0.02, 0.1, betas | {"decoupled_weight_decay": True}, **BETAS)
of_torch("adamax", "coupled", "Adamax", 0.02, 0.1, betas, coupled=True, **BETAS)
of_torch("adagrad", "coupled", "Adagrad", 0.1, 0.1, {"lr_decay": 0.02}, coupled=True, rate_decay=0.02)
of_torch("adadelta", "coupled", "Adadelta", 1.0, 0.1, {"rho": 0.8, "eps": 1e-4}, coupled=True, rho=0.8, epsilon=1e-4)
of_torch("rmsprop", "coupled", "RMSprop", 0.01, 0.1, {"alpha": 0.9}, coupled=True, alpha=0.9)
of_torch("rmsprop", "momentum", "RMSprop", 0.01, 0.1, {"momentum": 0.5}, coupled=True, momentum=0.5)
of_torch("rmsprop", "centred", "RMSprop", 0.01, 0.1, {"centered": True, "eps": 1e-3}, coupled=True, centred=True, epsilon=1e-3)
of_torch(
    "rmsprop", "both", "RMSprop", 0.01, 0.1, {"centered": True, "momentum": 0.5, "eps": 1e-3},
    coupled=True, centred=True, momentum=0.5, epsilon=1e-3,
)
of_torch("rprop", "default", "Rprop", 0.01)
of_torch(
    "rprop", "bounds", "Rprop", 0.1, 0.0, {"etas": (0.25, 1.5), "step_sizes": (0.05, 0.3)},
    shrink=0.25, growth=1.5, smallest=0.05, largest=0.3,
)


IN_DOUBLE = inspect.getsource(torch.optim._muon._zeropower_via_newtonschulz).replace("torch.bfloat16", "torch.float64")


class MuonAndAdamW:
    """PyTorch's Muon computes its products in bf16 on purpose; here the same source does in f64. Its matrices have
    outputs as rows, ours inputs."""

    def __init__(self, groups, **settings):
        exec(IN_DOUBLE, vars(torch.optim._muon))
        (self.weight, still), (bias,) = groups[0]["params"], groups[1]["params"]
        self.turned = torch.nn.Parameter(self.weight.detach().T.contiguous())
        decay = groups[0]["weight_decay"]
        rest = [{"params": [still], "weight_decay": decay}, {"params": [bias], "weight_decay": 0.0}]
        self.muon = torch.optim.Muon([self.turned], lr=0.02, weight_decay=decay, **settings)
        self.rest = torch.optim.AdamW(rest, lr=0.01)
        self.param_groups = self.muon.param_groups + self.rest.param_groups

    def step(self):
        self.turned.grad = self.weight.grad.T.contiguous()
        self.muon.step()
        self.rest.step()
        self.weight.data.copy_(self.turned.T)


for label, nesterov in [("nesterov", True), ("plain", False)]:
    make = lambda groups: MuonAndAdamW(groups, momentum=0.9, nesterov=nesterov)  # noqa: B023, E731
    reference = f"torch-{torch.__version__.split('+')[0]}:Muon-in-f64"
    case("muon", label, reference, make, 0.1, learning_rate=0.02, rest=0.01, momentum=0.9, nesterov=nesterov)


class Around:
    """PyTorch's SGD with what is done to gradients before its step and to parameters after it, of weights alone."""

    def __init__(self, groups, lr, momentum, before=None, after=None):
        self.weights = groups[0]["params"]
        self.before, self.after = before, after
        self.sgd = torch.optim.SGD(groups, lr=lr, momentum=momentum, foreach=False)
        self.param_groups = self.sgd.param_groups

    @torch.no_grad()
    def step(self):
        for p in self.weights if self.before else []:
            p.grad = self.before(p, p.grad)
        self.sgd.step()
        for p in self.weights if self.after else []:
            p.copy_(self.after(p))


def around(rule, label, reference, momentum=0.0, before=None, after=None, **settings):
    make = lambda groups: Around(groups, 0.1, momentum, before, after)  # noqa: E731
    reference = f"torch-{torch.__version__.split('+')[0]}:SGD-{reference}"
    case(rule, label, reference, make, learning_rate=0.1, momentum=momentum, **settings)


around("elastic", "l1", "and-l1", before=lambda p, g: g + 0.03 * p.sign(), l1=0.03)
around("elastic", "both", "and-l1-l2", 0.9, before=lambda p, g: g + 0.01 * p.sign() + 2 * 0.02 * p, l1=0.01, l2=0.02)
# The weights of a unit are a column, [inputs, outputs].
column = lambda p: p * (0.4 / p.norm(dim=0).clamp_min(0.4)) if p.dim() == 2 else p  # noqa: E731
around("max_norm", "plain", "and-max-norm", after=column, longest=0.4)
around("max_norm", "momentum", "and-max-norm", 0.9, after=column, longest=0.4)
of_torch("adafactor", "default", "Adafactor", 0.01)
of_torch(
    "adafactor", "all", "Adafactor", 0.3, 0.1, {"beta2_decay": -0.6, "d": 1.1, "eps": (None, 0.2)},
    power=0.6, threshold=1.1, smallest=0.2,
)

if not wanted or wanted & {"lion", "adan", "lamb", "lars"}:
    import timm
    from timm.optim import Adan, Lamb, Lars, Lion

    lion = lambda groups: Lion(groups, lr=0.01, betas=(0.8, 0.95), foreach=False)  # noqa: E731
    case("lion", "decoupled", f"timm-{timm.__version__}:Lion", lion, 0.1, learning_rate=0.01, **BETAS)
    adan = lambda groups: Adan(groups, lr=0.01, no_prox=True, foreach=False)  # noqa: E731
    case("adan", "decoupled", f"timm-{timm.__version__}:Adan", adan, 0.1, learning_rate=0.01)
    # Without the clipping of all gradients, which the paper does not have.
    lamb = lambda groups: Lamb(groups, lr=0.02, betas=(0.8, 0.95), max_grad_norm=None, foreach=False)  # noqa: E731
    case("lamb", "decoupled", f"timm-{timm.__version__}:Lamb", lamb, 0.1, learning_rate=0.02, **BETAS)
    lars = lambda groups: Lars(groups, lr=0.5, momentum=0.8, trust_coeff=0.02, foreach=False)  # noqa: E731
    case(
        "lars", "coupled", f"timm-{timm.__version__}:Lars", lars, 0.1,
        coupled=True, learning_rate=0.5, momentum=0.8, trust=0.02,
    )

if not wanted or "schedule_free" in wanted:
    from schedulefree import AdamWScheduleFreeReference

    # Its schedule is its warm-up.
    free = lambda groups: AdamWScheduleFreeReference(groups, lr=0.02, warmup_steps=10)  # noqa: E731
    case(
        "schedule_free", "warm_up", "schedulefree-1.4.1:AdamWScheduleFreeReference", free, 0.1,
        scheduled=False, clock=True, learning_rate=0.02, warm_up=10,
    )

unknown = wanted - set(fixtures)
if unknown:
    sys.exit(f"no case of {', '.join(sorted(unknown))}")
for rule, fixture in fixtures.items():
    fixture.write(HERE / f"{rule}.txt")
