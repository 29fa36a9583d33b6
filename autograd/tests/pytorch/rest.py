"""Reductions, products, and operations that move elements."""

import torch
import torch.nn.functional as F
from make import case, normal, op, these, uniform

# Shape, axes (all if None), and whether they are retained.
AXES = (
    ((7,), None, False), ((3, 5), [0], False), ((3, 5), [1], True), ((2, 3, 17), [2, 0], False),
    ((2, 3, 4), [1], True), ((2, 1, 3, 2), [0, 1, 3], False), ((33,), [0], True),
)


def reduction(name, f, domain=normal, extreme=(), **settings):
    """f takes x, a list of axes and whether they are retained."""
    op(name)
    for shape, axes, keep in AXES:
        every = list(range(len(shape)))
        case(f"{list(shape)} over {'all' if axes is None else axes}".replace(" ", ""),
             lambda x: f(x, every if axes is None else axes, keep), domain(*shape),
             **settings, **({} if axes is None else {"axes": axes, "keep": keep}))
    for values in extreme:
        case("extreme", lambda x: f(x, [0], False), these(*values), axes=[0], keep=False, **settings)


def product(x, axes, keep):
    for axis in sorted(axes, reverse=True):
        x = torch.prod(x, axis, keepdim=keep)
    return x


def reductions():
    reduction("sum", lambda x, a, k: torch.sum(x, a, keepdim=k), extreme=[(1e30, -1.0, 1e-30)])
    reduction("mean", lambda x, a, k: torch.mean(x, a, keepdim=k), extreme=[(1e30, 1.0, 1e-30)])
    reduction("max", lambda x, a, k: torch.amax(x, a, keepdim=k), extreme=[(2.0, 5.0, 5.0), (0.0, -0.0), (-1e30, -2e30)])
    reduction("min", lambda x, a, k: torch.amin(x, a, keepdim=k), extreme=[(2.0, 1.0, 1.0), (1e30, 2e30)])
    reduction("prod", product, lambda *s: uniform(-2, 2, *s),
              extreme=[(2.0, 0.0, 3.0), (0.0, 0.0, 3.0), (1e20, 1e-20, 3.0)])
    reduction("logsumexp", lambda x, a, k: torch.logsumexp(x, a, keepdim=k),
              extreme=[(1e4, 1e4, -1e4), (-1e4, -1e4, -1e4), (1e30, 0.0), (700.0, -700.0)])
    for c in (0, 1):
        reduction("variance", lambda x, a, k: torch.var(x, a, correction=c, keepdim=k),
                  extreme=[(1e6, 1e6 + 1, 1e6 + 2), (3.0, 3.0, 3.0)], correction=c)
    for p, extreme in ((2.0, [(3e15, 4e15), (3e-15, 4e-15), (0.0, 0.0)]), (1.0, [(0.0, -2.0)]),
                       (3.0, [(3.0, -4.0, 0.0)]), (float("inf"), [(3.0, -3.0, 1.0)])):
        reduction("norm", lambda x, a, k: torch.linalg.vector_norm(x, p, a, keepdim=k), extreme=extreme, p=p)
    for name, f in (("argmax", torch.argmax), ("argmin", torch.argmin)):
        op(name)
        for shape, axis in (((7,), 0), ((3, 5), 1), ((2, 3, 4), 1)):
            case(f"axis {axis}", lambda x: f(x, axis).double(), normal(*shape), axis=axis, data=(0,))
        case("ties", lambda x: f(x, 0).double(), these(1.0, 2.0, 1.0, 2.0), axis=0, data=(0,))
    op("cumsum")
    for shape, axis in (((7,), 0), ((3, 5), 0), ((2, 3, 4), 1), ((2, 3, 17), 2)):
        case(f"axis {axis}", lambda x: torch.cumsum(x, axis), normal(*shape), axis=axis)
    case("extreme", lambda x: torch.cumsum(x, 0), these(1e10, 1.0, -1e10), axis=0)


