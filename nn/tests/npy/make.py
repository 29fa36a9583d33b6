#!/usr/bin/env python3
"""Writes the arrays that `npy.rs` reads, as NumPy saves them.

    pip install numpy==2.5.5
    python3 nn/tests/npy/make.py
"""

from pathlib import Path

import numpy

HERE = Path(__file__).resolve().parent
HALVES = numpy.arange(24).reshape(2, 3, 4) / 2

numpy.save(HERE / "f4.npy", HALVES.astype("<f4"))
numpy.save(HERE / "f8-fortran.npy", numpy.asfortranarray(HALVES))
numpy.save(HERE / "f4-big.npy", HALVES.astype(">f4"))
numpy.save(HERE / "i8.npy", numpy.array([2, 0, 1, 2]))
numpy.save(HERE / "bool.npy", numpy.array([[True], [False], [True]]))
numpy.save(HERE / "u1.npy", numpy.arange(12, dtype="uint8").reshape(3, 2, 2))
numpy.save(HERE / "scalar.npy", numpy.float32(1.5))
numpy.save(HERE / "empty.npy", numpy.zeros((0, 5), dtype="float32"))
numpy.save(HERE / "records.npy", numpy.zeros(3, dtype=[("a", "<f4"), ("b", "<i8")]))
numpy.save(HERE / "words.npy", numpy.array(["ab", "c"]))
numpy.savez(HERE / "several.npz", weight=HALVES.astype("<f4"), bias=numpy.array([1, 2, 3]))
numpy.savez_compressed(HERE / "compressed.npz", zeros=numpy.zeros((50, 4), dtype="float32"), one=numpy.ones(1))
