"""Keras's models with the weights that the test `keras` wrote: python3 written.py FOLDER, by `exchange.sh`.

They must answer as the models do whose weights the networks were loaded from: `answers.txt`, which `make.py` wrote.
"""

import pathlib
import sys

import keras
import numpy
from make import MODELS

folder = pathlib.Path(sys.argv[1])
lines = pathlib.Path(__file__).with_name("answers.txt").read_text().splitlines()
for name, (width, parts) in MODELS.items():
    model = keras.Sequential([keras.layers.Input((width,)), *parts])
    arrays = numpy.load(folder / f"{name}.npz")
    model.set_weights([arrays[f"arr_{at}"] for at in range(len(arrays))])
    at = lines.index(name)
    x, y = (numpy.array([float(word) for word in line.split()], "float32") for line in lines[at + 1 : at + 3])
    found = numpy.asarray(model.predict(x.reshape(-1, width), verbose=0)).flatten()
    apart = float(numpy.abs(found - y).max())
    print(f"weights of {name}, written here and set in Keras: {apart:.1e}")
    assert apart <= 1e-6, name
