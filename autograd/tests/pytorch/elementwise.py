"""Elementwise functions of one or several tensors."""

import torch
import torch.nn.functional as F
from make import case, normal, op, these, uniform

# Where functions are steep, flat or close to overflow or underflow.
EXTREME = (-1e30, -700.0, -88.0, -20.0, -1.0, -1e-8, -1e-30, 0.0, 1e-30, 1e-8, 0.5, 1.0, 20.0, 88.0, 700.0, 1e30)
MODERATE = (-80.0, -20.0, -5.0, -1.0, -1e-8, -1e-30, 1e-30, 1e-8, 0.5, 1.0, 5.0, 20.0, 80.0)
POSITIVE = (1e-30, 1e-12, 1e-3, 0.5, 1.0, 2.0, 1e3, 1e12, 1e30)


def unary(name, f, domain=normal, extreme=EXTREME, kinks=(), tiny=(), **settings):
    op(name)
    case("odd length", f, domain(7), **settings)
    case("matrix", f, domain(3, 5), **settings)
    case("three axes", f, domain(2, 1, 17), **settings)
    case("no axes", f, domain(), **settings)
    case("extreme", f, these(*extreme), **settings)
    if kinks:
        case("kinks", f, these(*kinks), **settings)
    if tiny:  # separate from large numbers, next to which an error would not be visible
        case("tiny", f, these(*tiny), **settings)


def binary(name, f, left=normal, right=normal, extreme=None, kinks=None, **settings):
    op(name)
    case("equal shapes", f, left(3, 5), right(3, 5), **settings)
    case("a row", f, left(4, 3), right(3), **settings)
    case("both broadcast", f, left(5, 1, 3), right(7, 1), **settings)
    case("no axes", f, left(), right(5), **settings)
    for label, pairs in (("extreme", extreme), ("kinks", kinks)):
        if pairs:
            a, b = zip(*pairs)
            case(label, f, these(*a), these(*b), **settings)


def arithmetic():
    sizes = [(1e30, 1e-30), (-1e20, 1e10), (1e-20, 1e-10), (0.0, 3.0), (1e7, -1.0)]
    binary("add", torch.add, extreme=sizes)
    binary("sub", torch.sub, extreme=sizes)
    binary("mul", torch.mul, extreme=sizes)
    binary("div", torch.div, right=lambda *s: uniform(0.5, 2, *s), extreme=sizes[1:] + [(1.0, 1e15)])
    unary("neg", torch.neg)
    unary("scale", lambda x: 0.1 * x, by=0.1)
    unary("add_scalar", lambda x: x + 0.1, term=0.1)
    positive = lambda *s: uniform(0.2, 3, *s)  # noqa: E731
    unary("powf", lambda x: x**2.5, positive, (0.0, 1e-10, 1.0, 1e10), exponent=2.5)
    unary("powf", lambda x: x**-1.0, positive, (-1e10, -1e-10, 1e-10, 1e10), exponent=-1.0)
    unary("powf", lambda x: x**3.0, normal, (-1e10, -1.0, 0.0, 1e-10, 1e10), exponent=3.0)
    unary("powf", lambda x: x**0.0, normal, (-1e10, 0.0, 1e10), exponent=0.0)
    binary("pow", torch.pow, left=positive,
           extreme=[(1e-10, 2.0), (1e10, 2.5), (1e10, -2.5), (1.0, 1e10), (2.0, 100.0)],
           kinks=[(0.0, 2.0), (0.0, 1.0), (1.0, 0.0), (2.0, 0.0)])
    pairs = [(1.0, 1.0), (-2.0, -2.0), (0.0, 0.0), (1.0, 2.0)]
    binary("maximum", torch.maximum, extreme=sizes, kinks=pairs)
    binary("minimum", torch.minimum, extreme=sizes, kinks=pairs)


