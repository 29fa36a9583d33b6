"""PyTorch, eager, with its fused optimizers; its matrix product is MKL's."""

import torch
from torch import nn

import protocol


def network(workload):
    layers = []
    for index, widths in enumerate(workload.layers()):
        layer = nn.Linear(*widths)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(protocol.weights(index, *widths).T))
            layer.bias.zero_()
        layers += [layer, nn.ReLU() if workload.activation == "relu" else nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def train(workload, x, y, threads):
    torch.set_num_threads(threads)
    model, x, y = network(workload), torch.from_numpy(x), torch.from_numpy(y)
    rule = torch.optim.SGD if workload.task == "sgd" else torch.optim.Adam
    optimizer = rule(model.parameters(), lr=workload.rate, fused=True)
    criterion = nn.functional.cross_entropy if workload.has_classes else nn.functional.mse_loss
    last = [None]

    def step(rows):
        last[0] = criterion(model(x[rows]), y[rows])
        optimizer.zero_grad()
        last[0].backward()
        optimizer.step()

    return step, lambda: last[0].item()


def predict(workload, x, threads):
    torch.set_num_threads(threads)
    model, x = network(workload).eval(), torch.from_numpy(x)

    def function(rows):
        with torch.inference_mode():
            return model(x[rows]).numpy()

    return function


def product(a, b, threads):
    torch.set_num_threads(threads)
    a, b = torch.from_numpy(a), torch.from_numpy(b)
    c = torch.empty(len(a), b.shape[1])
    return lambda: torch.mm(a, b, out=c)


protocol.main("pytorch", train, predict, product)
