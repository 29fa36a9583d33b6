//! The workloads on which frameworks are compared, behind the command line that each of them answers.
//!
//! `workloads --workloads A,D,F1 --threads N --secs S [--check | --steps K] [--peer NAME]` prints one line of
//! JSON for every number: training `samples_per_s`, `step_us` and `gflops`, inference `latency_us` and
//! `samples_per_s`; with `--check` the losses (`loss@N`) or outputs (`out@0`, `out@1`) that all
//! frameworks must agree on; for the workload G `epoch_s` and `accuracy`.
//!
//! Weights, data and timing follow one protocol: Glorot-uniform weights from an integer hash, minibatches
//! in order, a warm-up of 0.3 S seconds, then chunks of some 20 ms whose median counts. `--data DIR` or
//! `PEERS_DATA` names the directory of Fashion-MNIST's files.

use std::hint::black_box;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use benches::{Digits, Tiny, Wide};
use nn::data::{Class, Dataset, Minibatch, fashion_mnist};
use nn::layer::Inference;
use nn::{Adam, Network, Optimizer, Row, Sgd, Threads, Trainer, network};

network! {
    /// Sixteen narrow layers.
    struct Deep(
        dense(784 -> 64, tanh), dense(64, tanh), dense(64, tanh), dense(64, tanh),
        dense(64, tanh), dense(64, tanh), dense(64, tanh), dense(64, tanh),
        dense(64, tanh), dense(64, tanh), dense(64, tanh), dense(64, tanh),
        dense(64, tanh), dense(64, tanh), dense(64, tanh), dense(64, tanh),
        dense(10, softmax),
    );
    /// 25 million parameters.
    struct Large(dense(1024 -> 4096, relu), dense(4096, relu), dense(1000, softmax));
}

struct Options {
    peer: String,
    workloads: Vec<String>,
    threads: usize,
    seconds: f64,
    check: bool,
    steps: Option<usize>,
    data: Option<PathBuf>,
}

fn options() -> Result<Options, lexopt::Error> {
    use lexopt::prelude::*;
    let mut options = Options {
        peer: "nn".into(),
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

fn main() -> ExitCode {
    let result = options()
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

fn run(name: &str, options: &Options) -> Result<(), String> {
    let images = || {
        fashion_mnist::load(options.data.as_deref())
            .map(|data| data.train)
            .map_err(|error| error.to_string())
    };
    let run = Run { name, options };
    match name {
        "A" => run.train::<Digits, 10>(&images()?, 64, Sgd::new(0.1), &[1, 10, 100]),
        "A-adam" => run.train::<Digits, 10>(&images()?, 64, Adam::new(1e-3), &[1, 10, 100]),
        "B" => run.train::<Digits, 10>(&images()?, 512, Sgd::new(0.1), &[1, 10, 100]),
        "B-adam" => run.train::<Digits, 10>(&images()?, 512, Adam::new(1e-3), &[1, 10, 100]),
        "C" => run.train::<Wide, 10>(&images()?, 128, Adam::new(1e-3), &[1, 10, 100]),
        "D" => run.train::<Deep, 10>(&images()?, 32, Sgd::new(0.01), &[1, 10, 100]),
        "E" => run.train::<Large, 1000>(&large_data(), 256, Sgd::new(0.01), &[1, 3]),
        "F1" => run.predict::<Digits>(&images()?.inputs()[..4096], 1),
        "F256" => run.predict::<Digits>(&images()?.inputs()[..4096], 256),
        "Ftiny" => {
            let x: Vec<f32> = (0..2048).map(|k| 2.0 * uniform(1000, k) - 1.0).collect();
            run.predict::<Tiny>(x.as_chunks().0, 1);
        }
        "G" => {
            let data = fashion_mnist::load(options.data.as_deref()).map_err(|e| e.to_string())?;
            run.epochs(&data);
        }
        other => return Err(format!("there is no workload {other}")),
    }
    Ok(())
}

/// One workload under one command line.
struct Run<'a> {
    name: &'a str,
    options: &'a Options,
}

impl Run<'_> {
    fn train<N, const CLASSES: usize>(
        &self,
        data: &Dataset<N::Input, Class<CLASSES>>,
        batch: usize,
        optimizer: impl Optimizer<f32>,
        checked: &[usize],
    ) where
        N: Network<Float = f32, Target = Class<CLASSES>>,
    {
        let mut network = initial::<N>();
        let mut trainer = Trainer::new(optimizer).threads(&Threads::new(self.options.threads));
        let batches = data.len() / batch;
        let mut count = 0;
        let mut step = || {
            let rows = count % batches * batch..(count % batches + 1) * batch;
            count += 1;
            let (x, t) = (&data.inputs()[rows.clone()], &data.targets()[rows]);
            trainer.step(&mut network, x, t).expect("a finite loss")
        };
        if self.options.check {
            for number in 1..=*checked.last().unwrap_or(&0) {
                let loss = step();
                if checked.contains(&number) {
                    self.emit(&format!("loss@{number}"), f64::from(loss), "1");
                }
            }
            return;
        }
        if let Some(steps) = self.options.steps {
            (0..steps).for_each(|_| {
                step();
            });
            return;
        }
        let seconds = seconds_per_call(self.options.seconds, || {
            black_box(step());
        });
        self.emit("samples_per_s", batch as f64 / seconds, "samples/s");
        self.emit("step_us", seconds * 1e6, "us");
        self.emit("gflops", (batch * N::STEP_FLOPS) as f64 / seconds / 1e9, "GFLOP/s");
    }

    fn predict<N: Network<Float = f32>>(&self, inputs: &[N::Input], batch: usize) {
        let network = initial::<N>();
        let threads = Threads::new(self.options.threads);
        let mut outputs = vec![N::Output::zeroed(); batch];
        // The protocol's output is the last layer's, before its function.
        let mut first = |row: usize| {
            if batch == 1 {
                network.logits(black_box(&inputs[row])).as_slice()[0]
            } else {
                network.logits_into(black_box(&inputs[row..row + batch]), &mut outputs, &threads);
                outputs[0].as_slice()[0]
            }
        };
        if self.options.check {
            self.emit("out@0", f64::from(first(0)), "1");
            self.emit("out@1", f64::from(first(batch)), "1");
            return;
        }
        let batches = inputs.len() / batch;
        let mut count = 0;
        let seconds = seconds_per_call(self.options.seconds, || {
            black_box(first(count % batches * batch));
            count += 1;
        });
        self.emit("latency_us", seconds * 1e6, "us");
        self.emit("samples_per_s", batch as f64 / seconds, "samples/s");
    }

    /// Ten epochs of Adam on batches of 64, shuffled, the last smaller batch left out.
    fn epochs(&self, data: &fashion_mnist::FashionMnist) {
        let threads = Threads::new(self.options.threads);
        let mut network = initial::<Digits>();
        let mut trainer = Trainer::new(Adam::new(1e-3)).threads(&threads);
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
                    batch.gather(&data.train, rows);
                    trainer
                        .step(&mut network, batch.inputs(), batch.targets())
                        .expect("a finite loss");
                }
                start.elapsed().as_secs_f64()
            })
            .collect();
        self.emit("epoch_s", median(&mut seconds), "s");
        let accuracy = network.evaluate(&data.test, &threads).accuracy;
        self.emit("accuracy", accuracy.unwrap_or(f64::NAN), "1");
    }

    fn emit(&self, metric: &str, value: f64, unit: &str) {
        let Options { peer, threads, .. } = self.options;
        println!(
            "{{\"peer\":\"{peer}\",\"workload\":\"{}\",\"threads\":{threads},\"metric\":\"{metric}\",\
             \"value\":{value:e},\"unit\":\"{unit}\"}}",
            self.name
        );
    }
}

