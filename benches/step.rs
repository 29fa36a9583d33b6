//! A training step of the static driver and of the tape.
//!
//! Throughput is in samples per second; the operations in the line below a benchmark are those of the
//! matrix products.

use autograd::Tape;
use benches::measure::{Work, measure, plural, quick};
use benches::protocol::{Task, Workload};
use benches::{Digits, Tiny, Wide, samples};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
#[cfg(feature = "peers")]
use nn::Row;
use nn::data::Class;
use nn::prelude::*;
use nn::{Adam, Optimizer, Sgd, Threads, Trainer};

/// The training step of a workload, whose network is `N`.
fn steps<N: Network<Float = f32>>(
    criterion: &mut Criterion,
    workload: &str,
    inputs: &[N::Input],
    targets: &[N::Target],
) {
    let workload = Workload::named(workload).expect("one of the protocol's");
    let name = format!("step {}, batch {}", workload.network(), workload.batch);
    // Rates so small that the loss stays finite however often one batch is learned.
    let task = match workload.task {
        Task::Adam(_) => Task::Adam(1e-4),
        _ => Task::Sgd(1e-3),
    };
    let mut group = criterion.benchmark_group(match task {
        Task::Adam(_) => format!("{name}, Adam"),
        _ => format!("{name}, SGD"),
    });
    match task {
        Task::Adam(rate) => by_driver::<N>(&mut group, Adam::new(rate), inputs, targets),
        Task::Sgd(rate) => by_driver::<N>(&mut group, Sgd::new(rate), inputs, targets),
        Task::Predict => unreachable!("{workload:?} trains nothing"),
    }
    let network = N::init(1);
    let work = work::<N>(inputs, 0, 1);
    measure(&mut group, BenchmarkId::new("tape", "gradient only"), work, || {
        let tape = Tape::new();
        let on_tape = network.on_tape(&tape).expect("parameters fit");
        let logits = on_tape.logits(on_tape.inputs(inputs).expect("inputs fit"));
        let loss = on_tape.loss(logits.expect("widths fit"), targets).expect("targets fit");
        loss.backward().expect("gradients")
    });
    #[cfg(feature = "peers")]
    for (peer, open) in peers::FRAMEWORKS {
        let workload = Workload { task, ..workload };
        let classes = (0..inputs.len()).map(label).collect();
        let mut network = open(&workload, Row::flatten(inputs).to_vec(), classes);
        measure(&mut group, BenchmarkId::from_parameter(peer), work, || {
            network.step(0..inputs.len());
        });
    }
    group.finish();
}

/// The step with one thread and with two.
fn by_driver<N: Network<Float = f32>>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    optimizer: impl Optimizer<f32> + Copy,
    inputs: &[N::Input],
    targets: &[N::Target],
) {
    for threads in [1, 2] {
        let mut network = N::init(1);
        let mut trainer = Trainer::new(optimizer).threads(&Threads::new(threads));
        let id = BenchmarkId::new("static", plural(threads));
        measure(group, id, work::<N>(inputs, memory_of(&optimizer), threads), || {
            trainer.step(&mut network, inputs, targets).expect("a finite loss")
        });
    }
}

/// How many numbers an optimizer remembers for each parameter.
fn memory_of<O: Optimizer<f32>>(_: &O) -> usize {
    O::MEMORY.len()
}

/// Parameters and what the optimizer remembers of them are read and written, the samples read.
fn work<N: Network<Float = f32>>(inputs: &[N::Input], memory: usize, threads: usize) -> Work {
    let rows = inputs.len();
    Work {
        elements: rows,
        flops: rows * N::STEP_FLOPS,
        bytes: 2 * (1 + memory) * N::BYTES + size_of_val(inputs) + rows * size_of::<N::Target>(),
        threads,
    }
}

/// The class of a row.
fn label(row: usize) -> u32 {
    (row * 7 % 10) as u32
}

fn classes(rows: usize) -> Vec<Class<10>> {
    let labels: Vec<u8> = (0..rows).map(|row| label(row) as u8).collect();
    Class::from_labels(&labels).expect("labels below 10")
}

fn all(criterion: &mut Criterion) {
    for (workload, rows) in [("A", 64), ("A-adam", 64), ("B", 512), ("B-adam", 512)] {
        steps::<Digits>(criterion, workload, &samples(rows), &classes(rows));
    }
    steps::<Wide>(criterion, "C", &samples(128), &classes(128));
    steps::<Tiny>(criterion, "Ttiny", &samples(32), &samples(32));
}

criterion_group! { name = benches; config = quick(); targets = all }
criterion_main!(benches);
