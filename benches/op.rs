//! Operations on the tape, forward and backward, and a chain of scalar ones, which measures the
//! overhead of the tape.
//!
//! Throughput is in elements of the operation's input per second, or in operations for the chain.
//! The line below a benchmark counts an element as one operation forward and two with backward.

use autograd::{Tape, Var};
use benches::measure::{Work, measure, quick};
use benches::numbers;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
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
    let forward = Work::elementwise(x.len());
    // Reads dy, y and writes dx.
    let both = Work { flops: 2 * x.len(), bytes: 20 * x.len(), ..forward };
    for (name, op) in UNARY {
        measure(&mut group, BenchmarkId::new("forward", name), forward, || {
            let tape = Tape::new();
            op(tape.parameter(x.clone())).expect("the shape fits").value()
        });
        measure(&mut group, BenchmarkId::new("forward and backward", name), both, || {
            let tape = Tape::new();
            let y = op(tape.parameter(x.clone())).expect("the shape fits");
            y.backward_with(x.clone()).expect("a gradient")
        });
    }
    group.finish();
}

fn chain(criterion: &mut Criterion) {
    const LENGTH: usize = 1000;
    let mut group = criterion.benchmark_group("chain of 1000 scalar products");
    let chain = |tape: &Tape<f32>, backward: bool| {
        let x = tape.parameter(Tensor::scalar(0.999_f32));
        let y = (0..LENGTH).fold(x, |y, _| y * x);
        backward.then(|| y.backward().expect("a gradient"))
    };
    // Two factors and a product of four bytes each; backward two products and a sum.
    let forward = Work { elements: LENGTH, flops: LENGTH, bytes: 12 * LENGTH, threads: 1 };
    let both = Work { flops: 4 * LENGTH, bytes: 36 * LENGTH, ..forward };
    for (name, backward, work) in
        [("forward", false, forward), ("forward and backward", true, both)]
    {
        measure(&mut group, BenchmarkId::new(name, "a tape each"), work, || {
            chain(&Tape::new(), backward)
        });
        let mut tape = Tape::new();
        measure(&mut group, BenchmarkId::new(name, "one tape, cleared"), work, || {
            tape.clear();
            chain(&tape, backward)
        });
        #[cfg(feature = "peers")]
        for (peer, mut chain) in peers::chain::all() {
            measure(&mut group, BenchmarkId::new(name, peer), work, || chain(LENGTH, backward));
        }
    }
    group.finish();
}

criterion_group! { name = benches; config = quick(); targets = ops, chain }
criterion_main!(benches);
