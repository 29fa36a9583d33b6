"""Has scikit-learn judge answers: each metric of nn/src/metric on random and degenerate rows, in metrics.txt.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 numpy==2.5.5 scipy==1.18.1
    venv/bin/python nn/tests/sklearn/make.py > nn/tests/sklearn/metrics.txt

The seeds are fixed, and the output is committed: the tests need neither Python nor this script. `rows NAME KIND` begins a data
set; each line after it is a weight, the outputs, `|` and the targets. `value METRIC NUMBER` is what scikit-learn says of those
rows; `none METRIC REASON` is where this crate says that there is no value, and scikit-learn says something else or nothing.
"""

import sys
import warnings

import numpy
import scipy.special
import sklearn
from sklearn import metrics

warnings.simplefilter("ignore")

print(f"# Made by make.py with scikit-learn {sklearn.__version__}, numpy {numpy.__version__}. Do not edit.")


def number(x):
    return repr(float(x))


def rows(name, kind, outputs, targets, weights=None):
    outputs, targets = numpy.atleast_2d(outputs), numpy.atleast_2d(targets)
    weights = numpy.ones(len(outputs)) if weights is None else weights
    print(f"\nrows {name} {kind}")
    for w, y, t in zip(weights, outputs, targets, strict=True):
        print(number(w), *map(number, y), "|", *map(number, t))
    return weights


def value(metric, x):
    """NaN is what scikit-learn says where it knows no value."""
    print(f"none {metric} scikit-learn says NaN" if numpy.isnan(x) else f"value {metric} {number(x)}")


def none(metric, reason):
    print(f"none {metric} {reason}")


def by_labels(t, chosen, count, w, labels_are="classes"):
    """`t` and `chosen` are classes, or tables of events."""
    for name, score in (
        ("precision", metrics.precision_score),
        ("recall", metrics.recall_score),
        ("f1", metrics.f1_score),
    ):
        for average in ("macro", "micro", "weighted"):
            value(f"{name}.{average}", score(t, chosen, average=average, sample_weight=w))
        each = score(t, chosen, average=None, labels=range(count), sample_weight=w, zero_division=numpy.nan)
        for label, x in enumerate(each):
            value(f"{name}.{label}", x)


def decisions(t, chosen, count, w):
    value("accuracy", metrics.accuracy_score(t, chosen, sample_weight=w))
    value("balanced_accuracy", metrics.balanced_accuracy_score(t, chosen, sample_weight=w))
    by_labels(t, chosen, count, w)
    used = w > 0
    if len(set(t[used])) > 1 and len(set(chosen[used])) > 1:
        value("matthews", metrics.matthews_corrcoef(t, chosen, sample_weight=w))
    else:
        none("matthews", "only one class: scikit-learn says 0")
    matrix = metrics.confusion_matrix(t, chosen, labels=range(count), sample_weight=w)
    for actual in range(count):
        for other in range(count):
            value(f"confusion.{actual}.{other}", matrix[actual, other])


def calibration(confidence, right, w, bins):
    """Guo et al. 2017; scikit-learn has no such function, only the bins of `calibration_curve` without weights."""
    at = numpy.clip(numpy.ceil(confidence * bins).astype(int), 1, bins) - 1
    error = 0.0
    for bin in range(bins):
        inside = (at == bin) & (w > 0)
        if inside.any():
            mean = [numpy.average(x[inside], weights=w[inside]) for x in (right, confidence)]
            error += w[inside].sum() / w.sum() * abs(mean[0] - mean[1])
    value(f"calibration_error.{bins}", error)


def curves(t, score, w, suffix=""):
    """Of one ranking."""
    used = w > 0
    if len(set(t[used])) > 1:
        value("roc_auc", metrics.roc_auc_score(t, score, sample_weight=w))
        false, true, thresholds = metrics.roc_curve(t, score, sample_weight=w, drop_intermediate=False)
        value("roc.points", len(thresholds))
        value("roc.false", false.sum())
        value("roc.true", true.sum())
        value("roc.thresholds", thresholds[1:].sum())
    else:
        none("roc_auc", "one class: the curve is not defined")
        none("roc.points", "one class: the curve is not defined")
    if t[used].any():
        value("pr_auc", metrics.average_precision_score(t, score, sample_weight=w))
    else:
        none("pr_auc", "nothing is positive: scikit-learn says 0")


