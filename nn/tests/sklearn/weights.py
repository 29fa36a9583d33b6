"""Has scikit-learn train with weights of rows: losses and parameters of a small network, step by step, in weights.txt.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
    venv/bin/python nn/tests/sklearn/weights.py > nn/tests/sklearn/weights.txt

The seeds are fixed, and the output is committed: the tests need neither Python nor this script. A line is a name and numbers.
Each step is one of SGD on the whole batch, without momentum and penalty; `start` and `end` are the parameters layer by layer, each
weight [in, out] before its bias. scikit-learn's squared loss has a factor of one half.
"""

import warnings

import numpy
import sklearn
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils.class_weight import compute_class_weight

warnings.simplefilter("ignore")
print(f"# Made by weights.py with scikit-learn {sklearn.__version__}, numpy {numpy.__version__}. Do not edit.")
random = numpy.random.default_rng(18)


def line(name, numbers):
    print(name, *(repr(float(x)) for x in numpy.ravel(numbers)))


def parameters(model):
    layers = zip(model.coefs_, model.intercepts_, strict=True)
    return numpy.concatenate([numpy.concatenate([w.ravel(), b.ravel()]) for w, b in layers])


def train(name, model, x, t, w, said, **more):
    settings = dict(
        hidden_layer_sizes=(4,), activation="tanh", solver="sgd", alpha=0.0, momentum=0.0, batch_size=len(x),
        learning_rate_init=0.3, shuffle=False, random_state=3,
    )
    model = model(**settings)
    model.partial_fit(x, t, sample_weight=w, **more)
    line(f"{name}.inputs", x)
    line(f"{name}.targets", said)
    line(f"{name}.weights", w)
    line(f"{name}.start", parameters(model))
    losses = []
    for _ in range(6):
        model.partial_fit(x, t, sample_weight=w)
        losses.append(model.loss_)
    line(f"{name}.losses", losses)
    line(f"{name}.end", parameters(model))
    return model


x = random.normal(size=(11, 3))
w = random.uniform(0.2, 4.0, size=11)
w[4] = 0.0
t = numpy.array([0, 0, 0, 2, 0, 1, 0, 2, 0, 0, 1])
train("classes", MLPClassifier, x, t, w, t, classes=[0, 1, 2])
line("classes.balanced", compute_class_weight("balanced", classes=numpy.array([0, 1, 2]), y=t))
balanced = compute_class_weight("balanced", classes=numpy.array([0, 1, 2]), y=t)
train("both", MLPClassifier, x, t, w * balanced[t], t, classes=[0, 1, 2])
line("both.rows", w)
line("both.classes", balanced)
y = numpy.sin(x[:, 0]) + x[:, 1]
train("numbers", MLPRegressor, x, y, w, y)
events = (random.uniform(size=(11, 2)) > 0.6).astype(int)
train("events", MLPClassifier, x, events, w, events, classes=[0, 1])
