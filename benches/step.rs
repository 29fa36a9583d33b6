//! A training step of the static driver and of the tape.
//!
//! Throughput is in samples per second.

use autograd::Tape;
use benches::{Digits, Tiny, Wide, quick, samples};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::data::Class;
use nn::{Adam, Network, Optimizer, Sgd, Threads, Trainer};

fn steps<N: Network<Float = f32>>(
    criterion: &mut Criterion,
    name: &str,
    optimizer: impl Optimizer<f32> + Copy,
    inputs: &[N::Input],
    targets: &[N::Target],
) {
    let mut group = criterion.benchmark_group(format!("step {name}, batch {}", inputs.len()));
    group.throughput(Throughput::Elements(inputs.len() as u64));
    for threads in [1, 2] {
        let mut network = N::init(1);
        let mut trainer = Trainer::new(optimizer).threads(&Threads::new(threads));
        group.bench_function(BenchmarkId::new("static", format!("{threads} threads")), |bencher| {
            bencher.iter(|| trainer.step(&mut network, inputs, targets).expect("a finite loss"));
        });
    }
    group.bench_function(BenchmarkId::new("tape", "gradient only"), |bencher| {
        let network = N::init(1);
        bencher.iter(|| {
            let tape = Tape::new();
            let on_tape = network.on_tape(&tape).expect("parameters fit");
            let logits = on_tape.logits(on_tape.inputs(inputs).expect("inputs fit"));
            let loss = on_tape.loss(logits.expect("widths fit"), targets).expect("targets fit");
            loss.backward().expect("gradients")
        });
    });
    group.finish();
}

fn classes(rows: usize) -> Vec<Class<10>> {
    let labels: Vec<u8> = (0..rows).map(|row| (row * 7 % 10) as u8).collect();
    Class::from_labels(&labels).expect("labels below 10")
}

fn all(criterion: &mut Criterion) {
    for rows in [64, 512] {
        let (x, t) = (samples(rows), classes(rows));
        steps::<Digits>(criterion, "784-128-10 relu, SGD", Sgd::new(1e-3), &x, &t);
        steps::<Digits>(criterion, "784-128-10 relu, Adam", Adam::new(1e-4), &x, &t);
    }
    let (x, t) = (samples(128), classes(128));
    steps::<Wide>(criterion, "784-512-512-10 relu, Adam", Adam::new(1e-4), &x, &t);
    let (x, t) = (samples(32), samples(32));
    steps::<Tiny>(criterion, "2-16-16-1 tanh, SGD", Sgd::new(1e-3), &x, &t);
}

criterion_group! { name = benches; config = quick(); targets = all }
criterion_main!(benches);
