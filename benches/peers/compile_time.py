#!/usr/bin/env python3
"""Measures what a network costs to compile: this project compared with Candle, Burn and dfdx.

    python3 benches/peers/compile_time.py hello [--only nn,candle]   a program that trains and predicts with one network
    python3 benches/peers/compile_time.py size                       what a network adds to a program
    python3 benches/peers/compile_time.py many                       a crate of 50 networks, and programs with all of them

Builds in a new directory, with every crate downloaded before the clock starts. Besides the wall-clock time there is
the time that all cores spent, which depends less on what else the machine does.
"""

import argparse
import os
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NN = f'nn = {{ path = "{ROOT}/nn" }}'

HELLO = {
    "nn": (
        NN,
        """
use nn::data::Class;
use nn::{Sgd, Trainer, network};

network! { struct Digits(dense(784 -> 128, relu), dense(10, softmax)); }

fn main() -> nn::Result<()> {
    let mut digits = Digits::init(1);
    let mut trainer = Trainer::new(Sgd::new(0.1));
    let (x, t) = (vec![[0.5; 784]; 64], vec![Class::new(3)?; 64]);
    for _ in 0..10 {
        println!("{}", trainer.step(&mut digits, &x, &t)?);
    }
    println!("{:?}", digits.predict(&x[0]));
    Ok(())
}
""",
    ),
    "candle": (
        'candle-core = "0.11.1"\ncandle-nn = "0.11.0"',
        """
use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{Module, Optimizer, SGD, VarBuilder, VarMap, linear, loss, ops, seq};

fn main() -> Result<()> {
    let device = Device::Cpu;
    let variables = VarMap::new();
    let builder = VarBuilder::from_varmap(&variables, DType::F32, &device);
    let digits = seq()
        .add(linear(784, 128, builder.pp("hidden"))?)
        .add_fn(|x| x.relu())
        .add(linear(128, 10, builder.pp("output"))?);
    let mut sgd = SGD::new(variables.all_vars(), 0.1)?;
    let (x, t) = (Tensor::full(0.5_f32, (64, 784), &device)?, Tensor::full(3_u32, 64, &device)?);
    for _ in 0..10 {
        let loss = loss::cross_entropy(&digits.forward(&x)?, &t)?;
        sgd.backward_step(&loss)?;
        println!("{}", loss.to_scalar::<f32>()?);
    }
    println!("{:?}", ops::softmax(&digits.forward(&x)?, 1)?.to_vec2::<f32>()?[0]);
    Ok(())
}
""",
    ),
    "burn": (
        'burn = { version = "0.22.1", default-features = false, features = ["std", "optim", "autodiff", "flex"] }',
        """
use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{GradientsParams, SgdConfig};
use burn::tensor::{Device, Int, Tensor, activation};

#[derive(Module, Debug)]
struct Digits {
    hidden: Linear,
    output: Linear,
}

impl Digits {
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.output.forward(activation::relu(self.hidden.forward(x)))
    }
}

fn main() {
    let device = Device::flex().autodiff();
    let (hidden, output) = (LinearConfig::new(784, 128), LinearConfig::new(128, 10));
    let mut digits = Digits { hidden: hidden.init(&device), output: output.init(&device) };
    let mut sgd = SgdConfig::new().init();
    let x = Tensor::<2>::full([64, 784], 0.5, &device);
    let t = Tensor::<1, Int>::full([64], 3, &device);
    for _ in 0..10 {
        let loss = CrossEntropyLossConfig::new().init(&device).forward(digits.forward(x.clone()), t.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &digits);
        digits = sgd.step(0.1, digits, gradients);
        println!("{}", loss.into_scalar::<f32>());
    }
    println!("{}", activation::softmax(digits.forward(x), 1));
}
""",
    ),
    "dfdx": (
        'dfdx = "0.13.0"',
        """
use dfdx::optim::{Sgd, SgdConfig};
use dfdx::prelude::*;

type Digits = (Linear<784, 128>, ReLU, Linear<128, 10>);

fn main() {
    let device = Cpu::default();
    let mut digits = device.build_module::<Digits, f32>();
    let mut sgd = Sgd::new(&digits, SgdConfig { lr: 0.1, momentum: None, weight_decay: None });
    let mut x: Tensor<Rank2<64, 784>, f32, _> = device.zeros();
    x.fill_with_ones();
    let mut t = [[0.0; 10]; 64];
    t.iter_mut().for_each(|row| row[3] = 1.0);
    let t = device.tensor(t);
    let mut gradients = digits.alloc_grads();
    for _ in 0..10 {
        let logits = digits.forward_mut(x.clone().traced(gradients));
        let loss = cross_entropy_with_logits_loss(logits, t.clone());
        println!("{}", loss.array());
        gradients = loss.backward();
        sgd.update(&mut digits, &gradients).expect("every parameter has a gradient");
        digits.zero_grads(&mut gradients);
    }
    println!("{:?}", digits.forward(x).softmax::<Axis<1>>().array()[0]);
}
""",
    ),
}

SIZES = {
    "a program without a network": 'fn main() { println!("{:?}", [0.5_f32; 10]); }',
    "Digits, which predicts": """
use nn::network;
network! { struct Digits(dense(784 -> 128, relu), dense(10, softmax)); }
fn main() {
    let digits = Digits::init(1);
    println!("{:?}", digits.predict(&[0.5; 784]));
}
""",
    "Digits, which trains, too": HELLO["nn"][1],
    "two such networks of other widths": HELLO["nn"][1].replace("fn main() -> nn::Result<()> {", """
network! { struct Other(dense(100 -> 60, tanh), dense(7, softmax)); }

fn main() -> nn::Result<()> {
    let mut other = Other::init(1);
    let (x, t) = (vec![[0.5; 100]; 64], vec![Class::new(3)?; 64]);
    println!("{}", Trainer::new(Sgd::new(0.1)).step(&mut other, &x, &t)?);
    println!("{:?}", other.predict(&x[0]));"""),
}


