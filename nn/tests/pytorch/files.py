"""Has PyTorch write parameters of modules, and what the modules answer: files/NAME.safetensors and files.txt.

    python3 -m venv venv && venv/bin/pip install torch==2.15.0 safetensors==0.8.0 numpy    # about 4 GB, no GPU needed
    venv/bin/python nn/tests/pytorch/files.py

The other way, what this crate wrote: the test writes its files where the argument says, and the script loads them into the
modules, strictly, and compares the answers.

    PYTORCH_FILES=/tmp/files cargo test --release -p nn --test pytorch_files
    venv/bin/python nn/tests/pytorch/files.py --check /tmp/files

The seeds are fixed and the output is committed: the tests need neither Python nor this script. The parameters are `f32`
numbers (or those of 16 bits), the answers are computed in `f64`.
"""

import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

HERE = pathlib.Path(__file__).resolve().parent
ROWS = 5


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


class Concat(nn.ModuleList):
    def __init__(self, branches, widths):
        super().__init__(branches)
        self.widths = widths

    def forward(self, x):
        return torch.cat([branch(part) for branch, part in zip(self, x.split(self.widths, -1))], -1)


class Heads(nn.ModuleList):
    def forward(self, x):
        return torch.cat([branch(x) for branch in self], -1)


class LayerScale(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * self.weight


class SwiGLU(nn.Module):
    """PyTorch has no module for it: this is the usual one."""

    def forward(self, x):
        gate, value = x.chunk(2, -1)
        return torch.nn.functional.silu(gate) * value


class Highway(nn.Linear):
    """PyTorch has no module for it."""

    def __init__(self, width):
        super().__init__(width, 2 * width)

    def forward(self, x):
        made, gate = super().forward(x).chunk(2, -1)
        open_ = torch.sigmoid(gate)
        return open_ * torch.relu(made) + (1 - open_) * x


class Named(nn.Module):
    """Modules by names, as most code outside of tutorials has them."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 6)
        self.norm = nn.LayerNorm(6)
        self.classifier = nn.ModuleDict({"head": nn.Linear(6, 3)})

    def forward(self, x):
        return torch.softmax(self.classifier["head"](self.norm(torch.relu(self.fc1(x)))), -1)


S = nn.Sequential
L = nn.Linear

# name, declaration, modules, type of the numbers
CASES = [
    ("digits", "dense(9 -> 8, relu), dense(4, softmax)", S(L(9, 8), nn.ReLU(), L(8, 4), nn.Softmax(-1)), "float32"),
    # Square weights fit either way.
    ("square", "dense(4 -> 4, tanh), dense(4 -> 4)", S(L(4, 4), nn.Tanh(), L(4, 4)), "float32"),
    ("options", "dense(3 -> 5, relu, bias = false), dropout(0.25), dense(2, sigmoid, l2 = 1e-3)",
     S(L(3, 5, bias=False), nn.ReLU(), nn.Dropout(0.25), L(5, 2), nn.Sigmoid()), "float32"),
    ("norms", "batch_norm, dense(6 -> 7, gelu), layer_norm, dense(5), batch_norm(epsilon = 1e-3), dense(3)",
     S(nn.BatchNorm1d(6), L(6, 7), nn.GELU(), nn.LayerNorm(7), L(7, 5), nn.BatchNorm1d(5, eps=1e-3), L(5, 3)), "float32"),
    ("activations",
     "dense(4 -> 5, relu), dense(4, leaky_relu), dense(5, leaky_relu(0.2)), dense(4, elu), dense(5, elu(0.5)), dense(4, celu), "
     "dense(5, celu(0.5)), dense(4, selu), dense(5, gelu), dense(4, gelu_tanh), dense(5, silu), dense(4, mish), "
     "dense(5, hard_swish), dense(4, sigmoid), dense(5, hard_sigmoid), dense(4, log_sigmoid), dense(5, tanh), "
     "dense(4, hard_tanh), dense(5, softplus), dense(4, softsign), dense(5, linear), dense(4, identity), dense(3, softmax)",
     S(L(4, 5), nn.ReLU(), L(5, 4), nn.LeakyReLU(), L(4, 5), nn.LeakyReLU(0.2), L(5, 4), nn.ELU(), L(4, 5), nn.ELU(0.5),
       L(5, 4), nn.CELU(), L(4, 5), nn.CELU(0.5), L(5, 4), nn.SELU(), L(4, 5), nn.GELU(), L(5, 4), nn.GELU("tanh"), L(4, 5),
       nn.SiLU(), L(5, 4), nn.Mish(), L(4, 5), nn.Hardswish(), L(5, 4), nn.Sigmoid(), L(4, 5), nn.Hardsigmoid(), L(5, 4),
       nn.LogSigmoid(), L(4, 5), nn.Tanh(), L(5, 4), nn.Hardtanh(), L(4, 5), nn.Softplus(), L(5, 4), nn.Softsign(),
       L(4, 5), L(5, 4), L(4, 3), nn.Softmax(-1)), "float32"),
    ("repeated", "dense(3 -> 4, relu), dense(4, tanh) * 3, dense(2)",
     S(L(3, 4), nn.ReLU(), L(4, 4), nn.Tanh(), L(4, 4), nn.Tanh(), L(4, 4), nn.Tanh(), L(4, 2)), "float32"),
    ("residual", "dense(3 -> 4, relu), residual(layer_norm, dense(6, gelu), dense(4), stochastic_depth(0.1)) * 2, residual(dense(4, tanh), residual(dense(4))), dense(2)",
     S(L(3, 4), nn.ReLU(), Residual(nn.LayerNorm(4), L(4, 6), nn.GELU(), L(6, 4), nn.Identity()),
       Residual(nn.LayerNorm(4), L(4, 6), nn.GELU(), L(6, 4), nn.Identity()), Residual(L(4, 4), nn.Tanh(), Residual(L(4, 4))), L(4, 2)), "float32"),
    ("branches",
     "concat { image: (dense(5 -> 4, relu), dense(3)), meta: input(2), sound: dense(3 -> 2, tanh) }, dense(6, relu), "
     "heads { class: dense(4, softmax), angle: (dense(3, relu), dense(2)), seen: dense(2, sigmoid) }",
     S(Concat([S(L(5, 4), nn.ReLU(), L(4, 3)), S(nn.Identity()), S(L(3, 2), nn.Tanh())], [5, 2, 3]), L(7, 6), nn.ReLU(),
       Heads([S(L(6, 4), nn.Softmax(-1)), S(L(6, 3), nn.ReLU(), L(3, 2)), S(L(6, 2), nn.Sigmoid())])), "float32"),
    # The test gives `Encoder` a declaration of its own.
    ("nested", "encoder: Encoder, again: dense(3, relu), out: dense(2)",
     S(S(L(4, 5), nn.ReLU(), L(5, 3)), L(3, 3), nn.ReLU(), L(3, 2)), "float32"),
    ("named", "hidden: dense(4 -> 6, relu), norm: layer_norm, out: dense(3, softmax)", Named(), "float32"),
    ("half", "dense(4 -> 6, relu), batch_norm, dense(3)", S(L(4, 6), nn.ReLU(), nn.BatchNorm1d(6), L(6, 3)), "float16"),
    ("brain", "dense(4 -> 6, relu), batch_norm, dense(3)", S(L(4, 6), nn.ReLU(), nn.BatchNorm1d(6), L(6, 3)), "bfloat16"),
    ("learned", "dense(4 -> 6), prelu, rms_norm, dense(5, relu), layer_scale, rms_norm(epsilon = 1e-2), dense(3), prelu(slope = 0.1)",
     S(L(4, 6), nn.PReLU(6), nn.RMSNorm(6, eps=1e-5), L(6, 5), nn.ReLU(), LayerScale(5), nn.RMSNorm(5, eps=1e-2), L(5, 3),
       nn.PReLU(3, init=0.1)), "float32"),
    ("lengths", "dense(4 -> 6, relu, weight_norm = true), dense(3, bias = false, weight_norm = true)",
     S(weight_norm(L(4, 6)), nn.ReLU(), weight_norm(L(6, 3, bias=False))), "float32"),
    ("gated", "dense(4 -> 12), group_norm(3), gaussian_dropout(0.1), glu, alpha_dropout(0.1), dense(8), swiglu, group_norm(2, epsilon = 1e-2), dense(6, relu), highway, glu",
     S(L(4, 12), nn.GroupNorm(3, 12), nn.Identity(), nn.GLU(), nn.AlphaDropout(0.1), L(6, 8), SwiGLU(), nn.GroupNorm(2, 4, eps=1e-2), L(4, 6), nn.ReLU(), Highway(6), nn.GLU()),
     "float32"),
    ("spectral", "dense(4 -> 6, relu, spectral_norm = true), dense(3, bias = false, spectral_norm = true)",
     S(spectral_norm(L(4, 6)), nn.ReLU(), spectral_norm(L(6, 3, bias=False))), "float32"),
]


def fill(module):
    """Numbers in every parameter and every buffer, so that one in the wrong place shows."""
    for name, tensor in module.state_dict().items():
        if name.endswith("num_batches_tracked"):
            tensor.fill_(7)
        elif name.endswith("running_var"):
            tensor.uniform_(0.5, 2.0)
        else:
            tensor.copy_(torch.randn(tensor.shape) * 0.5)


def width(module):
    first = next(iter(module.children()))
    if isinstance(first, Concat):
        return sum(first.widths)
    if isinstance(first, nn.Sequential):
        first = first[0]
    return first.in_features if isinstance(first, nn.Linear) else first.num_features


def numbers(tensor):
    return " ".join(repr(float(x)) for x in tensor.flatten())


def make():
    lines = [f"# Made by files.py with PyTorch {torch.__version__.split('+')[0]}. Do not edit.",
             "# Of each case its name and declaration, rows of inputs, and the answers in f64."]
    for seed, (name, declaration, module, kind) in enumerate(CASES):
        torch.manual_seed(seed)
        module = module.to(getattr(torch, kind)).eval()
        with torch.no_grad():
            fill(module)
            if name == "spectral":
                # Each pass in training brings u and v nearer to the singular vectors.
                module.train()
                for _ in range(20):
                    module(torch.zeros(ROWS, width(module)))
                module.eval()
            save_file(module.state_dict(), HERE / "files" / f"{name}.safetensors")
            x = torch.randn(ROWS, width(module)).to(torch.float64)
            y = module.to(torch.float64)(x)
        lines += [f"{name} | {declaration}", numbers(x), numbers(y)]
    (HERE / "files.txt").write_text("\n".join(lines) + "\n")


def check(folder):
    lines = (HERE / "files.txt").read_text().splitlines()[2:]
    cases = {line.split(" | ")[0]: lines[i + 1:i + 3] for i, line in enumerate(lines) if " | " in line}
    for name, _, module, _ in CASES:
        module.to(torch.float32).load_state_dict(load_file(pathlib.Path(folder) / f"{name}.safetensors"), strict=True)
        x, y = (torch.tensor([float(word) for word in line.split()], dtype=torch.float64) for line in cases[name])
        with torch.no_grad():
            found = module.eval().to(torch.float64)(x.reshape(ROWS, -1)).flatten()
        worst = float((found - y).abs().max())
        assert worst <= 1e-6, (name, worst)
        print(f"{name}: {worst:.1e}")


if sys.argv[1:2] == ["--check"]:
    check(sys.argv[2])
else:
    make()
