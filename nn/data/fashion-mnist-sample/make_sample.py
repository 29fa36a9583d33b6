#!/usr/bin/env python3
"""Makes the four files of this folder from the full Fashion-MNIST set.

    python3 make_sample.py [DIRECTORY OF THE FULL SET]

The sample is the first 200 training images and the first 50 test images of each class, in the
order that they have in the full set. The same input gives the same bytes on every run: the
gzip header holds no time. (Another version of Python or zlib may write other compressed bytes;
the content, after decompression, is the same everywhere.)
"""

import gzip
import pathlib
import struct
import sys

CLASSES = 10
PIXELS = 28 * 28


def sample(images: bytes, labels: bytes, per_class: int) -> tuple[bytes, bytes]:
    """The first `per_class` rows of each class, both files with new headers."""
    magic, count, rows, columns = struct.unpack(">IIII", images[:16])
    assert (magic, rows, columns) == (0x0803, 28, 28), "the images are not 28 x 28 bytes each"
    assert struct.unpack(">II", labels[:8]) == (0x0801, count), "images and labels differ in number"
    images, labels = images[16:], labels[8:]

    left = [per_class] * CLASSES
    chosen = []
    for row, label in enumerate(labels):
        if left[label] > 0:
            left[label] -= 1
            chosen.append(row)
    assert sum(left) == 0, "some class has too few images"

    pixels = b"".join(images[row * PIXELS : (row + 1) * PIXELS] for row in chosen)
    classes = bytes(labels[row] for row in chosen)
    return (
        struct.pack(">IIII", 0x0803, len(chosen), 28, 28) + pixels,
        struct.pack(">II", 0x0801, len(chosen)) + classes,
    )


def main() -> None:
    full = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist")
    here = pathlib.Path(__file__).parent
    for part, per_class in [("train", 200), ("t10k", 50)]:
        names = [f"{part}-images-idx3-ubyte.gz", f"{part}-labels-idx1-ubyte.gz"]
        both = [gzip.decompress((full / name).read_bytes()) for name in names]
        for name, content in zip(names, sample(*both, per_class)):
            (here / name).write_bytes(gzip.compress(content, compresslevel=9, mtime=0))


main()