class Crate:
    """A crate of its own in a new directory."""

    def __init__(self, dependencies, files):
        self.directory = Path(tempfile.mkdtemp(prefix="compile-time-"))
        (self.directory / "src").mkdir()
        manifest = f'[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\n{dependencies}\n'
        (self.directory / "Cargo.toml").write_text(manifest)
        for name, text in files.items():
            (self.directory / "src" / name).write_text(text)
        self.cargo("fetch")

    def cargo(self, *command):
        """Wall-clock and CPU seconds."""
        environment = {k: v for k, v in os.environ.items() if k not in ("RUSTFLAGS", "CARGO_TARGET_DIR")}
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
        subprocess.run(["cargo", *command, "--quiet"], cwd=self.directory, env=environment, check=True)
        wall, after = time.time() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def edit(self, name, old, new):
        path = self.directory / "src" / name
        text = path.read_text()
        assert old in text, f"{old} is not in {name}"
        path.write_text(text.replace(old, new))

    def size(self):
        """KiB of the program without symbols."""
        program = self.directory / "target/release/hello"
        subprocess.run(["strip", program], check=True)
        return program.stat().st_size / 1024

    def crates(self):
        return (self.directory / "Cargo.lock").read_text().count("[[package]]") - 1

    def remove(self):
        shutil.rmtree(self.directory)


def edited(crate, name, old, new, *command):
    """The seconds of the command after an edit: the median of three, each with an edit of its own."""
    times = []
    for number in range(3):
        crate.edit(name, old, new.format(number))
        times.append(crate.cargo(*command))
        old = new.format(number)
    return sorted(times)[1]


def hello(only):
    print("| program | crates | cold build, s | CPU s | after an edit, s | CPU s | KiB |\n|---|---:|---:|---:|---:|---:|---:|")
    for name, (dependencies, program) in HELLO.items():
        if only and name not in only:
            continue
        crate = Crate(dependencies, {"main.rs": program})
        wall, cpu = crate.cargo("build", "--release")
        edit, edit_cpu = edited(crate, "main.rs", "0..10", "0..1{}", "build", "--release")
        row = f"{name} | {crate.crates()} | {wall:.1f} | {cpu:.1f} | {edit:.2f} | {edit_cpu:.2f} | {crate.size():.0f}"
        print(f"| {row} |", flush=True)
        crate.remove()


def size():
    print("| program | KiB without symbols | more |\n|---|---:|---:|")
    least = None
    crate = Crate(NN, {"main.rs": "fn main() {}"})
    for name, program in SIZES.items():
        (crate.directory / "src/main.rs").write_text(program)
        crate.cargo("build", "--release")
        kib = crate.size()
        least = least or kib
        print(f"| {name} | {kib:.0f} | {kib - least:.0f} |", flush=True)
    crate.remove()


# What a program does with each network of `many`.
USES = {
    "only declare": "",
    "predict with": "    println!(\"{{:?}}\", hello::network{0}::Network::<f32>::init(1).predict(&[0.5; {1}]));\n",
    "train and predict with": (
        "    let mut network = hello::network{0}::Network::init(1);\n"
        "    let (x, t) = ([[0.5; {1}]], [nn::data::Class::new(1)?]);\n"
        "    println!(\"{{}}\", nn::Trainer::new(nn::Sgd::new(0.1)).step(&mut network, &x, &t)?);\n"
        "    println!(\"{{:?}}\", network.predict(&x[0]));\n"
    ),
}


def many(count=50):
    files, modules = {}, []
    for index in range(count):
        files[f"network{index}.rs"] = (
            "use nn::network;\n\nnetwork! {\n"
            f"    /// Number {index}.\n    pub struct Network {{\n"
            f"        hidden: dense({100 + index} -> {64 + index}, relu),\n"
            f"        middle: dense({32 + index}, tanh),\n"
            f"        output: dense({2 + index}, softmax),\n    }}\n}}\n"
        )
        modules.append(f"pub mod network{index};\n")
    files["lib.rs"] = "".join(modules)
    crate = Crate(NN, files)
    crate.cargo("check")
    crate.cargo("clean", "--package", "hello")
    whole, _ = crate.cargo("check")
    edit, _ = edited(crate, "network7.rs", "tanh", "leaky_relu /* {} */", "check")
    print(f"`cargo check` of {count} networks: {whole:.2f} s; after an edit of one: {edit:.2f} s")
    least = None
    for use, lines in USES.items():
        body = "".join(lines.format(index, 100 + index) for index in range(count))
        (crate.directory / "src/main.rs").write_text(f"fn main() -> nn::Result<()> {{\n{body}    Ok(())\n}}\n")
        crate.cargo("build", "--release")
        crate.cargo("clean", "--release", "--package", "hello")
        wall, _ = crate.cargo("build", "--release")
        least = least or crate.size()
        print(f"release build of programs that {use} them: {wall:.2f} s, {crate.size() - least:.0f} KiB more", flush=True)
    crate.remove()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["hello", "size", "many"])
    parser.add_argument("--only")
    arguments = parser.parse_args()
    if arguments.what == "hello":
        hello(arguments.only and arguments.only.split(","))
    else:
        {"size": size, "many": many}[arguments.what]()


main()