/// A 32-bit mixing function; what it gives is the protocol's.
fn hash(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ x >> 16
}

/// Uniform in \[0, 1) with 24 bits.
fn uniform(stream: u32, index: u32) -> f32 {
    (hash(index.wrapping_add(hash(stream.wrapping_add(1)))) >> 8) as f32 / 16_777_216.0
}

/// The weights that every framework starts from: Glorot-uniform, biases zero.
fn initial<N: Network<Float = f32>>() -> N {
    let mut network = N::init(0);
    let parameters = network.parameters_mut().as_mut_slice();
    for index in 0..N::INFO.count() {
        let (layer, start) = N::INFO.layer(index);
        let bound = (6.0 / (layer.inputs + layer.outputs) as f64).sqrt();
        let weights = &mut parameters[start..][..layer.inputs * layer.outputs];
        for (k, weight) in weights.iter_mut().enumerate() {
            let unit = f64::from(uniform(index as u32, k as u32));
            *weight = ((2.0 * unit - 1.0) * bound) as f32;
        }
    }
    assert_eq!(parameters.len(), N::Layers::LEN);
    network
}

/// 2048 samples made by the hash.
fn large_data() -> Dataset<[f32; 1024], Class<1000>> {
    let x: Vec<f32> = (0..2048 * 1024).map(|k| 2.0 * uniform(1000, k) - 1.0).collect();
    let classes = (0..2048).map(|row| hash(row + 77_777) as usize % 1000);
    let targets = classes.map(|class| Class::new(class).expect("below 1000")).collect();
    Dataset::new(x.as_chunks().0.to_vec(), targets).expect("as many targets as samples")
}

/// Median over chunks of some 20 ms, after a warm-up.
fn seconds_per_call(seconds: f64, mut call: impl FnMut()) -> f64 {
    let mut timed = |calls: usize| {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed().as_secs_f64()
    };
    let start = Instant::now();
    let (mut done, mut calls, mut best) = (0, 1, f64::MAX);
    while done < 3 || start.elapsed().as_secs_f64() < 0.3 * seconds {
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
    while times.len() < 4 || start.elapsed().as_secs_f64() < seconds {
        times.push(timed(calls) / calls as f64);
    }
    median(&mut times)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { 0.5 * (values[middle - 1] + values[middle]) }
}