def running_products():
    op("cumprod")
    for shape, axis in (((7,), 0), ((3, 5), 0), ((2, 3, 4), 1), ((2, 3, 17), 2)):
        case(f"axis {axis}", lambda x: torch.cumprod(x, axis), normal(*shape), axis=axis)
    case("none", lambda x: torch.cumprod(x, 0), normal(0, 3), axis=0)
    for values in ((3.0, 0.0, 2.0, 4.0), (3.0, 0.0, 2.0, 0.0, 5.0), (0.0, 0.0), (1e20, 1e-20, -3.0)):
        case("extreme", lambda x: torch.cumprod(x, 0), these(*values), axis=0)
    for c in (0, 1):
        reduction("std", lambda x, a, k: torch.std(x, a, correction=c, keepdim=k),
                  extreme=[(1e6, 1e6 + 1, 1e6 + 2), (3.0, 3.0, 3.0)], correction=c)


def sums_by_letters():
    op("einsum")
    for letters, a, b in (
        ("ij,jk->ik", (2, 3), (3, 4)), ("ij,kj->ki", (2, 3), (5, 3)), ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)), ("i,i->", (7,), (7,)),
        ("i,j->ji", (3,), (4,)), ("ij,ij->ij", (2, 3), (2, 3)), ("ijk,k->i", (2, 3, 4), (4,)), ("abcd,cbe->dea", (2, 3, 4, 2), (4, 3, 5)),
        ("bqhd,bkhd->bhqk", (2, 3, 2, 4), (2, 5, 2, 4)), (",ij->ij", (), (2, 3)), ("ij,k->", (2, 3), (4,)), ("ij,jk->ik", (2, 0), (0, 3)),
        ("ij,jk", (2, 3), (3, 4)), ("zb,bA", (2, 3), (3, 4)),
    ):
        case(letters, lambda a, b: torch.einsum(letters, a, b), normal(*a), normal(*b), letters=letters)


def triangles_and_diagonals():
    for name, f in (("tril", torch.tril), ("triu", torch.triu)):
        op(name)
        for shape, k in (((3, 5), 0), ((4, 4), 1), ((2, 5, 3), -2), ((0, 3), 0), ((2, 2), 7)):
            case(f"diagonal {k}", lambda x: f(x, k), normal(*shape), diagonal=k)
        case("extreme", lambda x: f(x, 0), these([1e30, float("inf")], [float("inf"), 1e-30]), diagonal=0)
    op("diag")
    for shape, k in (((3,), 0), ((2,), 1), ((2,), -3), ((0,), 0), ((3, 5), 0), ((4, 3), -1), ((3, 5), 4), ((2, 2), 5)):
        case(f"{list(shape)} at {k}".replace(", ", ","), lambda x: torch.diag(x, k), normal(*shape), diagonal=k)
    op("trace")
    for shape in ((3, 3), (2, 5), (4, 1), (0, 2)):
        case(f"{list(shape)}".replace(", ", ","), torch.trace, normal(*shape))


