//! Predictions: one sample, and a batch.
//!
//! Throughput is in samples per second.

use benches::measure::{Work, measure, plural, quick};
use benches::protocol::Workload;
use benches::{Digits, Tiny, samples};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
#[cfg(feature = "peers")]
use nn::Row;
use nn::{Network, Threads};

/// One prediction by `N`, the network of `workload`, and one of 256 samples.
fn predict<N: Network<Float = f32>>(
    criterion: &mut Criterion,
    workload: &str,
    inputs: &[N::Input],
) {
    let workload = Workload::named(workload).expect("one of the protocol's");
    let network = N::init(1);
    let mut group = criterion.benchmark_group(format!("predict {}", workload.network()));
    let work = |rows: usize, threads: usize| Work {
        elements: rows,
        flops: rows * N::FLOPS,
        bytes: N::BYTES + rows * (size_of::<N::Input>() + size_of::<N::Output>()),
        threads,
    };
    measure(&mut group, BenchmarkId::from_parameter("one sample"), work(1, 1), || {
        network.predict(std::hint::black_box(&inputs[0]))
    });
    let mut outputs = network.predict_batch(inputs);
    for threads in [1, 2] {
        let threads = Threads::new(threads);
        let count = threads.count();
        let id = BenchmarkId::new(format!("{} samples", inputs.len()), plural(count));
        measure(&mut group, id, work(inputs.len(), count), || {
            network.predict_into(inputs, &mut outputs, &threads);
        });
    }
    #[cfg(feature = "peers")]
    for (peer, open) in peers::FRAMEWORKS {
        let mut network = open(&workload, Row::flatten(inputs).to_vec(), Vec::new());
        for rows in [1, inputs.len()] {
            let id = BenchmarkId::new(format!("{rows} samples"), peer);
            measure(&mut group, id, work(rows, 1), || network.predict(0..rows));
        }
    }
    group.finish();
}

fn all(criterion: &mut Criterion) {
    predict::<Digits>(criterion, "F1", &samples(256));
    predict::<Tiny>(criterion, "Ftiny", &samples(256));
}

criterion_group! { name = benches; config = quick(); targets = all }
criterion_main!(benches);
