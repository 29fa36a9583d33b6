#!/usr/bin/env python3
"""Compares the scores of the five programs with those of scikit-learn's MLP, on the same rows, with ten seeds.

    pip install scikit-learn==1.9.1 numpy==2.4.6 pandas==3.1.1
    python3 nn/examples/tables/compare.py [DIRECTORY of the diamonds.csv that make.py wrote]

The other data are those in the package scikit-learn. Our programs run unchanged: one hidden layer, AdamW, 15 to 40
epochs. Theirs is `MLPClassifier` or `MLPRegressor` with a hidden layer of the same width and default settings, after a
`StandardScaler` (pixels are divided by 16 instead; the regression's target is scaled, too). For the diamonds, missing numbers become
the median, with a flag that marks them, and words become flags.
"""

import re
import subprocess
import sys
import warnings
from collections import defaultdict
from pathlib import Path

import numpy
import pandas
import sklearn.datasets
from sklearn.compose import TransformedTargetRegressor, make_column_selector, make_column_transformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.utils import Bunch

ROOT = Path(__file__).resolve().parent.parent.parent.parent
DATA = Path(sklearn.datasets.__file__).resolve().parent / "data"


DIAMONDS = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "nn/examples/tables"


def program(name, *directories):
    arguments = [str(directory) for directory in directories]
    command = ["cargo", "run", "--quiet", "--release", "-p", "nn", "--example", name, "--", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def classifier(width, scaler, seed):
    return make_pipeline(scaler, MLPClassifier(hidden_layer_sizes=(width,), random_state=seed))


def regressor(width, scaler, seed):
    model = make_pipeline(scaler, MLPRegressor(hidden_layer_sizes=(width,), random_state=seed))
    return TransformedTargetRegressor(model, transformer=StandardScaler())


def load_diamonds():
    table = pandas.read_csv(DIAMONDS / "diamonds.csv")
    return Bunch(data=table.drop(columns="price"), target=table["price"].to_numpy(float))


def prepared():
    """Numbers and words of the diamonds, each with what is missing."""
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    words = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"), OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    )
    return make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")), (words, make_column_selector(dtype_exclude="number"))
    )


def rows(data, which):
    return data.iloc[which] if isinstance(data, pandas.DataFrame) else data[which]


TASKS = {
    "breast_cancer": (sklearn.datasets.load_breast_cancer, classifier, 32, StandardScaler(), "accuracy"),
    "wine": (sklearn.datasets.load_wine, classifier, 32, StandardScaler(), "accuracy"),
    "digits": (sklearn.datasets.load_digits, classifier, 64, FunctionTransformer(lambda x: x / 16), "accuracy"),
    "diabetes": (lambda: sklearn.datasets.load_diabetes(scaled=False), regressor, 16, StandardScaler(), "R²"),
    "diamonds": (load_diamonds, regressor, 100, prepared(), "R²"),
}


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    splits = defaultdict(dict)
    for line in program("table_splits", DATA, DIAMONDS).splitlines():
        name, seed, rows = line.split(" ")
        splits[name][int(seed)] = numpy.array([int(row) for row in rows.split(",")])
    print("| table | rows | score | ours, mean ± deviation | scikit-learn's MLP |\n|---|---:|---|---:|---:|")
    for name, (load, make, width, scaler, score) in TASKS.items():
        data = load()
        theirs = []
        for seed, test in splits[name].items():
            train = numpy.setdiff1d(numpy.arange(len(data.target)), test)
            model = make(width, scaler, seed).fit(rows(data.data, train), data.target[train])
            theirs.append(model.score(rows(data.data, test), data.target[test]))
        printed = program(name, DIAMONDS if name == "diamonds" else DATA)
        ours = [float(x) for x in re.findall(r"^seed \d+: .*(?:accuracy|R²) (\S+)$", printed, re.MULTILINE)]
        assert len(ours) == len(theirs) == 10, (ours, theirs)
        cells = [f"{numpy.mean(scores):.4f} ± {numpy.std(scores, ddof=1):.4f}" for scores in (ours, theirs)]
        print(f"| {name} | {len(data.target)} | {score} | {cells[0]} | {cells[1]} |", flush=True)


if __name__ == "__main__":
    main()
