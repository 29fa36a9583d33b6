"""Models of scikit-learn: read, run, and converted to declared networks.

    python3 round_trips.py PROGRAMS FOLDER SEED

PROGRAMS is the folder of the examples `run_onnx` and `from_onnx`. skl2onnx exports new models, with another seed than those of
`models.py`. `run_onnx` must give scikit-learn's outputs, and `from_onnx` must convert a chain to a safetensors file with the
model's tensors. `exchange.sh` calls this script, and installs the packages.
"""

import pathlib
import subprocess
import sys
import warnings

import numpy
from safetensors.numpy import load_file
from skl2onnx import to_onnx
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NEAR = 1e-5
programs, folder = (pathlib.Path(path) for path in sys.argv[1:3])
warnings.filterwarnings("ignore")
seed = int(sys.argv[3])
print(f"seed {seed}")
random = numpy.random.default_rng(seed)


def run(program, *arguments):
    subprocess.run([programs / program, *arguments], check=True, stdout=subprocess.DEVNULL)


def near(name, found, expected):
    apart = float(numpy.abs(found - expected).max() / max(1, numpy.abs(expected).max()))
    print(f"{name}: {apart:.1e}")
    assert found.shape == expected.shape and apart <= NEAR, name


x = random.normal(size=(80, 5)).astype(numpy.float32)
classes = (x[:, 0] > x[:, 1]).astype(int) + (x[:, 2] > 0)
settings = dict(hidden_layer_sizes=(7, 6), max_iter=40, random_state=seed % 1000)
numpy.save(folder / "x.npy", x)
for activation in ["relu", "tanh", "logistic", "identity"]:
    classifier = make_pipeline(StandardScaler(), MLPClassifier(activation=activation, **settings)).fit(x, classes)
    regressor = make_pipeline(StandardScaler(), MLPRegressor(activation=activation, **settings)).fit(x, x[:, 0] * x[:, 1])
    for kind, model, options in [("classes", classifier, {"zipmap": False}), ("numbers", regressor, None)]:
        path = folder / f"{kind}_{activation}.onnx"
        written = to_onnx(model, x[:1], options=options, target_opset={"": 17, "ai.onnx.ml": 3})
        path.write_bytes(written.SerializeToString())
        outputs = [folder / f"out_{at}.npy" for at in range(len(written.graph.output))]
        run("run_onnx", path, folder / "x.npy", *outputs)
        expected = model.predict_proba(x) if kind == "classes" else model.predict(x).reshape(-1, 1)
        near(path.stem, numpy.load(outputs[-1]), expected)

# A chain: the network without its scaler.
chain = regressor[-1]
path = folder / "chain.onnx"
path.write_bytes(to_onnx(chain, x[:1], target_opset=17).SerializeToString())
run("from_onnx", path, folder / "chain")
tensors = load_file(folder / "chain.safetensors")
print((folder / "chain.net").read_text())
for at, (weight, bias) in enumerate(zip(chain.coefs_, chain.intercepts_), 1):
    near(f"layer{at}.weight", tensors[f"layer{at}.weight"], weight.astype(numpy.float32))
    near(f"layer{at}.bias", tensors[f"layer{at}.bias"].reshape(-1), bias.astype(numpy.float32))
