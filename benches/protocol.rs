//! The workloads on which frameworks are compared, and the protocol that measures them.
//!
//! A program for one framework takes
//! `--workloads A,D,F1 --threads N --secs S [--check | --steps K] [--peer NAME] [--data DIR]`
//! and prints one line of JSON for every number: training
//! `samples_per_s`, `step_us` and `gflops`, inference `latency_us`, `samples_per_s` and `gflops`;
//! with `--check` the losses (`loss@N`) or outputs (`out@0`, `out@1`) that all frameworks must
//! agree on. A name like `64x784x128` is a [`Product`], of which `gflops` is printed.
//!
//! Weights are Glorot-uniform from an integer hash, biases zero; minibatches come in order. A time
//! is the median of chunks of some 20 ms, after a warm-up.

use std::hint::black_box;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use tensor::Buffer;

/// An activation function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// max(0, x)
    Relu,
    /// The hyperbolic tangent.
    Tanh,
}

/// The task of a workload.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Task {
    /// Training by stochastic gradient descent with this learning rate.
    Sgd(f64),
    /// Training by Adam with this learning rate, betas 0.9 and 0.999, epsilon 1e-8.
    Adam(f64),
    /// Prediction.
    Predict,
}

/// A workload: one network and one task.
#[derive(Clone, Copy, Debug)]
pub struct Workload {
    /// Its name on the command line.
    pub name: &'static str,
    /// Inputs, then outputs of each layer. The last layer has no activation: softmax with
    /// cross-entropy follows, or the mean squared error where [`targets`] are learned.
    pub widths: &'static [usize],
    /// After every layer but the last.
    pub activation: Activation,
    /// Rows of a minibatch.
    pub batch: usize,
    /// The task that is measured.
    pub task: Task,
    /// The numbers of steps after which the losses are compared.
    pub checked: &'static [usize],
}

const DIGITS: &[usize] = &[784, 128, 10];
const DEEP: &[usize] = &[784, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 10];
const TINY: &[usize] = &[2, 16, 16, 1];
/// OpenNN's benchmark: <https://www.opennn.net>.
const WIDE_TANH: &[usize] = &[28, 300, 300, 300, 300, 300, 1];
/// SimpleChains' benchmark: <https://julialang.org/blog/2022/04/simple-chains/>.
const CHAIN: &[usize] = &[4, 32, 16, 4];

const fn workload(
    name: &'static str,
    widths: &'static [usize],
    activation: Activation,
    batch: usize,
    task: Task,
) -> Workload {
    let checked: &[usize] = match (task, widths[0]) {
        (Task::Predict, _) => &[],
        (_, 1024) => &[1, 3],
        _ => &[1, 10, 100],
    };
    Workload { name, widths, activation, batch, task, checked }
}

/// All workloads.
pub const WORKLOADS: [Workload; 13] = [
    workload("A", DIGITS, Activation::Relu, 64, Task::Sgd(0.1)),
    workload("A-adam", DIGITS, Activation::Relu, 64, Task::Adam(1e-3)),
    workload("B", DIGITS, Activation::Relu, 512, Task::Sgd(0.1)),
    workload("B-adam", DIGITS, Activation::Relu, 512, Task::Adam(1e-3)),
    workload("C", &[784, 512, 512, 10], Activation::Relu, 128, Task::Adam(1e-3)),
    workload("D", DEEP, Activation::Tanh, 32, Task::Sgd(0.01)),
    workload("E", &[1024, 4096, 4096, 1000], Activation::Relu, 256, Task::Sgd(0.01)),
    workload("F1", DIGITS, Activation::Relu, 1, Task::Predict),
    workload("F256", DIGITS, Activation::Relu, 256, Task::Predict),
    workload("Ftiny", TINY, Activation::Tanh, 1, Task::Predict),
    workload("Ttiny", TINY, Activation::Tanh, 32, Task::Sgd(0.1)),
    workload("H", WIDE_TANH, Activation::Tanh, 100, Task::Adam(1e-3)),
    workload("S", CHAIN, Activation::Tanh, 10_000, Task::Adam(1e-3)),
];

impl Workload {
    /// The workload of that name.
    pub fn named(name: &str) -> Option<Workload> {
        WORKLOADS.into_iter().find(|workload| workload.name == name)
    }

    /// A short form of the network, such as `784-128-10 relu`.
    pub fn network(&self) -> String {
        let widths: Vec<_> = self.widths.iter().map(usize::to_string).collect();
        format!("{} {:?}", widths.join("-"), self.activation).to_lowercase()
    }

    /// Whether it learns classes; otherwise [`targets`].
    pub fn has_classes(&self) -> bool {
        self.widths[0] >= 784
    }

    /// The number of rows of the data, where these are generated and not read.
    pub fn rows(&self) -> usize {
        match self.widths[0] {
            2 => 1024,
            1024 => 2048,
            _ => 10_000,
        }
    }

    /// Inputs and outputs of each layer.
    pub fn layers(&self) -> impl Iterator<Item = [usize; 2]> {
        self.widths.windows(2).map(|pair| [pair[0], pair[1]])
    }

