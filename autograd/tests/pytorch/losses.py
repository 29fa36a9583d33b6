"""Softmax, normalisation and losses."""

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


def make():
    softmaxes()
    normalisations()
    cross_entropies()
    between()