def classes(name, p, t, w=None, ks=(1, 2)):
    count = p.shape[1]
    w = rows(name, "class", p, t[:, None], w)
    chosen = p.argmax(axis=1)
    decisions(t, chosen, count, w)
    calibration(p.max(axis=1), (chosen == t).astype(float), w, 10)
    value("log_loss", metrics.log_loss(t, p, labels=range(count), sample_weight=w))
    if count == 2:
        value("brier", metrics.brier_score_loss(t, p[:, 1], labels=[0, 1], sample_weight=w))
        curves(t, p[:, 1], w)
        value("top_k.1", metrics.accuracy_score(t, chosen, sample_weight=w))
        return
    value("brier", metrics.brier_score_loss(t, p, labels=range(count), sample_weight=w))
    for k in ks:
        # Of equal scores scikit-learn takes the last, this crate the first: so the classes are turned round.
        turned = metrics.top_k_accuracy_score(count - 1 - t, p[:, ::-1], k=k, labels=range(count), sample_weight=w)
        value(f"top_k.{k}", turned)
    used = w > 0
    if len(set(t[used])) == count:
        value("roc_auc", metrics.roc_auc_score(t, p, multi_class="ovr", sample_weight=w))
        value("pr_auc", metrics.average_precision_score(t, p, sample_weight=w))
    else:
        none("roc_auc", "a class without rows: scikit-learn refuses")
        none("pr_auc", "a class without rows: scikit-learn says 0 of it")


def event(name, p, t, w=None):
    w = rows(name, "event", p[:, None], t[:, None], w)
    chosen = (p > 0.5).astype(int)
    decisions(t, chosen, 2, w)
    calibration(numpy.maximum(p, 1 - p), (chosen == t).astype(float), w, 15)
    value("log_loss", metrics.log_loss(t, p, labels=[0, 1], sample_weight=w))
    value("brier", metrics.brier_score_loss(t, p, labels=[0, 1], sample_weight=w))
    curves(t, p, w)


def events(name, p, t, w=None):
    w = rows(name, "events", p, t, w)
    chosen = (p > 0.5).astype(int)
    value("accuracy", metrics.accuracy_score(t, chosen, sample_weight=w))
    by_labels(t, chosen, p.shape[1], w)
    value("roc_auc", metrics.roc_auc_score(t, p, sample_weight=w))
    value("pr_auc", metrics.average_precision_score(t, p, sample_weight=w))
    each = [metrics.log_loss(t[:, i], p[:, i], labels=[0, 1], sample_weight=w) for i in range(p.shape[1])]
    value("log_loss", numpy.mean(each))
    each = [metrics.brier_score_loss(t[:, i], p[:, i], labels=[0, 1], sample_weight=w) for i in range(p.shape[1])]
    value("brier", numpy.mean(each))


def numbers(name, y, t, w=None):
    w = rows(name, "numbers", y, t, w)
    value("mae", metrics.mean_absolute_error(t, y, sample_weight=w))
    value("rmse", metrics.root_mean_squared_error(t, y, sample_weight=w))
    value("median_absolute_error", metrics.median_absolute_error(t, y, sample_weight=w))
    for alpha in (0.1, 0.5, 1.0):
        value(f"pinball.{alpha}", metrics.mean_pinball_loss(t, y, alpha=alpha, sample_weight=w))
    if (t[w > 0] == 0).any():
        none("mape", "a target is 0: scikit-learn divides by 2^-52")
    else:
        value("mape", metrics.mean_absolute_percentage_error(t, y, sample_weight=w))
    if any(len(set(column)) == 1 for column in t[w > 0].T):
        none("r2", "all targets are the same: scikit-learn says 0 or 1")
        none("explained_variance", "all targets are the same: scikit-learn says 0 or 1")
    else:
        value("r2", metrics.r2_score(t, y, sample_weight=w))
        value("explained_variance", metrics.explained_variance_score(t, y, sample_weight=w))


