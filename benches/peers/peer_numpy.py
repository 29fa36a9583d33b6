"""NumPy with forward and backward written by hand; its matrix product is OpenBLAS's."""

import numpy as np

import protocol


def network(workload):
    weights = [protocol.weights(layer, *widths) for layer, widths in enumerate(workload.layers())]
    biases = [np.zeros(outputs, np.float32) for outputs in workload.widths[1:]]
    return weights, biases


def forward(workload, weights, biases, x):
    """The outputs of every layer, x first."""
    outputs = [x]
    for layer, (w, b) in enumerate(zip(weights, biases)):
        z = outputs[-1] @ w
        z += b
        if layer < len(weights) - 1:
            np.maximum(z, 0, out=z) if workload.activation == "relu" else np.tanh(z, out=z)
        outputs.append(z)
    return outputs


def loss_and_slope(z, target):
    """The mean loss and its gradient with respect to z, which is overwritten."""
    rows = np.arange(len(z))
    if target.ndim == 2:
        z -= target
        loss = np.mean(z * z)
        z *= np.float32(2 / z.size)
        return loss, z
    z -= z.max(1, keepdims=True)
    p = np.exp(z)
    total = p.sum(1, keepdims=True)
    loss = np.mean(np.log(total[:, 0]) - z[rows, target])
    p /= total
    p[rows, target] -= 1
    p *= np.float32(1 / len(z))
    return loss, p


def train(workload, x, y, threads):
    weights, biases = network(workload)
    parameters, last = weights + biases, [0.0]
    moments = [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]
    steps = [0]

    def update(gradients):
        rate = np.float32(workload.rate)
        if workload.task == "sgd":
            for p, g in zip(parameters, gradients):
                g *= rate
                p -= g
            return
        steps[0] += 1
        beta, gamma = np.float32(0.9), np.float32(0.999)
        first, second = np.float32(1 - 0.9 ** steps[0]), np.float32(1 - 0.999 ** steps[0])
        for p, g, (m, v) in zip(parameters, gradients, moments):
            m *= beta
            m += (1 - beta) * g
            v *= gamma
            v += (1 - gamma) * (g * g)
            p -= rate * (m / first) / (np.sqrt(v / second) + np.float32(1e-8))

    def step(rows):
        outputs = forward(workload, weights, biases, x[rows])
        last[0], slope = loss_and_slope(outputs[-1], y[rows])
        of_weights, of_biases = [None] * len(weights), [None] * len(weights)
        for layer in reversed(range(len(weights))):
            of_weights[layer] = outputs[layer].T @ slope
            of_biases[layer] = slope.sum(0)
            if layer > 0:
                slope = slope @ weights[layer].T
                h = outputs[layer]
                slope *= h > 0 if workload.activation == "relu" else 1 - h * h
        update(of_weights + of_biases)

    return step, lambda: last[0]


def predict(workload, x, threads):
    weights, biases = network(workload)
    return lambda rows: forward(workload, weights, biases, x[rows])[-1]


def product(a, b, threads):
    c = np.empty((len(a), b.shape[1]), np.float32)
    return lambda: np.matmul(a, b, out=c)


protocol.main("numpy", train, predict, product)
