//! A training step of the static driver and of the tape.
//!
//! Throughput is in samples per second; the operations in the line below a benchmark are those of
//! the matrix products.

use autograd::Tape;
use benches::measure::{Work, measure, plural, quick};
use benches::protocol::{Task, Workload};
use benches::{Digits, Tiny, Wide, samples};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
#[cfg(feature = "peers")]
use nn::Row;
use nn::data::{Class, Dataset};
use nn::prelude::*;
use nn::{Adam, Average, Clip, Fit, Optimizer, Sgd, Show, Threads, Trainer};

/// The training step of a workload, whose network is `N`.
fn steps<N: Network<Float = f32>>(
    criterion: &mut Criterion,
    workload: &str,
    inputs: &[N::Input],
    targets: &[N::Target],
) {
    let workload = Workload::named(workload).expect("one of the protocol's");
    let name = format!("step {}, batch {}", workload.network(), workload.batch);
    // Rates so small that the loss stays finite after any number of steps on one batch.
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

/// The size of an optimizer's state, in numbers per parameter.
fn memory_of<O: Optimizer<f32>>(_: &O) -> usize {
    O::MEMORY.len()
}

/// Parameters and the optimizer's state are read and written, the samples read.
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

/// Epochs of the flagship with Adam, by a loop that bounds gradients and averages parameters, or
/// does neither.
fn loops(criterion: &mut Criterion) {
    const ROWS: usize = 6400;
    const EPOCHS: usize = 4;
    const BATCH: usize = 64;
    let data = Dataset::new(samples(ROWS), classes(ROWS)).expect("a target for each");
    type Wish = fn(Fit<'_, Digits, Adam>) -> Fit<'_, Digits, Adam>;
    let wishes: [(&str, Wish); 4] = [
        ("plain", |fit| fit),
        ("clip", |fit| fit.clip(Clip::norm(1.0))),
        ("average", |fit| fit.average(Average::exponential(0.999))),
        ("clip and average", |fit| fit.clip(Clip::norm(1.0)).average(Average::exponential(0.999))),
    ];
    let mut group = criterion.benchmark_group("epochs of 784→128→10, batch 64, Adam");
    for threads in [1, 2] {
        for (name, wish) in wishes {
            let step =
                work::<Digits>(&data.inputs()[..BATCH], memory_of(&Adam::new(1e-4)), threads);
            let steps = EPOCHS * ROWS / BATCH;
            let work = Work {
                elements: EPOCHS * ROWS,
                flops: steps * step.flops,
                bytes: steps * step.bytes,
                threads,
            };
            measure(&mut group, BenchmarkId::new(name, plural(threads)), work, || {
                let mut network = Digits::init(1);
                let fit = fit(&mut network, &data).optimizer(Adam::new(1e-4));
                let fit = fit.epochs(EPOCHS).batch_size(BATCH);
                let fit = fit.threads(&Threads::new(threads)).show(Show::Nothing);
                wish(fit).run().expect("a finite loss")
            });
        }
    }
    group.finish();
}

fn all(criterion: &mut Criterion) {
    for (workload, rows) in [("A", 64), ("A-adam", 64), ("B", 512), ("B-adam", 512)] {
        steps::<Digits>(criterion, workload, &samples(rows), &classes(rows));
    }
    steps::<Wide>(criterion, "C", &samples(128), &classes(128));
    steps::<Tiny>(criterion, "Ttiny", &samples(32), &samples(32));
    loops(criterion);
}

criterion_group! { name = benches; config = quick(); targets = all }
criterion_main!(benches);