def functions():
    positive = lambda *s: uniform(0.2, 3, *s)  # noqa: E731
    unary("abs", torch.abs, kinks=(-1.0, 0.0, -0.0, 1.0))
    unary("sqrt", torch.sqrt, positive, POSITIVE)
    unary("rsqrt", torch.rsqrt, positive, POSITIVE[1:-1])
    unary("exp", torch.exp, extreme=MODERATE)
    unary("ln", torch.log, positive, POSITIVE)
    unary("ln_1p", torch.log1p, positive, (-0.5, -1e-12, 1e-30, 1e-12, 1e-3, 1.0, 1e12, 1e30))
    unary("expm1", torch.expm1, extreme=MODERATE)
    unary("sin", torch.sin, extreme=(-1e3, -3.0, -1e-10, 0.0, 1e-10, 1.5, 3.0, 100.0))
    unary("cos", torch.cos, extreme=(-1e3, -3.0, -1e-10, 0.0, 1e-10, 1.5, 3.0, 100.0))
    unary("reciprocal", torch.reciprocal, positive, (-1e10, -1e-10, 1e-10, 1.0, 1e10))
    unary("square", torch.square, extreme=(-1e15, -1e-15, 0.0, 1e-15, 1e15))
    unary("sign", torch.sign, kinks=(-0.0, 0.0))
    unary("clamp", lambda x: torch.clamp(x, -0.5, 1.0), kinks=(-0.5, 1.0), low=-0.5, high=1.0)
    unary("clamp", lambda x: torch.clamp(x, min=0.25), kinks=(0.25,), low=0.25, high=float("inf"))


def inverse_functions():
    inside = lambda *s: uniform(-0.95, 0.95, *s)  # noqa: E731
    positive = lambda *s: uniform(0.2, 3, *s)  # noqa: E731
    tiny = (-1e-8, -1e-5, 1e-5, 1e-8)
    ends = (-1 + 2.0**-20, -0.5, -1e-8, -1e-30, 0.0, 1e-30, 1e-8, 0.5, 1 - 2.0**-20)
    unary("erf", torch.erf, extreme=(-30.0, -8.0, -3.0, -1.0, -1e-8, 0.0, 1e-30, 1e-8, 3.0, 8.0, 30.0, 1e4), tiny=tiny)
    unary("log2", torch.log2, positive, POSITIVE)
    unary("log10", torch.log10, positive, POSITIVE)
    unary("exp2", torch.exp2, extreme=MODERATE)
    unary("tan", torch.tan, extreme=(-1e3, -3.0, -1e-10, 0.0, 1e-10, 1.5, 3.0, 100.0), tiny=tiny)
    unary("asin", torch.asin, inside, ends, kinks=(-1.0, 1.0), tiny=tiny)
    unary("acos", torch.acos, inside, ends, kinks=(-1.0, 1.0), tiny=(1 - 2.0**-24, 1 - 2.0**-20))
    unary("atan", torch.atan, tiny=tiny)
    unary("sinh", torch.sinh, extreme=MODERATE, tiny=tiny)
    unary("cosh", torch.cosh, extreme=MODERATE)
    unary("asinh", torch.asinh, tiny=tiny)
    unary("acosh", torch.acosh, lambda *s: uniform(1.1, 5, *s), (1 + 2.0**-20, 1.5, 1e3, 1e15, 1e30), kinks=(1.0,),
          tiny=(1 + 2.0**-23, 1 + 2.0**-22, 1 + 3 * 2.0**-23, 1 + 5 * 2.0**-23))
    unary("atanh", torch.atanh, inside, ends, kinks=(-1.0, 1.0), tiny=tiny)
    steps = (-2.5, -1.5, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 1.5, 2.5, 8388607.5)
    for name in ("floor", "ceil", "round", "trunc"):
        unary(name, getattr(torch, name), lambda *s: 3 * normal(*s), kinks=steps)
    binary("atan2", torch.atan2,
           extreme=[(1e15, 1e15), (-1e-15, 1e-15), (1e-30, 1.0), (1.0, 0.0), (0.0, -1.0), (1e10, -1e-10)],
           kinks=[(0.0, 0.0), (-0.0, 0.0), (0.0, -0.0)])
    op("lerp")
    for a, b, w in (((3, 5),) * 3, ((4, 1), (3,), (2, 1, 1)), ((), (5,), ())):
        case("shapes", torch.lerp, normal(*a), normal(*b), uniform(-0.5, 1.5, *w))
    case("extreme", torch.lerp, these(1e30, 1e8, 1.0, 1.0), these(-1e30, 1.0, 1.0, 2.0), these(0.5, 1.0, 0.25, 0.5))


def where(mask):
    return lambda a, b: torch.where(mask != 0, a, b)


