"""Losses and their gradients as PyTorch computes them, in f64: `python3 losses.py > losses.txt`.

A line is a name, the mean loss of the batch, and its gradient with respect to the logits. Needs torch; the
file was written with the version that its first line names.
"""

import math

import torch
from torch import nn

ROWS, UNITS = 6, 4
COUNT = ROWS * UNITS


def table(function):
    values = [function(i) for i in range(COUNT)]
    return torch.tensor(values, dtype=torch.float64).reshape(ROWS, UNITS)


logits = table(lambda i: 3 * math.sin(1.7 * i))
numbers = table(lambda i: 2 * math.cos(0.9 * i))
answers = table(lambda i: (i % 3) / 2)
classes = torch.tensor([(2 * row * row + 1) % UNITS for row in range(ROWS)])
weights = torch.tensor([0.5, 2.0, 0.25, 3.0], dtype=torch.float64)


def focal(gamma, weight=torch.ones(UNITS, dtype=torch.float64)):
    """PyTorch has none: the formula of Lin et al. 2017, by its log_softmax and gradients."""

    def loss(z, t):
        ln = torch.log_softmax(z, 1).gather(1, t[:, None])[:, 0]
        return (weight[t] * -((1 - ln.exp()) ** gamma) * ln).sum() / weight[t].sum()

    return loss


CASES = [
    ("cross_entropy", nn.CrossEntropyLoss(), classes),
    ("cross_entropy.smoothing", nn.CrossEntropyLoss(label_smoothing=0.15), classes),
    ("cross_entropy.weights", nn.CrossEntropyLoss(weight=weights), classes),
    ("cross_entropy.both", nn.CrossEntropyLoss(weight=weights, label_smoothing=0.15), classes),
    ("focal", focal(2.0), classes),
    ("focal.half", focal(0.5), classes),
    ("focal.weights", focal(1.5, weights), classes),
    ("binary_cross_entropy", nn.BCEWithLogitsLoss(), answers),
    ("binary_cross_entropy.weights", nn.BCEWithLogitsLoss(pos_weight=weights), answers),
    ("mse", nn.MSELoss(), numbers),
    ("mae", nn.L1Loss(), numbers),
    ("huber", nn.HuberLoss(delta=0.7), numbers),
]

print("#", "torch", torch.__version__)
for name, loss, targets in CASES:
    z = logits.clone().requires_grad_()
    value = loss(z, targets)
    value.backward()
    print(name, repr(value.item()), *(repr(slope) for slope in z.grad.flatten().tolist()))
