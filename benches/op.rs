//! One operation on the tape, forward and backward, and a chain of scalar ones, where the cost is the
//! tape's own.
//!
//! Throughput is in elements of the operation's input, or in operations for the chain.

use autograd::{Tape, Var};
use benches::{numbers, quick};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tensor::Tensor;

type Unary = for<'t> fn(Var<'t, f32>) -> autograd::Result<Var<'t, f32>>;

const UNARY: [(&str, Unary); 4] = [
    ("relu", |x| x.relu()),
    ("tanh", |x| x.tanh()),
    ("exp", |x| x.exp()),
    ("softmax", |x| x.softmax(1)),
];

fn ops(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("op");
    let x = Tensor::from_vec(numbers(64 * 128), [64, 128]).expect("as many numbers as elements");
    group.throughput(Throughput::Elements(x.len() as u64));
    for (name, op) in UNARY {
        group.bench_function(BenchmarkId::new("forward", name), |bencher| {
            bencher.iter(|| {
                let tape = Tape::new();
                op(tape.parameter(x.clone())).expect("the shape fits").value()
            });
        });
        group.bench_function(BenchmarkId::new("forward and backward", name), |bencher| {
            bencher.iter(|| {
                let tape = Tape::new();
                let y = op(tape.parameter(x.clone())).expect("the shape fits");
                y.backward_with(x.clone()).expect("a gradient")
            });
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("chain of 1000 scalar operations");
    group.throughput(Throughput::Elements(1000));
    let chain = |backward: bool| {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::scalar(0.5_f32));
        let y = (0..1000).fold(x, |y, _| y * x);
        backward.then(|| y.backward().expect("a gradient"))
    };
    group.bench_function("forward", |bencher| bencher.iter(|| chain(false)));
    group.bench_function("forward and backward", |bencher| bencher.iter(|| chain(true)));
    group.finish();
}

criterion_group! { name = benches; config = quick(); targets = ops }
criterion_main!(benches);
