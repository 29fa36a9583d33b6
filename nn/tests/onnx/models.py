"""Models written by other programs, with the outputs of ONNX Runtime: models/NAME.onnx and models.txt.

    python3 -m venv venv && venv/bin/pip install torch==2.15.0 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0 \\
        scikit-learn==1.9.1 skl2onnx==1.20.0 numpy
    venv/bin/python nn/tests/onnx/models.py

The seeds are fixed and the output is committed: the tests need neither Python nor this script.
"""

import pathlib
import warnings

import numpy
import onnx
import onnxruntime
import torch
from skl2onnx import to_onnx
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
warnings.filterwarnings("ignore")


class Images(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)
        self.out = nn.Linear(3 * 4 * 4, 5)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.norm(self.conv(x))), 2)
        return torch.log_softmax(self.out(x.view(x.size(0), -1)), -1)


class Skips(nn.Module):
    """Computed shapes, two inputs, a residual and two outputs."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(3, 4), nn.Linear(2, 4)
        self.block = nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 8), nn.GELU())
        self.one, self.two = nn.Linear(8, 2), nn.Linear(8, 1)

    def forward(self, x, y):
        z = torch.cat([self.a(x).relu(), self.b(y).tanh()], -1)
        z = z + self.block(z)
        z = z.reshape(z.shape[0], 2, 4).transpose(1, 2).flatten(1)
        return self.one(z), torch.sigmoid(self.two(z))


def export(name, model, inputs, dynamo, **options):
    model.eval()
    names = {"input_names": ["x", "y"][:len(inputs)]}
    if dynamo:
        options["dynamic_shapes"] = tuple({0: torch.export.Dim("n")} for _ in inputs)
    else:
        options["dynamic_axes"] = {key: {0: "n"} for key in names["input_names"]}
    path = HERE / "models" / f"{name}.onnx"
    torch.onnx.export(model, inputs, path, dynamo=dynamo, verbose=False, **names, **options)
    # Removes the source locations of this machine from the nodes.
    written = onnx.load(path, load_external_data=False)
    for part in [written.graph, *written.graph.node, *written.graph.value_info]:
        del part.metadata_props[:]
        part.ClearField("doc_string")
    for value in [*written.graph.input, *written.graph.output]:
        del value.metadata_props[:]
    path.write_bytes(written.SerializeToString())


torch.manual_seed(1)
mlp = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.LayerNorm(6), nn.Dropout(0.2), nn.Linear(6, 4), nn.SiLU(), nn.Linear(4, 3),
                    nn.Softmax(-1))
images, skips = Images(), Skips()
with torch.no_grad():
    images.norm.running_mean.uniform_(-1, 1)
    images.norm.running_var.uniform_(0.5, 2)
export("torch_mlp_script", mlp, (torch.randn(2, 4),), False, opset_version=17)
export("torch_mlp_dynamo", mlp, (torch.randn(2, 4),), True, external_data=False)
# Large enough for an external file.
beside = nn.Sequential(nn.Linear(20, 24), nn.Tanh(), nn.Linear(24, 20))
export("torch_beside", beside, (torch.randn(2, 20),), True, external_data=True)
export("torch_images_script", images, (torch.randn(2, 1, 8, 8),), False)
export("torch_images_dynamo", images, (torch.randn(2, 1, 8, 8),), True, external_data=False)
export("torch_skips_script", skips, (torch.randn(2, 3), torch.randn(2, 2)), False)
export("torch_skips_dynamo", skips, (torch.randn(2, 3), torch.randn(2, 2)), True, external_data=False)

random = numpy.random.default_rng(0)
x = random.normal(size=(60, 4)).astype(numpy.float32)
three = (x[:, 0] > x[:, 1]).astype(int) + (x[:, 2] > 0)
settings = dict(hidden_layer_sizes=(5,), max_iter=30, random_state=0)
for name, model, y, options in [
    ("sklearn_classes", MLPClassifier(**settings), three, {"zipmap": False}),
    ("sklearn_two", MLPClassifier(activation="tanh", **settings), three > 0, {"zipmap": False}),
    ("sklearn_numbers", MLPRegressor(activation="logistic", **settings), x[:, 0] * x[:, 1], None),
]:
    model = make_pipeline(StandardScaler(), model).fit(x, y)
    model = to_onnx(model, x[:1], options=options, target_opset={"": 17, "ai.onnx.ml": 3})
    (HERE / "models" / f"{name}.onnx").write_bytes(model.SerializeToString())

lines = ["# Made by models.py. Do not edit.", "# Of each model its name, then its inputs and outputs: in or out, shape, numbers."]
for path in sorted((HERE / "models").glob("*.onnx")):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    inputs = {}
    for port in session.get_inputs():
        shape = [3, *port.shape[1:]]
        inputs[port.name] = random.normal(size=shape).astype(numpy.float32)
    lines.append(path.stem)
    for kind, arrays in [("in", inputs.values()), ("out", session.run(None, inputs))]:
        for array in arrays:
            shape = ",".join(str(length) for length in array.shape)
            lines.append(f"{kind} {shape} " + " ".join(repr(float(number)) for number in array.flatten()))
(HERE / "models.txt").write_text("\n".join(lines) + "\n")