    /// Additions and multiplications in the matrix products of one batch. In training these are the
    /// forward pass, the gradients of the weights, and those of every layer's input but the
    /// first's.
    pub fn flops(&self) -> usize {
        let products = self.layers().enumerate().map(|(index, [inputs, outputs])| {
            let products = match (self.task, index) {
                (Task::Predict, _) => 1,
                (_, 0) => 2,
                _ => 3,
            };
            products * 2 * inputs * outputs
        });
        self.batch * products.sum::<usize>()
    }
}

/// The command line.
#[derive(Debug)]
pub struct Options {
    /// The name of the framework in the output.
    pub peer: String,
    /// Names of workloads.
    pub workloads: Vec<String>,
    /// Threads to compute with.
    pub threads: usize,
    /// The duration of the measurement of a workload.
    pub seconds: f64,
    /// Whether to print losses and outputs instead of times.
    pub check: bool,
    /// If set, only runs this many steps, without output.
    pub steps: Option<usize>,
    /// The directory of Fashion-MNIST's files.
    pub data: Option<PathBuf>,
}

impl Options {
    /// Reads the command line of this process.
    ///
    /// # Errors
    ///
    /// If an option is unknown, or a value cannot be parsed.
    pub fn from_arguments(peer: &str) -> Result<Self, lexopt::Error> {
        use lexopt::prelude::*;
        let mut options = Options {
            peer: peer.into(),
            workloads: vec!["A".into()],
            threads: 2,
            seconds: 1.5,
            check: false,
            steps: None,
            data: std::env::var_os("PEERS_DATA").map(PathBuf::from),
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("peer") => options.peer = parser.value()?.string()?,
                Long("workloads") => {
                    options.workloads =
                        parser.value()?.string()?.split(',').map(String::from).collect();
                }
                Long("threads") => options.threads = parser.value()?.parse()?,
                Long("secs") => options.seconds = parser.value()?.parse()?,
                Long("check") => options.check = true,
                Long("steps") => options.steps = Some(parser.value()?.parse()?),
                Long("data") => options.data = Some(parser.value()?.into()),
                other => return Err(other.unexpected()),
            }
        }
        Ok(options)
    }

    /// Prints one number.
    pub fn emit(&self, workload: &str, metric: &str, value: f64, unit: &str) {
        println!(
            "{{\"peer\":\"{}\",\"workload\":\"{workload}\",\"threads\":{},\"metric\":\"{metric}\",\
             \"value\":{value:e},\"unit\":\"{unit}\"}}",
            self.peer, self.threads
        );
    }

    /// Measures the training of `subject`, whose data has `rows` rows, by the options of the
    /// command line.
    pub fn train(&self, workload: &Workload, rows: usize, mut subject: impl Training) {
        let name = workload.name;
        let mut batches = batches(rows, workload.batch);
        if self.check {
            for number in 1..=*workload.checked.last().unwrap_or(&0) {
                subject.step(batches());
                if workload.checked.contains(&number) {
                    self.emit(name, &format!("loss@{number}"), f64::from(subject.loss()), "1");
                }
            }
            return;
        }
        if let Some(steps) = self.steps {
            (0..steps).for_each(|_| subject.step(batches()));
            return;
        }
        let seconds = self.seconds_per_call(|| subject.step(batches()));
        self.emit(name, "samples_per_s", workload.batch as f64 / seconds, "samples/s");
        self.emit(name, "step_us", seconds * 1e6, "us");
        self.emit(name, "gflops", workload.flops() as f64 / seconds / 1e9, "GFLOP/s");
    }

    /// Measures `predict`, which computes the last layer's values for rows of `rows` and returns
    /// the very first of them.
    pub fn predict(
        &self,
        workload: &Workload,
        rows: usize,
        mut predict: impl FnMut(Range<usize>) -> f32,
    ) {
        let name = workload.name;
        let mut batches = batches(rows, workload.batch);
        if self.check {
            self.emit(name, "out@0", f64::from(predict(batches())), "1");
            self.emit(name, "out@1", f64::from(predict(batches())), "1");
            return;
        }
        let seconds = self.seconds_per_call(|| {
            black_box(predict(black_box(batches())));
        });
        self.emit(name, "latency_us", seconds * 1e6, "us");
        self.emit(name, "samples_per_s", workload.batch as f64 / seconds, "samples/s");
        self.emit(name, "gflops", workload.flops() as f64 / seconds / 1e9, "GFLOP/s");
    }

    /// Measures `compute`, which receives a, b and c.
    pub fn product(
        &self,
        name: &str,
        product: Product,
        mut compute: impl FnMut(&[f32], &[f32], &mut [f32]),
    ) {
        let Product { m, k, n, .. } = product;
        // In a tensor's memory: the alignment to a cache line changes the time of small products.
        let numbers = |stream, count: usize| {
            let number = |index| 2.0 * uniform(stream, index) - 1.0;
            Buffer::<f32>::from_slice(&(0..count as u32).map(number).collect::<Vec<_>>())
        };
        let (a, b, mut c) = (numbers(1, m * k), numbers(2, k * n), Buffer::zeroed(m * n));
        let seconds = self.seconds_per_call(|| compute(&a, &b, black_box(&mut c)));
        self.emit(name, "gflops", product.flops() as f64 / seconds / 1e9, "GFLOP/s");
    }

    /// Median over chunks of some 20 ms, after a warm-up.
    fn seconds_per_call(&self, mut call: impl FnMut()) -> f64 {
        let mut timed = |calls: usize| {
            let start = Instant::now();
            (0..calls).for_each(|_| call());
            start.elapsed().as_secs_f64()
        };
        let start = Instant::now();
        let (mut done, mut calls, mut best) = (0, 1, f64::MAX);
        while done < 3 || start.elapsed().as_secs_f64() < 0.3 * self.seconds {
            let time = timed(calls);
            best = best.min(time / calls as f64);
            done += calls;
            if time < 0.02 {
                calls = (calls * 2).min(1 << 24);
            }
        }
        let calls = ((0.02 / best).round() as usize).clamp(1, 1 << 24);
        let start = Instant::now();
        let mut times = Vec::new();
        while times.len() < 4 || start.elapsed().as_secs_f64() < self.seconds {
            times.push(timed(calls) / calls as f64);
        }
        median(&mut times)
    }
}

