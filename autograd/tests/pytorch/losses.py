"""Softmax, normalization and losses."""

import torch
import torch.nn.functional as F
from make import case, normal, op, these, uniform


def standardized(x, axes, epsilon):
    variance, mean = torch.var_mean(x, axes, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(variance + epsilon)


def softmaxes():
    for name, f in (("softmax", torch.softmax), ("log_softmax", torch.log_softmax)):
        op(name)
        for shape, axis in (((7,), 0), ((3, 5), 1), ((3, 5), 0), ((2, 3, 17), 1)):
            case(f"axis {axis}", lambda x: f(x, axis), normal(*shape), axis=axis)
        case("extreme", lambda x: f(x, 1), these([1e4, 1e4, -1e4], [1e30, 0.0, -1e30], [-700.0, -700.5, -701.0]), axis=1)


def normalisations():
    op("standardize")
    for shape, axes, epsilon in (((3, 5), [1], 1e-5), ((2, 3, 17), [0, 2], 1e-5), ((7,), [0], 0.1)):
        case(f"axes {axes}".replace(", ", ","), lambda x: standardized(x, axes, epsilon), normal(*shape), axes=axes, epsilon=epsilon)
    op("layer_norm")
    for shape, axes, epsilon in (((3, 5), 1, 1e-5), ((2, 3, 17), 1, 1e-5), ((2, 3, 4), 2, 0.1), ((1, 4), 1, 1e-5)):
        part = shape[-axes:]
        case(f"{axes} axes", lambda x, w, b: F.layer_norm(x, part, w, b, epsilon),
             normal(*shape), normal(*part), normal(*part), axes=axes, epsilon=epsilon)
    case("extreme", lambda x, w, b: F.layer_norm(x, (3,), w, b, 1e-5),
         these([1e3, 1e3 + 1, 1e3 + 5], [1e-6, 0.0, -1e-6]), normal(3), normal(3), axes=1, epsilon=1e-5)
    op("batch_norm")
    for shape, epsilon in (((5, 3), 1e-5), ((7, 2, 5), 1e-5), ((2, 3, 4, 2), 0.1)):
        width = shape[1]
        case(f"{len(shape)} axes", lambda x, w, b: F.batch_norm(x, None, None, w, b, True, 0.1, epsilon),
             normal(*shape), normal(width), normal(width), epsilon=epsilon)
    case("extreme", lambda x, w, b: F.batch_norm(x, None, None, w, b, True, 0.1, 1e-5),
         these([1e3, 1e-6], [1e3 + 1, 0.0], [1e3 + 5, -1e-6]), normal(2), normal(2), epsilon=1e-5)


def classes(rows, width):
    return torch.randint(width, (rows,))


def cross_entropies():
    op("cross_entropy")
    for rows, width in ((3, 5), (1, 4), (17, 3)):
        at = classes(rows, width)
        case(f"{rows} rows", lambda x: F.cross_entropy(x, at), normal(rows, width), classes=at.tolist())
    at = torch.tensor([0, 1, 2])
    extreme = these([1e4, -1e4, 0.0], [1e4, -1e4, 0.0], [1e-30, 0.0, -1e-30])
    case("extreme", lambda x: F.cross_entropy(x, at), extreme, classes=at.tolist())
    for rows, width in ((3, 5), (1, 4), (17, 3)):
        at, w = classes(rows, width), uniform(0.2, 2, width)
        case("smoothed", lambda x: F.cross_entropy(x, at, label_smoothing=0.1), normal(rows, width),
             classes=at.tolist(), smoothing=0.1)
        case("weighted", lambda x: F.cross_entropy(x, at, w), normal(rows, width), classes=at.tolist(), weights=w.tolist())
        case("smoothed and weighted", lambda x: F.cross_entropy(x, at, w, label_smoothing=0.1), normal(rows, width),
             classes=at.tolist(), smoothing=0.1, weights=w.tolist())
    likelihoods(lambda x, at, **how: F.cross_entropy(x, at, label_smoothing=0.1, **how), normal, smoothing=0.1)
    op("soft_cross_entropy")
    for rows, width in ((3, 5), (1, 4), (17, 3)):
        p = torch.softmax(normal(rows, width), 1)
        case(f"{rows} rows", lambda x, p: F.cross_entropy(x, p), normal(rows, width), p.float().double())
    for rows, width in ((3, 5), (17, 3)):
        p, w = torch.softmax(normal(rows, width), 1), uniform(0.2, 2, width)
        case("smoothed and weighted", lambda x, p: F.cross_entropy(x, p, w, label_smoothing=0.1),
             normal(rows, width), p.float().double(), smoothing=0.1, weights=w.tolist())
    case("extreme", lambda x, p: F.cross_entropy(x, p), extreme, these([1.0, 0, 0], [0, 1.0, 0], [0.5, 0.5, 0]))


def pairs(name, f, target=normal, data=(), extreme=(), kinks=(), **settings):
    op(name)
    for shape in ((7,), (3, 5), (2, 1, 17), ()):
        case(f"{list(shape)}".replace(" ", ""), f, normal(*shape), target(*shape), data=data, **settings)
    for label, values in (("extreme", extreme), ("kinks", kinks)):
        if values:
            a, b = zip(*values)
            case(label, f, these(*a), these(*b), data=data, **settings)


def between():
    probability = lambda *s: uniform(0.05, 0.95, *s)  # noqa: E731
    pairs("bce_with_logits", F.binary_cross_entropy_with_logits, probability,
          extreme=[(1e4, 1.0), (1e4, 0.0), (-1e4, 1.0), (-1e4, 0.0), (0.0, 0.5), (1e-30, 0.25), (40.0, 0.5)])
    large = [(1e15, -1e15), (1e-15, 0.0), (1.0, 1.0 + 1e-6)]
    pairs("mse", F.mse_loss, extreme=large)
    pairs("mae", F.l1_loss, extreme=large, kinks=[(1.0, 1.0), (2.0, 1.0)])
    pairs("huber", lambda x, t: F.huber_loss(x, t, delta=0.75), extreme=large,
          kinks=[(0.0, 0.0), (0.75, 0.0), (-0.75, 0.0)], delta=0.75)
    pairs("smooth_l1", lambda x, t: F.smooth_l1_loss(x, t, beta=0.75), extreme=large,
          kinks=[(0.0, 0.0), (0.75, 0.0), (-0.75, 0.0)], beta=0.75)
    pairs("hinge", lambda x, t: F.relu(1 - t * x).mean(), lambda *s: torch.sign(normal(*s)), data=(1,),
          extreme=[(1e15, -1.0), (1e15, 1.0), (1e-15, 1.0)], kinks=[(1.0, 1.0), (-1.0, -1.0)])
    op("kl_div")
    for rows, width in ((3, 5), (1, 4), (17, 3)):
        ln_q = lambda: torch.log_softmax(normal(rows, width), 1).float().double()  # noqa: E731
        p = torch.softmax(normal(rows, width), 1).float().double()
        case(f"{rows} rows", lambda ln_q, p: F.kl_div(ln_q, p, reduction="batchmean"), ln_q(), p, rows=True)
        case("each element", lambda ln_q, p: F.kl_div(ln_q, p, reduction="sum") / p.numel(), ln_q(), p)
    case("extreme", lambda ln_q, p: F.kl_div(ln_q, p, reduction="batchmean"),
         these([-1e4, -1e-8, -30.0]), these([0.0, 1.0, 1e-30]), data=(1,), rows=True)
    cosines()


def cosines():
    op("cosine_similarity")
    for shape, axis in (((7,), 0), ((3, 5), 1), ((2, 3, 4), 1)):
        case(f"axis {axis}", lambda a, b: F.cosine_similarity(a, b, axis), normal(*shape), normal(*shape), axis=axis)
    case("extreme", lambda a, b: F.cosine_similarity(a, b, 1), these([1e15, 1e14], [1e-3, 2e-3]),
         these([1e-3, 1e-3], [1e15, -1e15]), axis=1)
    op("cosine_embedding")
    for rows, width, margin in ((3, 5, 0.0), (1, 4, 0.0), (17, 3, 0.25)):
        together = torch.sign(normal(rows))
        case(f"{rows} rows", lambda a, b: F.cosine_embedding_loss(a, b, together, margin), normal(rows, width),
             normal(rows, width), together=(together > 0).int().tolist(), margin=margin)


REDUCTIONS = ("mean", "sum", "none")


def reduced_cases(name, f, draws, extreme=(), data=(), **settings):
    """f takes the inputs and a reduction; `draws` generates the inputs of a shape."""
    op(name)
    for reduction, shape in zip(REDUCTIONS + REDUCTIONS, ((7,), (3, 5), (2, 1, 17), (), (1, 4), (0, 3))):
        if 0 in shape:
            reduction = "sum"  # the mean of no elements is NaN
        case(f"{reduction} {list(shape)}".replace(", ", ","), lambda *x: f(*x, reduction), *(draw(*shape) for draw in draws),
             data=data, reduction=reduction, **settings)
    if extreme:
        case("extreme", lambda *x: f(*x, "none"), *(these(*x) for x in zip(*extreme)), data=data, reduction="none", **settings)


def reductions():
    probability = lambda *s: uniform(0.05, 0.95, *s)  # noqa: E731
    large = [(1e15, -1e15), (1e-15, 0.0), (1.0, 1.0 + 1e-6), (1.0, 1.0), (0.75, 0.0), (-0.75, 0.0)]
    reduced_cases("mse_reduced", lambda x, t, r: F.mse_loss(x, t, reduction=r), (normal, normal), large)
    reduced_cases("mae_reduced", lambda x, t, r: F.l1_loss(x, t, reduction=r), (normal, normal), large)
    reduced_cases("huber_reduced", lambda x, t, r: F.huber_loss(x, t, delta=0.75, reduction=r), (normal, normal), large, delta=0.75)
    reduced_cases("smooth_l1_reduced", lambda x, t, r: F.smooth_l1_loss(x, t, beta=0.75, reduction=r), (normal, normal), large, beta=0.75)
    logits = [(1e4, 1.0), (1e4, 0.0), (-1e4, 1.0), (-1e4, 0.0), (0.0, 0.5), (-0.0, 0.5), (1e-30, 0.25), (40.0, 0.5), (30.0, 1.0)]
    reduced_cases("bce_with_logits_reduced", lambda x, t, r: F.binary_cross_entropy_with_logits(x, t, reduction=r),
                  (normal, probability), logits)
    reduced_cases("hinge_reduced", lambda x, t, r: reduce(F.relu(0.5 - t * x), r), (normal, lambda *s: torch.sign(normal(*s))),
                  [(1e15, -1.0), (0.5, 1.0), (-0.5, -1.0)], data=(1,), margin=0.5)
    certain = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.5), (1e-30, 1.0), (1e-30, 0.5), (1 - 2.0**-20, 0.0)]
    reduced_cases("binary_cross_entropy", lambda x, t, r: F.binary_cross_entropy(x, t, reduction=r), (probability, probability),
                  ((1 / 1024, 1.0), (0.5, 0.5), (1 - 1 / 1024, 0.0)), data=(1,))
    # Without the slopes at probabilities 0 and 1: PyTorch divides by 1e-12 in single precision.
    case("certain", lambda x, t: F.binary_cross_entropy(x, t, reduction="none"), *(these(*x) for x in zip(*certain)), data=(0, 1), reduction="none")
    op("bce")
    for shape in ((7,), (3, 5), ()):
        case(f"{list(shape)}".replace(" ", ""), lambda p, t: F.binary_cross_entropy(p, t, reduction="none"), probability(*shape), probability(*shape))
    p, t = zip(*certain)
    case("extreme", lambda p, t: F.binary_cross_entropy(p, t, reduction="none"), these(*p), these(*t), data=(0,))
    op("bce_of_logits")
    for shape in ((7,), (3, 5), ()):
        case(f"{list(shape)}".replace(" ", ""), lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"), normal(*shape), probability(*shape))
    x, t = zip(*logits)
    case("extreme", lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"), these(*x), these(*t))
    sign = lambda *s: torch.sign(normal(*s))  # noqa: E731
    reduced_cases("margin_ranking", lambda a, b, t, r: F.margin_ranking_loss(a, b, t, margin=0.25, reduction=r), (normal, normal, sign),
                  [(1e15, -1e15, -1.0), (1.0, 1.0, 1.0), (2.0, 1.0, 1.0)], data=(2,), margin=0.25)
    reduced_cases("poisson_nll", lambda x, t, r: F.poisson_nll_loss(x, t, reduction=r), (normal, lambda *s: uniform(0, 5, *s)),
                  [(-80.0, 3.0), (80.0, 0.0), (0.0, 1e10)])
    reduced_cases("gaussian_nll", lambda x, t, v, r: F.gaussian_nll_loss(x, t, v, eps=1e-3, reduction=r),
                  (normal, normal, lambda *s: uniform(0.1, 2, *s)), [(1.0, 1.0, 0.0), (1.0, 2.0, 1e-6), (1e5, -1e5, 1e10), (0.0, 1.0, 1e-3)], epsilon=1e-3)
    op("triplet_margin")
    for reduction, shape in (("mean", (3, 5)), ("sum", (1, 4)), ("none", (2, 3, 7)), ("none", (4,))):
        case(reduction, lambda a, p, n: F.triplet_margin_loss(a, p, n, margin=0.5, reduction=reduction), normal(*shape), normal(*shape),
             normal(*shape), margin=0.5, reduction=reduction)
    same = these([1.0, 2.0], [1e10, 0.0])
    case("extreme", lambda a, p, n: F.triplet_margin_loss(a, p, n, margin=0.5, reduction="none"), same, same,
         these([1.0, 2.0], [-1e10, 1.0]), margin=0.5, reduction="none")


def reduce(x, reduction):
    return x.mean() if reduction == "mean" else x.sum() if reduction == "sum" else x


def by_class():
    op("class_rows")
    for shape, axis in (((3, 5), 1), ((2, 4, 3), 1), ((2, 3, 2, 5), 1), ((4,), 0), ((3, 5), 0)):
        case(f"axis {axis} of {list(shape)}".replace(", ", ","), lambda x: torch.movedim(x, axis, -1).reshape(-1, shape[axis]), normal(*shape), axis=axis)
    op("nll")
    likelihoods(lambda x, at, **how: F.nll_loss(x, at, **how), lambda *s: torch.log_softmax(normal(*s), 1).float().double())


def likelihoods(f, draw, **settings):
    """Cases by class: over more axes, weighted, with an ignored class, with each reduction."""
    for shape in ((3, 5), (1, 4), (2, 3, 4), (2, 3, 1, 5)):
        for reduction in REDUCTIONS:
            at = torch.randint(shape[1], shape[:1] + shape[2:])
            if reduction != "sum":
                at.flatten()[::2] = 9
            w = uniform(0.2, 2, shape[1]) if reduction != "mean" else None
            case(f"{reduction} {list(shape)}".replace(", ", ","),
                 lambda x: f(x, at, reduction=reduction, weight=w, ignore_index=9).reshape(-1 if reduction == "none" else ()),
                 draw(*shape), classes=at.flatten().tolist(), reduction=reduction, ignored=9,
                 **({} if w is None else {"weights": w.tolist()}), **settings)


def more_norms():
    op("rms_norm")
    for shape, axes, epsilon in (((3, 5), 1, 1e-5), ((2, 3, 17), 1, 1e-5), ((2, 3, 4), 2, 0.1), ((4,), 1, 1e-5)):
        part = shape[-axes:]
        case(f"{axes} axes", lambda x, w: F.rms_norm(x, part, w, epsilon), normal(*shape), normal(*part), epsilon=epsilon)
    case("extreme", lambda x, w: F.rms_norm(x, (3,), w, 1e-5), these([1e3, 1e3 + 1, 1e3 + 5], [1e-6, 0.0, -1e-6], [0.0, 0.0, 0.0]),
         normal(3), epsilon=1e-5)
    op("group_norm")
    for shape, groups, epsilon in (((3, 6), 2, 1e-5), ((2, 6, 5), 3, 1e-5), ((2, 4, 3, 2), 1, 0.1), ((3, 2, 7), 2, 1e-5)):
        case(f"{groups} groups", lambda x, w, b: F.group_norm(x, groups, w, b, epsilon), normal(*shape), normal(shape[1]), normal(shape[1]),
             groups=groups, epsilon=epsilon)
    op("normalize")
    for shape, axis, p in (((7,), 0, 2.0), ((3, 5), 1, 2.0), ((2, 3, 4), 1, 1.0), ((2, 5), 0, 3.0), ((0, 3), 1, 2.0)):
        case(f"axis {axis}", lambda x: F.normalize(x, p, axis, 1e-8), normal(*shape), axis=axis, p=p, epsilon=1e-8)
    case("extreme", lambda x: F.normalize(x, 2.0, 1, 1e-8), these([1e15, 1e15], [1e-15, 2e-15], [0.0, 0.0]), axis=1, p=2.0, epsilon=1e-8)


def make():
    softmaxes()
    normalisations()
    cross_entropies()
    between()
    by_class()
    reductions()
    more_norms()
