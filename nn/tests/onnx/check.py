"""Checks the models that the test `onnx` wrote with ONNX's checker, and runs them with ONNX Runtime and ONNX's own evaluator.

    python3 -m venv venv && venv/bin/pip install onnx==1.23.2 onnxruntime==1.32.0 numpy
    ONNX_FILES=/tmp/files cargo test -p nn --test onnx
    ONNX_FILES=/tmp/files cargo test -p nn --lib every_operation_of_the_list    # functions on a tape
    venv/bin/python nn/tests/onnx/check.py /tmp/files

The outputs must be within 1e-6 of the network's, relative to the largest logit of a row if that is above 1: sums of large
numbers round differently in another order. ONNX Runtime does not have every operator for f64; models with a missing one run
only in the evaluator.
"""

import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator

NEAR = 1e-6
numpy.seterr(all="ignore")  # the evaluator computes both sides of an Elu


def valid(path):
    """Loads a model and checks it."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    return model


def runs(path):
    """The runtimes of a model by name, each a function from inputs to outputs."""
    model = valid(path)
    keys = {entry.key for entry in model.metadata_props}
    assert path.name.startswith("function_") or keys >= {"network", "architecture"}, path
    widths = [value.type.tensor_type.shape.dim[1].dim_value for value in model.graph.input]

    def run(call):
        def rows(x):
            parts = numpy.split(x, numpy.cumsum(widths)[:-1], axis=1)
            named = {value.name: part for value, part in zip(model.graph.input, parts)}
            return numpy.concatenate([y.reshape(len(x), -1) for y in call(None, named)], axis=1)
        return rows

    who = {}
    is_double = "-f64-" in path.name
    try:
        who["runtime"] = run(onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run)
    except onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented as error:
        assert is_double, error
        missing.add(str(error).split("an implementation for ")[-1].split("(")[0])
    if is_double:
        who["evaluator"] = run(ReferenceEvaluator(model).run)
    return sum(widths), who


folder = pathlib.Path(sys.argv[1])
count, worst, missing, wrong = 0, {"runtime": 0.0, "evaluator": 0.0, "tables": 0.0}, set(), []
for text in sorted(folder.glob("*.txt")):
    kind = numpy.float64 if "-f64-" in text.name else numpy.float32
    x, y = (numpy.array([float(word) for word in line.split()], dtype=kind) for line in text.read_text().splitlines())
    width, who = runs(text.with_suffix(".onnx"))
    is_network = not text.name.startswith("function_")
    before = runs(text.with_name(text.stem + "-logits.onnx"))[1] if is_network else who
    x = x.reshape(-1, width)
    y = y.reshape(len(x), -1)
    count += 1 + is_network
    for name, run in who.items():
        found, logits = run(x), before[name](x)
        assert found.shape == logits.shape == y.shape and found.dtype == kind, text
        assert not is_network or run(x[:1]).shape[0] == 1, "one row"
        scale = numpy.maximum(1, numpy.abs(logits).max(axis=1, keepdims=True))
        apart = float((numpy.abs(found - y) / scale).max())
        worst[name] = max(worst[name], apart)
        if not apart <= NEAR:
            wrong.append((text.name, name, apart))

# Tables: an input for each column, strings for words; a missing value is NaN or an empty string.
for text in sorted(folder.glob("*.json")):
    path, data = text.with_suffix(".onnx"), json.loads(text.read_text())
    model, kind = valid(path), numpy.float64 if "-f64-" in text.name else numpy.float32
    named = {}
    for value in model.graph.input:
        cells = data["columns"][value.name]
        if value.type.tensor_type.elem_type == onnx.TensorProto.STRING:
            column = numpy.array(["" if cell is None else cell for cell in cells], dtype=object)
        else:
            column = numpy.array([numpy.nan if cell is None else cell for cell in cells], dtype=kind)
        named[value.name] = column.reshape(-1, 1)
    count += 1
    y = numpy.array(data["y"]).reshape(len(column), -1)
    found = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, named)[0]
    assert found.shape == y.shape and found.dtype == kind, text
    # With a log target, the tolerance is that of the logarithm: some 12 for the prices here.
    scale = numpy.maximum(1, numpy.abs(y)) * (12 if data["is_log"] else 1)
    apart = float((numpy.abs(found - y) / scale).max())
    worst["tables"] = max(worst["tables"], apart)
    if not apart <= NEAR:
        wrong.append((text.name, "tables", apart))

for case in wrong:
    print(*case)
print(f"{count} models are valid; the worst distances are {worst}; without f64 in ONNX Runtime: {sorted(missing)}")
assert count >= 200 and not wrong
