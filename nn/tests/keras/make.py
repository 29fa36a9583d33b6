"""Weights of Keras models and what the models answer: NAME.npz and answers.txt.

    python3 -m venv venv && venv/bin/pip install keras==3.13.0 numpy==2.4.6
    KERAS_BACKEND=numpy venv/bin/python nn/tests/keras/make.py

The seeds are fixed and the output is committed: the tests need neither Python nor this script.
"""

import pathlib

import keras
import numpy
from keras import layers

HERE = pathlib.Path(__file__).resolve().parent
random = numpy.random.default_rng(0)

MODELS = {
    "plain": (4, [layers.Dense(6, "relu"), layers.Dropout(0.2), layers.Dense(6, "tanh"), layers.Dense(3, "softmax")]),
    "norms": (3, [layers.Dense(5, "gelu", use_bias=False), layers.BatchNormalization(), layers.Dense(4, "silu"),
                  layers.LayerNormalization(), layers.Dense(2)]),
}


def main():
    lines = ["# Made by make.py. Do not edit.", "# Of each model its name, then its inputs and its outputs, row by row."]
    for name, (width, parts) in MODELS.items():
        model = keras.Sequential([layers.Input((width,)), *parts])
        weights = []
        for weight in model.get_weights():
            # Biases, running means and scales are not 0 and 1, and variances are positive.
            numbers = random.normal(size=weight.shape)
            weights.append((0.5 + numpy.abs(numbers) if weight.ndim == 1 else numbers).astype("float32"))
        model.set_weights(weights)
        numpy.savez(HERE / f"{name}.npz", *model.get_weights())
        x = random.normal(size=(6, width)).astype("float32")
        y = numpy.asarray(model.predict(x, verbose=0))
        lines.append(name)
        for array in (x, y):
            lines.append(" ".join(repr(float(number)) for number in array.flatten()))
    (HERE / "answers.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
