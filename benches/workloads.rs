//! This project's program for the workloads on which frameworks are compared.
//!
//! [`benches::protocol`] describes the command line and the numbers. Two workloads exist only here:
//! `peak` prints the `gflops` that multiply-adds on registers reach, and G trains on Fashion-MNIST
//! for ten epochs, shuffled, and prints `epoch_s` and `accuracy`. `--data DIR` or `PEERS_DATA`
//! names the directory of Fashion-MNIST's files. With `--peer dynamic` the network is parsed at run
//! time.

use std::ops::Range;
use std::process::ExitCode;
use std::time::Instant;

use benches::machine;
use benches::protocol::{self, Options, Product, Task, Training, Workload};
use benches::{Deep, Digits, Large, Tiny, Wide};
use nn::data::{Class, Dataset, FlatTarget, Minibatch, fashion_mnist};
use nn::prelude::*;
use nn::{Adam, Dynamic, Model, Optimizer, Row, Sgd, Threads, Trainer};
use tensor::product::{Matrix, Start, product_with};

network! {
    /// Of OpenNN's benchmark.
    struct WideTanh(dense(28 -> 300, tanh), dense(300, tanh) * 4, dense(1));
    /// Of SimpleChains' benchmark.
    struct Chain(dense(4 -> 32, tanh), dense(16, tanh), dense(4));
}

fn main() -> ExitCode {
    protocol::main("nn", run)
}

fn run(name: &str, options: &Options) -> Result<(), String> {
    let threads = Threads::new(options.threads);
    if let Some(product) = Product::named(name) {
        let Product { m, k, n, transposed } = product;
        options.product(name, product, |a, b, c| {
            let a =
                if transposed { Matrix::new(a, k, m).transposed() } else { Matrix::new(a, m, k) };
            product_with(&threads, a, Matrix::new(b, k, n), Start::Zero, c);
        });
        return Ok(());
    }
    if name == "peak" {
        options.emit(name, "gflops", machine::fma_peak(options.threads) / 1e9, "GFLOP/s");
        return Ok(());
    }
    if name == "G" {
        let data = fashion_mnist::load(options.data.as_deref()).map_err(|e| e.to_string())?;
        epochs(&data, &threads, options);
        return Ok(());
    }
    let workload = Workload::named(name).ok_or_else(|| format!("there is no workload {name}"))?;
    let run = Run { workload, threads, options };
    let images = || {
        fashion_mnist::load(options.data.as_deref())
            .map(|data| data.train)
            .map_err(|error| error.to_string())
    };
    match name {
        "A" | "A-adam" | "B" | "B-adam" => run.train::<Digits>(images()?),
        "C" => run.train::<Wide>(images()?),
        "D" => run.train::<Deep>(images()?),
        "E" => run.train::<Large>(large_data(&workload)),
        "F1" | "F256" => run.predict::<Digits>(images()?.inputs()),
        "Ftiny" => run.predict::<Tiny>(&made_inputs(&workload)),
        "Ttiny" => run.train::<Tiny>(made_data(&workload)),
        "H" => run.train::<WideTanh>(made_data(&workload)),
        "S" => run.train::<Chain>(made_data(&workload)),
        other => return Err(format!("there is no network for the workload {other}")),
    }
    Ok(())
}

/// One workload under one command line.
struct Run<'a> {
    workload: Workload,
    threads: Threads,
    options: &'a Options,
}

impl Run<'_> {
    fn train<N: Network<Float = f32, Target: FlatTarget<f32>>>(
        &self,
        data: Dataset<N::Input, N::Target>,
    ) {
        match self.workload.task {
            Task::Sgd(rate) => self.train_by::<N, _>(&data, Sgd::new(rate)),
            Task::Adam(rate) => self.train_by::<N, _>(&data, Adam::new(rate)),
            Task::Predict => unreachable!("{:?} trains nothing", self.workload),
        }
    }

    fn train_by<N: Network<Float = f32, Target: FlatTarget<f32>>, O: Optimizer<f32>>(
        &self,
        data: &Dataset<N::Input, N::Target>,
        optimizer: O,
    ) {
        if !self.is_dynamic() {
            let trainer = Trainer::new(optimizer).threads(&self.threads);
            let (inputs, targets) = (data.inputs(), data.targets());
            let steps = Steps {
                model: initial::<N>(),
                trainer,
                inputs,
                targets,
                widths: [1, 1],
                loss: 0.0,
            };
            return self.options.train(&self.workload, data.len(), steps);
        }
        let (model, trainer) = (self.dynamic(), Trainer::new(optimizer).threads(&self.threads));
        let mut targets = Vec::new();
        data.targets().iter().for_each(|target| target.append(&mut targets));
        let (inputs, targets) = (N::Input::flatten(data.inputs()), &targets[..]);
        let widths = [model.inputs(), model.targets()];
        let steps = Steps { model, trainer, inputs, targets, widths, loss: 0.0 };
        self.options.train(&self.workload, data.len(), steps);
    }

    /// Whether the network is parsed at run time: `--peer dynamic`.
    fn is_dynamic(&self) -> bool {
        self.options.peer == "dynamic"
    }

    /// The workload's network, parsed at run time, with the initial weights of every framework.
    fn dynamic(&self) -> Dynamic {
        let layers: Vec<[usize; 2]> = self.workload.layers().collect();
        let activation = format!("{:?}", self.workload.activation).to_lowercase();
        let texts = layers.iter().enumerate().map(|(at, [inputs, outputs])| {
            let last = match outputs {
                1 => "linear",
                _ => "softmax",
            };
            let activation = if at + 1 < layers.len() { &activation } else { last };
            format!("dense({inputs} -> {outputs}, {activation})")
        });
        let text = texts.collect::<Vec<_>>().join(", ");
        let mut network = Dynamic::parse(&text).expect("a network without mistakes");
        let tensors = Model::tensors(&network);
        let weights = tensors.iter().filter(|tensor| tensor.name.ends_with("weight"));
        let flat = network.flat_mut();
        flat.fill(0.0);
        for (index, (tensor, widths)) in weights.zip(layers).enumerate() {
            for (k, weight) in flat[tensor.range()].iter_mut().enumerate() {
                *weight = protocol::weight(index, widths, k);
            }
        }
        network
    }

    fn predict<N: Network<Float = f32>>(&self, inputs: &[N::Input]) {
        // As many rows as fit in the cache.
        let inputs = &inputs[..inputs.len().min(4096)];
        if self.is_dynamic() {
            let (network, width) = (self.dynamic(), N::INPUTS);
            let inputs = N::Input::flatten(inputs);
            return self.options.predict(&self.workload, inputs.len() / width, |rows| {
                let rows = &inputs[rows.start * width..rows.end * width];
                network.predict_by(rows, &self.threads).expect("whole rows")[0]
            });
        }
        let network = initial::<N>();
        let mut outputs = vec![N::Output::zeroed(); self.workload.batch];
        // The protocol's output is the last layer's, before its activation.
        self.options.predict(&self.workload, inputs.len(), |rows| {
            if rows.len() == 1 {
                return network.logits(&inputs[rows.start]).as_slice()[0];
            }
            network.logits_into(&inputs[rows], &mut outputs, &self.threads);
            outputs[0].as_slice()[0]
        });
    }
}

