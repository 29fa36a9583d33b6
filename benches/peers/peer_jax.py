"""JAX: the whole step, with its slice of the data, in one compiled function."""

import os

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np

import protocol


def network(workload):
    return [
        (jnp.asarray(protocol.weights(layer, *widths)), jnp.zeros(widths[1], jnp.float32))
        for layer, widths in enumerate(workload.layers())
    ]


def forward(workload, parameters, x):
    activation = jax.nn.relu if workload.activation == "relu" else jnp.tanh
    for w, b in parameters[:-1]:
        x = activation(x @ w + b)
    w, b = parameters[-1]
    return x @ w + b


def train(workload, x, y, threads):
    x, y = jnp.asarray(x), jnp.asarray(y if y.ndim == 2 else y.astype(np.int32))
    parameters = network(workload)
    zeros = lambda: jax.tree.map(jnp.zeros_like, parameters)
    state = [(parameters, zeros(), zeros(), jnp.float32(0)), None]

    def loss(parameters, x, y):
        z = forward(workload, parameters, x)
        if y.ndim == 2:
            return jnp.mean((z - y) ** 2)
        return jnp.mean(jax.nn.logsumexp(z, axis=1) - jnp.take_along_axis(z, y[:, None], 1)[:, 0])

    def update(state, gradient):
        parameters, first, second, count = state
        rate = workload.rate
        if workload.task == "sgd":
            return jax.tree.map(lambda p, g: p - rate * g, parameters, gradient), first, second, count
        count += 1
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
        c, d = 1 - 0.9**count, 1 - 0.999**count
        move = lambda p, m, v: p - rate * (m / c) / (jnp.sqrt(v / d) + 1e-8)
        return jax.tree.map(move, parameters, first, second), first, second, count

    def compiled(state, x, y, start):
        x, y = (jax.lax.dynamic_slice_in_dim(values, start, workload.batch) for values in (x, y))
        value, gradient = jax.value_and_grad(loss)(state[0], x, y)
        return update(state, gradient), value

    compiled = jax.jit(compiled, donate_argnums=0)

    def step(rows):
        state[:] = compiled(state[0], x, y, rows.start)

    return step, lambda: jax.block_until_ready(state)[1]


def predict(workload, x, threads):
    parameters = network(workload)
    compiled = jax.jit(lambda x: forward(workload, parameters, x))
    return lambda rows: np.asarray(compiled(x[rows]))


protocol.main("jax", train, predict)