/// The matrix product c = a·b: a is `[m, k]`, b `[k, n]`, c `[m, n]`.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// Rows of a and c.
    pub m: usize,
    /// Columns of a, rows of b.
    pub k: usize,
    /// Columns of b and c.
    pub n: usize,
    /// Whether a is stored as `[k, m]`, as a batch is in the gradient of its layer's weights. All
    /// other matrices are row-major.
    pub transposed: bool,
}

impl Product {
    /// Parses a product from a name like `64x784x128`, or, with a transposed, `784x64x128-AtB`.
    pub fn named(name: &str) -> Option<Self> {
        let shape = name.strip_suffix("-AtB");
        let numbers = shape.unwrap_or(name).split('x').map(|number| number.parse().ok());
        let [m, k, n] = numbers.collect::<Option<Vec<usize>>>()?.try_into().ok()?;
        Some(Product { m, k, n, transposed: shape.is_some() })
    }

    /// The strides of a: from a row to the next, and from a column to the next.
    pub fn strides(&self) -> [usize; 2] {
        if self.transposed { [1, self.m] } else { [self.k, 1] }
    }

    /// Additions and multiplications.
    pub fn flops(&self) -> usize {
        2 * self.m * self.k * self.n
    }
}

/// A framework that trains the network of a workload on its data.
pub trait Training {
    /// Trains one step on these rows of the data, and computes the loss.
    fn step(&mut self, rows: Range<usize>);

    /// The loss of the last step, before its update.
    fn loss(&self) -> f32;
}

/// The row ranges of the whole batches, in an endless cycle.
fn batches(rows: usize, batch: usize) -> impl FnMut() -> Range<usize> {
    let end = rows / batch * batch;
    let mut first = 0;
    move || {
        let these = first..first + batch;
        first = if these.end == end { 0 } else { these.end };
        these
    }
}

/// The main function of a program for one framework: runs every workload of the command line in
/// turn.
pub fn main(peer: &str, run: impl Fn(&str, &Options) -> Result<(), String>) -> ExitCode {
    let result = Options::from_arguments(peer)
        .map_err(|error| error.to_string())
        .and_then(|options| options.workloads.iter().try_for_each(|name| run(name, &options)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// A 32-bit mixing function; its results are part of the protocol.
pub fn hash(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ x >> 16
}

/// Uniform in \[0, 1) with 24 bits.
pub fn uniform(stream: u32, index: u32) -> f32 {
    (hash(index.wrapping_add(hash(stream.wrapping_add(1)))) >> 8) as f32 / 16_777_216.0
}

/// Weight number `index` of a layer, all of them being `[inputs, outputs]`, row by row.
pub fn weight(layer: usize, [inputs, outputs]: [usize; 2], index: usize) -> f32 {
    let bound = (6.0 / (inputs + outputs) as f64).sqrt();
    ((2.0 * f64::from(uniform(layer as u32, index as u32)) - 1.0) * bound) as f32
}

/// `count` inputs between -1 and 1 for the networks that do not look at images.
pub fn inputs(count: usize) -> Vec<f32> {
    (0..count as u32).map(|k| 2.0 * uniform(1000, k) - 1.0).collect()
}

/// The class of a row of [`inputs`].
pub fn class(row: usize, classes: usize) -> usize {
    hash(row as u32 + 77_777) as usize % classes
}

/// The targets of a network without classes: products of adjacent inputs.
pub fn targets<const O: usize>(input: &[f32]) -> [f32; O] {
    std::array::from_fn(|at| input[at] * input[(at + 1) % input.len()])
}

/// The middle value, or the mean of the middle two.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { 0.5 * (values[middle - 1] + values[middle]) }
}