/// The state of a training step: what it reads and changes.
struct Steps<'a, M: Model, O> {
    model: M,
    trainer: Trainer<M, O>,
    inputs: &'a [M::Input],
    targets: &'a [M::Target],
    /// The number of them in a row.
    widths: [usize; 2],
    loss: f32,
}

impl<M: Model<Float = f32>, O: Optimizer<f32>> Training for Steps<'_, M, O> {
    fn step(&mut self, rows: Range<usize>) {
        let [x, t] = self.widths.map(|width| rows.start * width..rows.end * width);
        let (x, t) = (&self.inputs[x], &self.targets[t]);
        self.loss = self.trainer.step(&mut self.model, x, t).expect("a finite loss");
    }

    fn loss(&self) -> f32 {
        self.loss
    }
}

/// Ten epochs of Adam on batches of 64, shuffled, the last smaller batch left out.
fn epochs(data: &fashion_mnist::FashionMnist, threads: &Threads, options: &Options) {
    let mut network = initial::<Digits>();
    let mut trainer = Trainer::new(Adam::new(1e-3)).threads(threads);
    let mut order: Vec<usize> = (0..data.train.len()).collect();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut batch = Minibatch::new();
    let mut seconds: Vec<f64> = (0..10)
        .map(|_| {
            let start = Instant::now();
            for i in (1..order.len()).rev() {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                order.swap(i, (((state >> 32) * (i as u64 + 1)) >> 32) as usize);
            }
            for rows in order.chunks_exact(64) {
                batch.gather_with(threads, &data.train, rows);
                trainer.step(&mut network, batch.inputs(), batch.targets()).expect("a finite loss");
            }
            start.elapsed().as_secs_f64()
        })
        .collect();
    options.emit("G", "epoch_s", protocol::median(&mut seconds), "s");
    let metrics = network.evaluation(&data.test).threads(threads).metrics().expect("a finite loss");
    options.emit("G", "accuracy", metrics.accuracy.unwrap_or(f64::NAN), "1");
}

/// The initial weights of every framework.
fn initial<N: Network<Float = f32>>() -> N {
    let mut network = N::init(0);
    let parameters = network.parameters_mut().as_mut_slice();
    for index in 0..N::INFO.count() {
        let (layer, start) = N::INFO.layer(index);
        let widths = [layer.inputs, layer.outputs];
        let weights = &mut parameters[start..][..layer.inputs * layer.outputs];
        for (k, weight) in weights.iter_mut().enumerate() {
            *weight = protocol::weight(index, widths, k);
        }
    }
    network
}

/// Samples generated by the hash, with classes.
fn large_data(workload: &Workload) -> Dataset<[f32; 1024], Class<1000>> {
    let class = |row| Class::new(protocol::class(row, 1000)).expect("below 1000");
    let targets = (0..workload.rows()).map(class).collect();
    Dataset::new(made_inputs(workload), targets).expect("as many targets as samples")
}

/// Samples generated by the hash, with numeric targets.
fn made_data<const I: usize, const O: usize>(workload: &Workload) -> Dataset<[f32; I], [f32; O]> {
    let inputs = made_inputs(workload);
    let targets = inputs.iter().map(|input| protocol::targets(input)).collect();
    Dataset::new(inputs, targets).expect("as many targets as samples")
}

fn made_inputs<const I: usize>(workload: &Workload) -> Vec<[f32; I]> {
    protocol::inputs(workload.rows() * I).as_chunks().0.to_vec()
}
