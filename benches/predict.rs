//! Predictions: one sample, and a batch.
//!
//! Throughput is in samples per second.

use benches::{Digits, Tiny, quick, samples};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::{Network, Threads};

fn predict<N: Network>(criterion: &mut Criterion, name: &str, inputs: &[N::Input]) {
    let network = N::init(1);
    let mut group = criterion.benchmark_group(format!("predict {name}"));
    group.throughput(Throughput::Elements(1));
    group.bench_function("one sample", |bencher| {
        bencher.iter(|| network.predict(std::hint::black_box(&inputs[0])));
    });
    group.throughput(Throughput::Elements(inputs.len() as u64));
    let mut outputs = network.predict_batch(inputs);
    for threads in [1, 2] {
        let threads = Threads::new(threads);
        let id = BenchmarkId::new(
            format!("{} samples", inputs.len()),
            format!("{} threads", threads.count()),
        );
        group.bench_function(id, |bencher| {
            bencher.iter(|| network.predict_into(inputs, &mut outputs, &threads));
        });
    }
    group.finish();
}

fn all(criterion: &mut Criterion) {
    predict::<Digits>(criterion, "784-128-10 relu", &samples(256));
    predict::<Tiny>(criterion, "2-16-16-1 tanh", &samples(256));
}

criterion_group! { name = benches; config = quick(); targets = all }
criterion_main!(benches);