def rearranged():
    op("repeat")
    for shape, times in (((3,), [2]), ((2, 3), [1, 3]), ((3,), [2, 1, 4]), ((2, 1), [0, 2]), ((), [3])):
        case(f"{times}".replace(" ", ""), lambda x: x.repeat(times), normal(*shape), times=times)
    op("chunk")
    for shape, axis, count, part in (((7,), 0, 3, 2), ((3, 5), 1, 4, 1), ((4, 3), 0, 2, 0), ((0, 3), 0, 2, 1)):
        case(f"part {part}", lambda x: torch.chunk(x, count, axis)[part] * 1.0, normal(*shape), axis=axis, count=count, part=part)
    op("roll")
    for shape, shift, axis in (((7,), 2, 0), ((3, 5), -1, 1), ((2, 3, 4), 7, 1), ((0, 2), 1, 0), ((5,), 0, 0)):
        case(f"by {shift}", lambda x: torch.roll(x, shift, axis), normal(*shape), shift=shift, axis=axis)
    op("sort")
    for shape, axis, down in (((7,), 0, False), ((3, 5), 1, True), ((2, 5, 4), 1, False), ((3, 0), 1, True), ((1, 2), 0, False)):
        case(f"axis {axis}", lambda x: torch.sort(x, dim=axis, descending=down, stable=True).values, normal(*shape), axis=axis, descending=down)
    for down in (False, True):
        case("ties", lambda x: torch.sort(x, dim=0, descending=down, stable=True).values, these(2.0, 1.0, 2.0, float("inf"), -1e30, 1.0), axis=0, descending=down)
    op("topk")
    for shape, k, axis in (((7,), 3, 0), ((3, 5), 1, 1), ((2, 5, 4), 5, 1), ((3, 4), 0, 1)):
        case(f"{k} along {axis}", lambda x: torch.topk(x, k, axis).values, normal(*shape), k=k, axis=axis)
    op("one_hot")
    for values, count in (((0.0, 2.0, 1.0), 3), ((4.0,), 5), (((1.0, 0.0), (1.0, 1.0)), 2)):
        case("classes", lambda x: F.one_hot(x.long(), count).double(), these(*values), data=(0,), classes=count)


def products():
    op("matmul")
    shapes = ((3, 5), (5, 4)), ((1, 7), (7, 1)), ((2, 3, 5), (2, 5, 4)), ((2, 1, 3, 5), (4, 5, 2)), ((3, 0), (0, 2)), ((17, 33), (33, 9)), \
        ((5,), (5,)), ((3, 5), (5,)), ((5,), (5, 4)), ((2, 1, 3, 5), (5,)), ((5,), (2, 5, 4)), ((0,), (0, 2))
    for a, b in shapes:
        case(f"{list(a)} by {list(b)}".replace(", ", ","), torch.matmul, normal(*a), normal(*b))
    case("extreme", torch.matmul, these([1e15, 1e-15], [0.0, 1.0]), these([1e-15, 1.0], [1e15, 0.0]))
    op("matmul_transposed")
    turn = lambda x, yes: x.mT if yes else x  # noqa: E731
    for left, right in ((False, True), (True, False), (True, True)):
        for batch_a, batch_b in (((), ()), ((2,), (2,)), ((3, 1), (2,))):
            a = normal(*batch_a, *((5, 3) if left else (3, 5)))
            b = normal(*batch_b, *((4, 5) if right else (5, 4)))
            case(f"batches {batch_a} and {batch_b}".replace(", ", ","),
                 lambda a, b: torch.matmul(turn(a, left), turn(b, right)), a, b, left=left, right=right)
    op("outer")
    for m, n in ((2, 3), (1, 7), (5, 5)):
        case(f"{m} by {n}", torch.outer, normal(m), normal(n))
    case("extreme", torch.outer, these(1e15, -1e-15, 0.0), these(1e-15, 1e15))
    op("dot")
    for n in (1, 7, 33):
        case(f"length {n}", torch.dot, normal(n), normal(n))
    case("extreme", torch.dot, these(1e15, 1e-15, 0.0), these(1e-15, 1e15, 1e30))