def choices():
    op("select")
    for label, shape, a, b in (
        ("equal shapes", (3, 5), (3, 5), (3, 5)),
        ("broadcast", (4, 1), (3,), (2, 4, 3)),
        ("no axes", (), (5,), ()),
    ):
        mask = (torch.rand(shape, dtype=torch.float64) < 0.5).to(torch.float64)
        case(label, lambda mask, a, b: where(mask)(a, b), mask, normal(*a), normal(*b), data=(0,))
    mask = these(1.0, 0.0, 1.0, 0.0)
    case("extreme", lambda mask, a, b: where(mask)(a, b), mask, these(1e30, 1e30, -1e-30, 0.0),
         these(0.0, -1e30, 1.0, 1e-30), data=(0,))
    op("masked_fill")
    fill = lambda value: lambda x, mask: x.masked_fill(mask != 0, value)  # noqa: E731
    for label, shape, to in (("equal shapes", (3, 5), (3, 5)), ("a row", (5,), (3, 5)), ("a column", (4, 1), (2, 4, 3)), ("empty", (0,), (3, 0))):
        mask = (torch.rand(shape, dtype=torch.float64) < 0.5).to(torch.float64)
        case(label, fill(-2.5), normal(*to), mask, data=(1,), value=-2.5)
    case("extreme", fill(float("-inf")), these(1e30, float("inf"), 0.0, -0.0), these(1.0, 1.0, 0.0, 0.0), data=(1,), value=float("-inf"))
    op("clamp_between")
    for label, a, b, c in (("equal shapes", (3, 5), (3, 5), (3, 5)), ("broadcast", (4, 1), (3,), (2, 1, 3)), ("no axes", (5,), (), ())):
        case(label, torch.clamp, normal(*a), normal(*b) - 0.5, normal(*c) + 0.5)
    case("kinks", torch.clamp, these(-1.0, 0.0, 0.0, 1.0, 1.0, 2.0, 5.0), these(-1.0, 0.0, -1.0, 0.0, 0.0, 3.0, 1.0),
         these(1.0, 1.0, 0.0, 1.0, 2.0, 1.0, 1.0))
    values = these(-1.0, 0.0, 1.0, 2.0, 2.0, 1e30, 1e-30)
    others = these(1.0, 0.0, -1.0, 2.0, 3.0, 1e30, 0.0)
    for name, f in (("equal", torch.eq), ("not_equal", torch.ne), ("less", torch.lt),
                    ("less_or_equal", torch.le), ("greater", torch.gt), ("greater_or_equal", torch.ge)):
        op(name)
        mask = lambda a, b, f=f: f(a, b).to(torch.float64)  # noqa: E731
        case("vector", mask, values, others, data=(0, 1))
        case("a row", mask, torch.round(normal(4, 3)), torch.round(normal(3)), data=(0, 1))
        case("both broadcast", mask, torch.round(normal(5, 1)), torch.round(normal(1, 4)), data=(0, 1))


def hard_sigmoid(x):
    """Not F.hardsigmoid, whose gradient has 1/6 in single precision."""
    return F.relu6(x + 3) / 6


def activations():
    unary("relu", F.relu, kinks=(-0.0, 0.0))
    unary("leaky_relu", lambda x: F.leaky_relu(x, 0.25), kinks=(-0.0, 0.0), slope=0.25)
    unary("elu", lambda x: F.elu(x, 1.5), kinks=(-0.0, 0.0), alpha=1.5)
    unary("selu", F.selu, kinks=(-0.0, 0.0))
    unary("celu", lambda x: F.celu(x, 1.5), kinks=(-0.0, 0.0), alpha=1.5)
    unary("gelu", F.gelu, extreme=(-30.0, -8.0, -3.0, -1e-8, 0.0, 1e-8, 3.0, 8.0, 30.0, 1e4))
    unary("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), extreme=(-30.0, -4.0, -1e-8, 0.0, 1e-8, 4.0, 30.0, 1e4))
    unary("sigmoid", torch.sigmoid)
    unary("hard_sigmoid", hard_sigmoid, kinks=(-3.0, 3.0))
    unary("log_sigmoid", F.logsigmoid)
    unary("silu", F.silu)
    unary("mish", F.mish)
    unary("hard_swish", lambda x: x * hard_sigmoid(x), kinks=(-3.0, 3.0))
    unary("tanh", torch.tanh)
    unary("hard_tanh", F.hardtanh, kinks=(-1.0, 1.0))
    # PyTorch becomes linear above a threshold, where the exact curve is linear within an f64's rounding only later.
    unary("softplus", lambda x: F.softplus(x, threshold=50))
    unary("softsign", F.softsign, kinks=(-0.0, 0.0))
    binary("prelu", lambda x, slope: torch.where(x > 0, x, slope * x),
           extreme=[(1e30, 1.0), (-1e20, 1e10), (-1e-20, 1e-10)], kinks=[(0.0, 0.5), (-0.0, 0.5)])


def make():
    arithmetic()
    functions()
    inverse_functions()
    choices()
    activations()
