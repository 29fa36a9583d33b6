"""Converts the ONNX project's backend node tests that concern this crate into cases.txt and numbers.bin.

    python3 -m venv venv && venv/bin/pip install onnx==1.20.1
    venv/bin/python autograd/tests/onnx/convert.py

Later versions of the package no longer contain the data. The output is the same each time, and is committed:
the tests need neither Python nor this script. names.txt says which tests are converted.
"""

import pathlib
import sys

import onnx
from onnx import numpy_helper

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "fixture"))
from write import Packed  # noqa: E402

HEADING = """
Made by convert.py from the backend node tests of onnx 1.20.1. Do not edit.
Copyright (c) ONNX Project Contributors, Apache-2.0: see LICENSE and NOTICE.
"""


def arrays(folder, kind):
    files = sorted(folder.glob(f"{kind}_*.pb"), key=lambda file: int(file.stem.split("_")[1]))
    return [numpy_helper.to_array(onnx.load_tensor(str(file))) for file in files]


def main():
    data = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data" / "node"
    fixture = Packed(HEADING)
    for name in (HERE / "names.txt").read_text().split():
        graph = onnx.load(str(data / name / "model.onnx")).graph
        (node,) = graph.node
        (test,) = (data / name).glob("test_data_set_*")
        given = iter(arrays(test, "input"))
        inputs = [(each, next(given) if each else None) for each in node.input]
        outputs = list(zip((each for each in node.output if each), arrays(test, "output")))
        assert next(given, None) is None, name
        settings = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        fixture.case(name, node.op_type, settings, inputs, outputs)
    fixture.write(HERE)


main()
