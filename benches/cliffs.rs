//! Finds performance cliffs: `cliffs [FILE.svg]`. Measures the time of a training step per
//! operation, over the width of a layer, over the batch, and over the inputs of narrow layers.
//!
//! The widths and batches are around every size at which the kernels change: whole vectors and
//! tiles, packing, the second thread. Neighbors whose times for one operation differ by more than
//! 1.3 are reported, and so is every size at which two threads are slower than one. (A longer row
//! that is faster for one operation is no cliff, unless the shorter one is almost as long.)

use std::process::ExitCode;
use std::time::Instant;

use benches::chart::{Axis, Chart, Series, processor, svg};
use benches::protocol::median;
use benches::{Digits, numbers};
use nn::activation::{Identity, Relu};
use nn::data::Class;
use nn::head::Softmax;
use nn::layer::{Dense, Then};
use nn::{Network, Row, Sequential, Sgd, Threads, Trainer};

/// W inputs, W hidden units, 10 classes.
type Square<const W: usize> =
    Sequential<Then<Dense<W, W, Relu>, Dense<W, 10, Identity>>, Softmax<10>, W, 10>;

/// I inputs, O hidden units, 10 classes: layers whose products are compiled for their widths.
type Oblong<const I: usize, const O: usize> =
    Sequential<Then<Dense<I, O, Relu>, Dense<O, 10, Identity>>, Softmax<10>, I, 10>;

/// Rows of the batch while the width changes.
const BATCH: usize = 64;

const BATCHES: [usize; 40] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 17, 20, 24, 31, 32, 33, 40, 48, 63, 64, 65, 80,
    96, 127, 128, 129, 192, 255, 256, 257, 384, 511, 512, 513, 768, 1024,
];

/// The measurement at one size: nanoseconds for a thousand operations, with one thread and with
/// two.
struct Point {
    size: usize,
    cost: [f64; 2],
}

fn main() -> ExitCode {
    let widths = widths();
    let batches: Vec<Point> = BATCHES.iter().map(|&rows| point::<Digits>(rows, rows)).collect();
    let mut calm = report("width", &widths) & report("batch", &batches);
    for (outputs, points) in oblongs() {
        calm &= report(&format!("to {outputs}"), &points);
    }
    let machine = processor();
    let charts = [
        chart(format!("A step of W-W-10 relu, batch {BATCH}, over the width W"), &machine, &widths),
        chart("A step of 784-128-10 relu over the batch".into(), &machine, &batches),
    ];
    let file = std::env::args().nth(1).unwrap_or_else(|| "cliffs.svg".into());
    if let Err(error) = std::fs::write(&file, svg(&charts)) {
        eprintln!("error: {file}: {error}");
        return ExitCode::FAILURE;
    }
    if calm { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn widths() -> Vec<Point> {
    macro_rules! each { ($($width:literal)*) => {
        vec![$(point::<Square<$width>>($width, BATCH)),*]
    }}
    each!(8 9 10 12 14 15 16 17 20 23 24 25 28 31 32 33 36 40 44 47 48 49 56 63 64 65 72 80 81
        95 96 97 112 127 128 129 144 160 176 191 192 193 224 255 256 257 288 320 352 383 384 385 448
        511 512 513 640 768 769 896 1023 1024)
}

/// For each number of outputs, over the inputs.
fn oblongs() -> Vec<(usize, Vec<Point>)> {
    macro_rules! over { ($outputs:literal: $($inputs:literal)*) => {
        ($outputs, vec![$(point::<Oblong<$inputs, $outputs>>($inputs, BATCH)),*])
    }}
    vec![
        over!(4: 2 4 8 16 32 64),
        over!(8: 2 4 8 16 32 64),
        over!(16: 2 4 8 16 32 64),
        over!(32: 2 4 8 16 32 64),
        over!(64: 2 4 8 16 32 64),
    ]
}

/// Times the step of `N` on a batch of `rows`.
fn point<N: Network<Float = f32, Target = Class<10>>>(size: usize, rows: usize) -> Point {
    let mut inputs = vec![N::Input::zeroed(); rows];
    Row::flatten_mut(&mut inputs).copy_from_slice(&numbers(rows * N::Input::LEN));
    let labels: Vec<u8> = (0..rows).map(|row| (row % 10) as u8).collect();
    let targets = Class::from_labels(&labels).expect("labels below 10");
    let mut runs = [1, 2].map(|threads| {
        let trainer = Trainer::new(Sgd::new(1e-4)).threads(&Threads::new(threads));
        (N::init(1), trainer)
    });
    let mut timed = |run: usize, calls: usize| {
        let (network, trainer) = &mut runs[run];
        let start = Instant::now();
        for _ in 0..calls {
            trainer.step(network, &inputs, &targets).expect("a finite loss");
        }
        start.elapsed().as_secs_f64() / calls as f64
    };
    let calls = [0, 1].map(|run| {
        timed(run, 2);
        (2e-3 / timed(run, 3)) as usize + 1
    });
    // The thread counts alternate, so that a disturbance affects both.
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..21 {
        for run in [0, 1] {
            times[run].push(timed(run, calls[run]));
        }
    }
    let cost = times.map(|mut times| median(&mut times) * 1e12 / (rows * N::STEP_FLOPS) as f64);
    Point { size, cost }
}

/// Prints the points and their cliffs; returns whether there are none.
fn report(name: &str, points: &[Point]) -> bool {
    println!("{name:>8}{:>16}{:>16}   ns for 1000 operations", "1 thread", "2 threads");
    let mut calm = true;
    let mut before: Option<&Point> = None;
    for point in points {
        let [one, two] = point.cost;
        print!("{:8}{one:16.2}{two:16.2}", point.size);
        for (threads, cost) in (1..).zip(point.cost) {
            let Some(before) = before else { continue };
            let jump = cost / before.cost[threads - 1];
            let alike = point.size as f64 <= 1.15 * before.size as f64;
            if jump > 1.3 || alike && jump < 1.0 / 1.3 {
                calm = false;
                print!("   {jump:.2} times {name} {} with {threads} threads", before.size);
            }
        }
        if two > 1.05 * one {
            calm = false;
            print!("   two threads are {:.2} times slower", two / one);
        }
        println!();
        before = Some(point);
    }
    calm
}

fn chart(title: String, machine: &str, points: &[Point]) -> Chart {
    let sizes = || points.iter().map(|point| point.size as f64);
    let costs = || points.iter().flat_map(|point| point.cost);
    let range = [0.8 * costs().fold(f64::MAX, f64::min), 1.25 * costs().fold(0.0, f64::max)];
    let line = |run: usize| Series {
        name: ["1 thread", "2 threads"][run].into(),
        points: points.iter().map(|point| [point.size as f64, point.cost[run]]).collect(),
        color: run,
        line: true,
        dots: true,
        ..Series::default()
    };
    let ends = [sizes().fold(f64::MAX, f64::min), sizes().fold(0.0, f64::max)];
    Chart {
        title,
        subtitle: machine.into(),
        x: Axis::log("", ends).ticks((0..=10).map(|power| f64::from(1 << power))),
        y: Axis::log("ns for 1000 operations", range),
        series: vec![line(0), line(1)],
    }
}