random = numpy.random.default_rng(15)


def softmax(*shape, sharp=1.5):
    return scipy.special.softmax(sharp * random.normal(size=shape), axis=1)


def weights(count):
    w = random.uniform(0.1, 3.0, size=count)
    w[random.integers(count, size=max(1, count // 8))] = 0.0
    return w


def two(p):
    return numpy.stack([1 - p, p], axis=1)


classes("three", softmax(40, 3), random.integers(3, size=40))
classes("three-weighted", softmax(40, 3), random.integers(3, size=40), weights(40))
classes("five-one-is-missing", softmax(30, 5), random.choice([0, 1, 2, 4], size=30), ks=(1, 2, 3))
ties = random.integers(1, 4, size=(30, 4)) * 1.0
classes("four-with-ties", ties / ties.sum(axis=1, keepdims=True), random.integers(4, size=30), ks=(1, 2, 3))
classes("three-one-class", softmax(6, 3), numpy.full(6, 1))
classes("three-all-right", numpy.eye(3)[[0, 1, 2, 1]], numpy.array([0, 1, 2, 1]))
classes("three-all-wrong", numpy.eye(3)[[1, 2, 0, 0]], numpy.array([0, 1, 2, 1]))
classes("two", two(random.uniform(size=50)), random.integers(2, size=50))
classes("two-weighted-ties", two(random.integers(1, 10, size=50) / 10), random.integers(2, size=50), weights(50))
event("event", random.uniform(size=50), random.integers(2, size=50))
event("event-ties-weights", random.integers(1, 8, size=60) / 8, random.integers(2, size=60), weights(60))
event("event-always", random.uniform(size=9), numpy.ones(9, dtype=int))
event("event-never", random.uniform(size=9), numpy.zeros(9, dtype=int))
event("event-certain", numpy.array([0.0, 1.0, 1.0, 0.0]), numpy.array([0, 1, 0, 1]))
event("event-half", numpy.full(6, 0.5), numpy.array([0, 1, 1, 0, 1, 1]))
event("event-one-row", numpy.array([0.7]), numpy.array([1]))
events("events", random.uniform(size=(40, 3)), random.integers(2, size=(40, 3)))
events("events-weighted-ties", random.integers(0, 5, size=(40, 2)) / 4, random.integers(2, size=(40, 2)), weights(40))
numbers("numbers", random.normal(size=(31, 1)), random.normal(size=(31, 1)))
numbers("numbers-two-weighted", random.normal(size=(40, 2)), 5 * random.normal(size=(40, 2)), weights(40))
numbers("numbers-far-away", 1e6 + random.normal(size=(20, 1)), 1e6 + random.normal(size=(20, 1)))
numbers("numbers-even-ties", random.integers(1, 4, size=(12, 1)) * 1.0, random.integers(1, 4, size=(12, 1)) * 1.0)
numbers("numbers-ties-weighted", random.integers(1, 4, size=(9, 1)) * 1.0, random.integers(1, 4, size=(9, 1)) * 1.0,
        numpy.array([1.0, 2.0, 0.0, 1.0, 3.0, 1.0, 0.0, 2.0, 2.0]))
numbers("numbers-constant", random.normal(size=(7, 1)), numpy.full((7, 1), 0.1))
numbers("numbers-one-row", numpy.array([[2.0]]), numpy.array([[3.0]]))
numbers("numbers-zeros", random.normal(size=(6, 1)), numpy.array([[0.0], [1.0], [0.0], [2.0], [3.0], [0.0]]))
numbers("numbers-perfect", numpy.array([[1.0], [2.0], [4.0]]), numpy.array([[1.0], [2.0], [4.0]]))
sys.stdout.flush()
