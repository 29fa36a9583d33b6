#!/usr/bin/env python3
"""Puts the scores of the four programs beside those of scikit-learn's MLP, on the same rows, with ten seeds.

    pip install scikit-learn==1.9.1 numpy==2.5.5
    python3 nn/examples/tables/compare.py

The data are those in the package scikit-learn. Ours are the programs as they are: one hidden layer with batch normalisation
or pixels scaled to 1, AdamW, 15 to 40 epochs. Theirs is `MLPClassifier` or `MLPRegressor` with a hidden layer of the same
width and everything else as it comes, behind a `StandardScaler` (of pixels: divided by 16; of the regression's target, too).
"""

import re
import subprocess
import warnings
from collections import defaultdict
from pathlib import Path

import numpy
import sklearn.datasets
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

ROOT = Path(__file__).resolve().parent.parent.parent.parent
DATA = Path(sklearn.datasets.__file__).resolve().parent / "data"


def program(name):
    command = ["cargo", "run", "--quiet", "--release", "-p", "nn", "--example", name, "--", str(DATA)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def classifier(width, scaler, seed):
    return make_pipeline(scaler, MLPClassifier(hidden_layer_sizes=(width,), random_state=seed))


def regressor(width, scaler, seed):
    model = make_pipeline(scaler, MLPRegressor(hidden_layer_sizes=(width,), random_state=seed))
    return TransformedTargetRegressor(model, transformer=StandardScaler())


TASKS = {
    "breast_cancer": (sklearn.datasets.load_breast_cancer, classifier, 32, StandardScaler(), "accuracy"),
    "wine": (sklearn.datasets.load_wine, classifier, 32, StandardScaler(), "accuracy"),
    "digits": (sklearn.datasets.load_digits, classifier, 64, FunctionTransformer(lambda x: x / 16), "accuracy"),
    "diabetes": (lambda: sklearn.datasets.load_diabetes(scaled=False), regressor, 16, StandardScaler(), "R²"),
}


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    splits = defaultdict(dict)
    for line in program("table_splits").splitlines():
        name, seed, rows = line.split(" ")
        splits[name][int(seed)] = numpy.array([int(row) for row in rows.split(",")])
    print("| table | rows | score | ours, mean ± deviation | scikit-learn's MLP |\n|---|---:|---|---:|---:|")
    for name, (load, make, width, scaler, score) in TASKS.items():
        data = load()
        theirs = []
        for seed, test in splits[name].items():
            train = numpy.setdiff1d(numpy.arange(len(data.target)), test)
            model = make(width, scaler, seed).fit(data.data[train], data.target[train])
            theirs.append(model.score(data.data[test], data.target[test]))
        ours = [float(x) for x in re.findall(r"^seed \d+: \S+ (\S+)$", program(name), re.MULTILINE)]
        assert len(ours) == len(theirs) == 10, (ours, theirs)
        cells = [f"{numpy.mean(scores):.4f} ± {numpy.std(scores, ddof=1):.4f}" for scores in (ours, theirs)]
        print(f"| {name} | {len(data.target)} | {score} | {cells[0]} | {cells[1]} |", flush=True)


if __name__ == "__main__":
    main()
