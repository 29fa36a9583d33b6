#!/usr/bin/env python3
"""Writes the small tables that the programs take when no directory is given: invented, in the form of scikit-learn's files.

    pip install numpy==2.5.5
    python3 nn/examples/tables/make.py
"""

import gzip
from pathlib import Path

import numpy

HERE = Path(__file__).resolve().parent
RANDOM = numpy.random.default_rng(0)


def lines(rows, separator=","):
    return "".join(separator.join(f"{x:.4g}" for x in row) + "\n" for row in rows)


def blobs(rows, columns, classes):
    """Rows around a centre for each class, in units that differ from column to column."""
    labels = numpy.arange(rows) % classes
    centres = RANDOM.normal(size=(classes, columns))
    units = 10.0 ** RANDOM.uniform(-2, 3, size=columns)
    return (centres[labels] + RANDOM.normal(size=(rows, columns)) + 5) * units, labels


def compressed(name, text):
    (HERE / name).write_bytes(gzip.compress(text.encode(), mtime=0))


def main():
    x, y = blobs(60, 30, 2)
    (HERE / "breast_cancer.csv").write_text("60,30,malignant,benign\n" + lines(numpy.column_stack([x, y])))
    x, y = blobs(60, 13, 3)
    (HERE / "wine_data.csv").write_text("60,13,class_0,class_1,class_2\n" + lines(numpy.column_stack([x, y])))
    labels = numpy.arange(100) % 10
    pictures = RANDOM.integers(0, 17, size=(10, 64))[labels] + RANDOM.integers(-4, 5, size=(100, 64))
    compressed("digits.csv.gz", lines(numpy.column_stack([pictures.clip(0, 16), labels])))
    x = RANDOM.normal(size=(300, 10)) * [13, 0.5, 4, 14, 35, 30, 13, 1.3, 0.5, 11] + [48, 1.5, 26, 95, 189, 115, 50, 4, 4.6, 91]
    y = 152 + 8 * (x[:, 2] - 26) + 60 * (x[:, 8] - 4.6) + RANDOM.normal(size=300) * 40
    compressed("diabetes_data_raw.csv.gz", lines(x, " "))
    compressed("diabetes_target.csv.gz", lines(y[:, None]))


if __name__ == "__main__":
    main()
