#!/usr/bin/env python3
"""Writes the images that `fuzz.rs` damages and `images.rs` reads, as Pillow saves them.

    pip install pillow==13.0.0 numpy==2.5.5
    python3 nn/tests/images/make.py
"""

from pathlib import Path

import numpy
from PIL import Image

HERE = Path(__file__).resolve().parent
ROWS, COLUMNS = numpy.mgrid[0:4, 0:4]
GREY = (ROWS * 60 + COLUMNS * 5).astype("uint8")
COLORS = numpy.stack([GREY, 255 - GREY, GREY // 2], axis=-1)

Image.fromarray(GREY).save(HERE / "grey.png")
Image.fromarray(COLORS).save(HERE / "colours.png")
Image.fromarray(COLORS).quantize(8).save(HERE / "palette.png")
Image.fromarray(numpy.full((16, 16, 3), [200, 100, 50], dtype="uint8")).save(HERE / "plain.jpg", quality=95)