def shapes():
    op("reshape")
    for a, b in (((6,), (2, 3)), ((2, 3, 5), (5, 6)), ((1,), ()), ((0, 3), (3, 0))):
        case(f"{list(a)} to {list(b)}".replace(", ", ","), lambda x: x.reshape(b), normal(*a), shape=list(b))
    op("transpose")
    for a in ((2, 3), (1, 7), (2, 3, 5)):
        case(f"{list(a)}".replace(" ", ""), lambda x: x.transpose(-1, -2), normal(*a))
    op("permute")
    for a, order in (((2, 3), (1, 0)), ((2, 3, 5), (2, 0, 1)), ((2, 1, 3, 2), (3, 1, 0, 2))):
        case(f"{list(order)}".replace(" ", ""), lambda x: x.permute(order), normal(*a), order=list(order))
    op("broadcast_to")
    for a, b in (((3,), (2, 3)), ((5, 1), (5, 4)), ((), (3, 1)), ((2, 1, 3), (7, 2, 5, 3))):
        case(f"{list(a)} to {list(b)}".replace(", ", ","), lambda x: x.broadcast_to(b), normal(*a), shape=list(b))
    op("slice")
    for a, axis, start, end in (((7,), 0, 2, 5), ((3, 5), 1, 0, 1), ((2, 3, 5), 1, 1, 3), ((3, 2), 0, 3, 3)):
        case(f"{start} to {end}", lambda x: x.narrow(axis, start, end - start), normal(*a), axis=axis, start=start, end=end)
    op("concat")
    for axis, parts in ((0, ((3,), (4,))), (1, ((2, 3), (2, 1), (2, 5))), (1, ((2, 1, 3), (2, 2, 3)))):
        case(f"axis {axis}", lambda *x: torch.cat(x, axis), *(normal(*s) for s in parts), axis=axis)
    op("stack")
    for axis, count, shape in ((0, 2, (3,)), (1, 3, (2, 3)), (2, 2, (2, 1))):
        case(f"axis {axis}", lambda *x: torch.stack(x, axis), *(normal(*shape) for _ in range(count)), axis=axis)
    op("split")
    for shape, axis, lengths, part in (((7,), 0, [3, 4], 1), ((3, 5), 1, [1, 0, 4], 2), ((4, 3), 0, [2, 2], 0)):
        case(f"part {part}", lambda x: torch.split(x, lengths, axis)[part] * 1.0, normal(*shape), axis=axis, lengths=lengths, part=part)
    op("pad")
    for shape, widths in (((3,), [2, 1]), ((2, 3), [0, 1, 2, 0]), ((2, 1, 3), [1, 1, 0, 0, 3, 2])):
        torch_widths = [w for i in range(len(widths) - 2, -1, -2) for w in widths[i:i + 2]]
        case("constant", lambda x: F.pad(x, torch_widths, value=-1.5), normal(*shape), widths=widths, mode="constant", value=-1.5)
    for mode, name in (("replicate", "edge"), ("reflect", "reflect"), ("circular", "wrap")):
        case(name, lambda x: F.pad(x[None], (2, 1), mode=mode)[0], normal(2, 5), widths=[0, 0, 2, 1], mode=name)
    op("flip")
    for shape, axes in (((7,), [0]), ((3, 5), [0, 1]), ((2, 3, 5), [1])):
        case(f"{axes}".replace(" ", ""), lambda x: torch.flip(x, axes), normal(*shape), axes=axes)


def indexing():
    whole = lambda *values: torch.tensor(values)  # noqa: E731
    op("index_select")
    for shape, axis, indices in (((7,), 0, [6, 0, 0, 3]), ((3, 5), 1, [4, 1]), ((2, 3, 5), 1, [2, 2, 2, 0])):
        case(f"axis {axis}", lambda x: x.index_select(axis, whole(*indices)), normal(*shape), axis=axis, indices=indices)
    op("gather")
    pick = lambda axis, length, *shape: torch.randint(length, shape)  # noqa: E731
    for shape, axis, picked in (((7,), 0, (9,)), ((3, 5), 1, (3, 2)), ((4, 3, 2), 0, (5, 2, 2))):
        at = pick(axis, shape[axis], *picked)
        case(f"axis {axis}", lambda x: x.gather(axis, at), normal(*shape), axis=axis, indices=at.flatten().tolist(), shape=list(picked))
    op("scatter_add")
    for shape, axis, picked in (((7,), 0, (9,)), ((3, 5), 1, (3, 2)), ((4, 3, 2), 0, (5, 2, 2))):
        at = pick(axis, shape[axis], *picked)
        case(f"axis {axis}", lambda x, s: x.scatter_add(axis, at, s), normal(*shape), normal(*picked), axis=axis, indices=at.flatten().tolist())


