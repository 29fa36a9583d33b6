//! Draws a roofline chart of the kernels of a training step: `roofline [FILE.svg]`.
//!
//! The x axis is the arithmetic intensity, the operations for every byte that must be moved (each
//! operand read once, the result written once). The y axis is the operations per second. The roofs
//! are the multiply-adds that one thread can do, and the bytes that it can read from blocks of
//! memory of three sizes. Also prints the numbers.

use std::process::ExitCode;
use std::time::Instant;

use benches::chart::{Axis, Chart, Series, processor, svg};
use benches::machine::{fma_peak, read_bandwidth};
use benches::measure::Work;
use benches::numbers;
use benches::protocol::median;
use nn::activation::{Activation, Relu};
use nn::data::Class;
use nn::loss::{LossRows, SoftmaxLoss, cross_entropy};
use nn::{Adam, Optimizer, Sgd, Step, Stretch};
use tensor::product::{Matrix, Start, product};

/// The network 784-128-10 and its batch.
const WIDTHS: [usize; 3] = [784, 128, 10];
const BATCH: usize = 64;

/// A kernel's name, what it does, and its time.
struct Kernel {
    name: &'static str,
    work: Work,
    seconds: f64,
}

fn main() -> ExitCode {
    let peak = fma_peak(1) / 1e9;
    let blocks = [("16 KiB", 16 << 10), ("512 KiB", 512 << 10), ("64 MiB", 64 << 20)];
    let bandwidths = blocks.map(|(name, bytes)| (name, read_bandwidth(bytes) / 1e9));
    let mut kernels = products();
    kernels.extend(passes());

    println!("one thread: {peak:.1} GFLOP/s of f32 multiply-adds");
    for (name, rate) in bandwidths {
        println!("reading {name} again and again: {rate:.1} GB/s");
    }
    println!("\n{:32}{:>10}{:>12}{:>9}{:>14}", "kernel", "µs", "GFLOP/s", "%", "FLOP/byte");
    for Kernel { name, work, seconds } in &kernels {
        let rate = work.flops as f64 / seconds / 1e9;
        let intensity = work.flops as f64 / work.bytes as f64;
        let percent = 100.0 * rate / peak;
        println!("{name:32}{:>10.2}{rate:>12.1}{percent:>9.1}{intensity:>14.2}", seconds * 1e6);
    }

    let file = std::env::args().nth(1).unwrap_or_else(|| "roofline.svg".into());
    match std::fs::write(&file, svg(&[chart(peak, &bandwidths, &kernels)])) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {file}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The matrix products of the step.
fn products() -> Vec<Kernel> {
    let [inputs, hidden, outputs] = WIDTHS;
    let (x, h, dz) = (numbers(BATCH * inputs), numbers(BATCH * hidden), numbers(BATCH * outputs));
    let y = numbers(BATCH * hidden);
    let (w1, w2, b1, b2) =
        (numbers(inputs * hidden), numbers(hidden * outputs), numbers(hidden), numbers(outputs));
    let (x, h, dz) = (
        Matrix::new(&x, BATCH, inputs),
        Matrix::new(&h, BATCH, hidden),
        Matrix::new(&dz, BATCH, outputs),
    );
    let (w1, w2) = (Matrix::new(&w1, inputs, hidden), Matrix::new(&w2, hidden, outputs));
    let relu: &dyn Fn(usize, &mut [f32]) = &|_, values| Relu.forward(values);
    let gate: &dyn Fn(usize, &mut [f32]) = &|from, values| {
        let y = &y[from..][..values.len()];
        Relu.backward(values, y, y);
    };
    let cases = [
        ("forward 1, bias, relu", x, w1, Start::Bias(&b1[..]), Some(relu)),
        ("forward 2, bias", h, w2, Start::Bias(&b2[..]), None),
        ("gradient of the hidden layer", dz, w2.transposed(), Start::Zero, Some(gate)),
        ("gradient of the weights 2", h.transposed(), dz, Start::Zero, None),
        ("gradient of the weights 1", x.transposed(), h, Start::Zero, None),
    ];
    let kernels = cases.map(|(name, a, b, start, finish)| {
        let shape = [a.rows(), a.cols(), b.cols()];
        let mut c = vec![0.0; a.rows() * b.cols()];
        let seconds = seconds(|| product(a, b, start, &mut c, finish));
        Kernel { name, work: Work::product(shape), seconds }
    });
    kernels.into()
}

/// The kernels that read their operands once: the loss, the optimizers.
fn passes() -> Vec<Kernel> {
    let [_, _, outputs] = WIDTHS;
    let logits = numbers(BATCH * outputs);
    let labels: Vec<u8> = (0..BATCH).map(|row| (row % outputs) as u8).collect();
    let targets = Class::<10>::from_labels(&labels).expect("labels below 10");
    let (mut losses, mut gradient) = (vec![0.0; BATCH], vec![0.0; BATCH * outputs]);
    let loss = Kernel {
        name: "softmax, cross-entropy, gradient",
        // A maximum, a difference, an exponential, a sum, a quotient and a difference per element.
        work: Work { flops: 6 * logits.len(), ..Work::elementwise(logits.len()) },
        seconds: seconds(|| {
            cross_entropy().evaluate(LossRows {
                logits: &logits,
                targets: &targets,
                scale: 1.0 / 64.0,
                losses: &mut losses,
                gradient: &mut gradient,
                smoothing: 1.0,
            });
        }),
    };
    let count = WIDTHS[0] * WIDTHS[1];
    // Twelve bytes per element for SGD, 28 for Adam with its two moments.
    let sgd = Work { flops: 2 * count, bytes: 12 * count, ..Work::elementwise(count) };
    let adam = Work { flops: 12 * count, bytes: 28 * count, ..sgd };
    vec![
        loss,
        Kernel { name: "SGD", work: sgd, seconds: update(Sgd::new(1e-3), count) },
        Kernel { name: "Adam", work: adam, seconds: update(Adam::new(1e-3), count) },
    ]
}

fn update<O: Optimizer<f32>>(optimizer: O, count: usize) -> f64 {
    let (mut parameters, gradient) = (numbers(count), numbers(count));
    let mut memory = vec![vec![0.0; count]; O::MEMORY.len()];
    seconds(|| {
        let mut stretch = Stretch::new(&mut parameters, &gradient, []);
        for (slot, memory) in stretch.memory.iter_mut().zip(&mut memory) {
            *slot = memory;
        }
        optimizer.update(Step::new(10), stretch);
    })
}

/// Median over chunks of about 2 ms.
fn seconds(mut call: impl FnMut()) -> f64 {
    let mut timed = |calls: usize| {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed().as_secs_f64() / calls as f64
    };
    timed(10);
    let calls = (2e-3 / timed(10)) as usize + 1;
    median(&mut (0..41).map(|_| timed(calls)).collect::<Vec<_>>())
}

fn chart(peak: f64, bandwidths: &[(&str, f64)], kernels: &[Kernel]) -> Chart {
    let x = [0.05, 100.0];
    let y = [1.0, 1.5 * peak];
    let mut series = vec![Series {
        points: vec![[peak / bandwidths[0].1, peak], [x[1], peak]],
        color: 4,
        line: true,
        labels: vec![format!("{peak:.0} GFLOP/s")],
        ..Series::default()
    }];
    for &(name, rate) in bandwidths {
        series.push(Series {
            points: vec![
                [x[0].max(y[0] / rate), rate * x[0].max(y[0] / rate)],
                [peak / rate, peak],
            ],
            color: 4,
            line: true,
            labels: vec![format!("{rate:.0} GB/s from {name}")],
            ..Series::default()
        });
    }
    for (color, (name, part)) in
        [("matrix products", &kernels[..5]), ("passes", &kernels[5..])].into_iter().enumerate()
    {
        let dot = |kernel: &Kernel| {
            let flops = kernel.work.flops as f64;
            [flops / kernel.work.bytes as f64, flops / kernel.seconds / 1e9]
        };
        series.push(Series {
            name: name.into(),
            points: part.iter().map(dot).collect(),
            color,
            dots: true,
            labels: part.iter().map(|kernel| kernel.name.to_string()).collect(),
            ..Series::default()
        });
    }
    Chart {
        title: "Kernels of a training step: 784-128-10 relu, batch 64, one thread".into(),
        subtitle: processor(),
        x: Axis::log("operations for every byte that must be moved (FLOP/byte)", x),
        y: Axis::log("GFLOP/s", y),
        series,
    }
}
