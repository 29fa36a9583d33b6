#!/usr/bin/env python3
"""Writes the small invented tables that the programs use without a directory, in the format of scikit-learn's files.

    pip install numpy==2.5.5
    python3 nn/examples/tables/make.py

With a directory and the `diamonds.csv` of plotnine 0.15.9 it writes that table to the directory, with 5 % of the input cells blanked:

    pip download --no-deps plotnine==0.15.9 && unzip -q plotnine-*.whl
    python3 nn/examples/tables/make.py DIRECTORY plotnine/data/diamonds.csv
"""

import csv
import gzip
import sys
from pathlib import Path

import numpy

HERE = Path(__file__).resolve().parent
RANDOM = numpy.random.default_rng(0)


def lines(rows, separator=","):
    return "".join(separator.join(f"{x:.4g}" for x in row) + "\n" for row in rows)


def blobs(rows, columns, classes):
    """Rows around a center for each class, in units that differ from column to column."""
    labels = numpy.arange(rows) % classes
    centres = RANDOM.normal(size=(classes, columns))
    units = 10.0 ** RANDOM.uniform(-2, 3, size=columns)
    return (centres[labels] + RANDOM.normal(size=(rows, columns)) + 5) * units, labels


def compressed(name, text):
    (HERE / name).write_bytes(gzip.compress(text.encode(), mtime=0))


def blanked(rows, share, random):
    """The rows with that fraction of their cells blanked, except the price."""
    header, *rows = rows
    price = header.index("price")
    gaps = random.random((len(rows), len(header))) < share
    gaps[:, price] = False
    cells = [["" if gap else cell for cell, gap in zip(row, of_row)] for row, of_row in zip(rows, gaps)]
    return "".join(",".join(row) + "\n" for row in [header, *cells])


def diamonds(count, random):
    """Invented stones."""
    header = ["carat", "cut", "color", "clarity", "depth", "table", "price", "x", "y", "z"]
    words = {
        "cut": ["Fair", "Good", "Very Good", "Premium", "Ideal"],
        "color": list("JIHGFED"),
        "clarity": ["I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"],
    }
    rows = [header]
    for _ in range(count):
        looks = {name: random.integers(len(of)) for name, of in words.items()}
        carat, depth = random.lognormal(-0.4, 0.5), random.normal(61.8, 1.4)
        x = 6.5 * carat ** (1 / 3)
        price = 4000 * carat**1.7 * (1 + 0.05 * sum(looks.values())) * random.lognormal(0, 0.1)
        shown = {name: of[looks[name]] for name, of in words.items()}
        shown |= {"carat": f"{carat:.2f}", "depth": f"{depth:.1f}", "table": f"{random.normal(57.5, 2.2):.0f}"}
        shown |= {"price": f"{price:.0f}", "x": f"{x:.2f}", "y": f"{x:.2f}", "z": f"{x * depth / 100:.2f}"}
        rows.append([shown[name] for name in header])
    return rows


def main():
    if len(sys.argv) == 3:
        with open(sys.argv[2], newline="") as file:
            rows = list(csv.reader(file))
        return (Path(sys.argv[1]) / "diamonds.csv").write_text(blanked(rows, 0.05, numpy.random.default_rng(5)))
    # Its own numbers, so that the tables above stay what they are.
    random = numpy.random.default_rng(1)
    (HERE / "diamonds.csv").write_text(blanked(diamonds(600, random), 0.05, random))
    x, y = blobs(60, 30, 2)
    (HERE / "breast_cancer.csv").write_text("60,30,malignant,benign\n" + lines(numpy.column_stack([x, y])))
    x, y = blobs(60, 13, 3)
    (HERE / "wine_data.csv").write_text("60,13,class_0,class_1,class_2\n" + lines(numpy.column_stack([x, y])))
    labels = numpy.arange(100) % 10
    images = RANDOM.integers(0, 17, size=(10, 64))[labels] + RANDOM.integers(-4, 5, size=(100, 64))
    compressed("digits.csv.gz", lines(numpy.column_stack([images.clip(0, 16), labels])))
    x = RANDOM.normal(size=(300, 10)) * [13, 0.5, 4, 14, 35, 30, 13, 1.3, 0.5, 11] + [48, 1.5, 26, 95, 189, 115, 50, 4, 4.6, 91]
    y = 152 + 8 * (x[:, 2] - 26) + 60 * (x[:, 8] - 4.6) + RANDOM.normal(size=300) * 40
    compressed("diabetes_data_raw.csv.gz", lines(x, " "))
    compressed("diabetes_target.csv.gz", lines(y[:, None]))


if __name__ == "__main__":
    main()