def windows():
    op("conv2d")
    for x, w, stride, padding, dilation, groups in (
        ((2, 3, 5, 7), (4, 3, 3, 2), (1, 1), (0, 0), (1, 1), 1), ((1, 4, 6, 5), (6, 2, 2, 3), (2, 1), (1, 2), (1, 1), 2),
        ((3, 2, 7, 6), (2, 1, 3, 3), (1, 1), (2, 0), (2, 1), 2), ((2, 3, 4, 4), (5, 3, 1, 1), (1, 1), (0, 0), (1, 1), 1),
        ((2, 4, 4, 4), (4, 2, 1, 1), (2, 3), (0, 1), (1, 1), 2), ((1, 1, 3, 3), (2, 1, 3, 3), (3, 3), (1, 1), (1, 1), 1),
        ((0, 2, 3, 3), (2, 2, 2, 2), (1, 1), (0, 0), (1, 1), 1),
    ):
        how = dict(stride=list(stride), padding=list(padding), dilation=list(dilation), groups=groups)
        f = lambda x, w, b=None: F.conv2d(x, w, b, stride, padding, dilation, groups)  # noqa: E731
        case("weight", f, normal(*x), normal(*w), **how)
        case("weight and shift", f, normal(*x), normal(*w), normal(w[0]), **how)
    case("extreme", lambda x, w: F.conv2d(x, w), 1e15 * normal(1, 2, 3, 3), 1e-15 * normal(2, 2, 2, 2),
         stride=[1, 1], padding=[0, 0], dilation=[1, 1], groups=1)
    op("conv1d")
    for x, w, stride, padding, dilation, groups in (((2, 3, 7), (4, 3, 3), 1, 0, 1, 1), ((1, 4, 9), (6, 2, 2), 2, 1, 1, 2), ((3, 2, 8), (2, 1, 3), 1, 2, 2, 2)):
        case("weight", lambda x, w: F.conv1d(x, w, None, stride, padding, dilation, groups), normal(*x), normal(*w),
             stride=[stride], padding=[padding], dilation=[dilation], groups=groups)
    op("max_pool2d")
    moves = (((2, 3, 4), (2, 2), (2, 2), (0, 0), (1, 1)), ((1, 2, 5, 7), (3, 2), (1, 2), (1, 1), (1, 1)),
             ((2, 1, 6, 5), (2, 2), (2, 1), (1, 0), (2, 3)), ((3, 3, 3), (3, 3), (3, 3), (0, 0), (1, 1)))
    for x, size, stride, padding, dilation in moves:
        case("windows", lambda x: F.max_pool2d(x, size, stride, padding, dilation), normal(*x), size=list(size), stride=list(stride),
             padding=list(padding), dilation=list(dilation))
    case("ties", lambda x: F.max_pool2d(x, 2, 1), these([[1.0, 2.0, 2.0], [2.0, 2.0, 1.0], [0.0, -0.0, -1e30]]), size=[2, 2], stride=[1, 1],
         padding=[0, 0], dilation=[1, 1])
    op("avg_pool2d")
    for x, size, stride, padding, _ in moves:
        for counts in (True, False):
            case("windows", lambda x: F.avg_pool2d(x, size, stride, padding, count_include_pad=counts), normal(*x), size=list(size),
                 stride=list(stride), padding=list(padding), dilation=[1, 1], counts_padding=counts)
    for name, f in (("max_pool1d", F.max_pool1d), ("avg_pool1d", F.avg_pool1d)):
        op(name)
        for x, size, stride, padding in (((2, 3, 7), 2, 2, 0), ((1, 5), 3, 1, 1), ((4, 1, 6), 4, 3, 2)):
            case("windows", lambda x: f(x, size, stride, padding), normal(*x), size=size, stride=[stride], padding=[padding], dilation=[1])


def make():
    reductions()
    running_products()
    products()
    sums_by_letters()
    triangles_and_diagonals()
    rearranged()
    shapes()
    windows()
    indexing()
