//! The matrix product on the shapes of training and on squares, by the kernels of every instruction set.
//!
//! On x86-64, `Portable` is the crate `matrixmultiply`, which serves CPUs without FMA.
//! Throughput is in elements per second, where an element is one addition or multiplication: FLOPs.

use benches::{numbers, quick};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tensor::product::{Matrix, Start, product, product_on};
use tensor::simd::Isa;

/// Rows of the left side, inner length, columns of the right side, and where it comes from.
const SHAPES: [([usize; 3], &str); 7] = [
    ([64, 784, 128], "first layer, batch 64"),
    ([64, 128, 10], "last layer, batch 64"),
    ([512, 784, 128], "first layer, batch 512"),
    ([1, 784, 128], "first layer, one sample"),
    ([64, 64, 64], "square"),
    ([256, 256, 256], "square"),
    ([1024, 1024, 1024], "square"),
];

fn matmul(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("matmul");
    for ([m, k, n], name) in SHAPES {
        let (a, b) = (numbers(m * k), numbers(k * n));
        let mut c = vec![0.0; m * n];
        let shape = format!("{m}x{k}x{n} ({name})");
        group.throughput(Throughput::Elements((2 * m * k * n) as u64));
        let left = Matrix::new(&a, m, k);
        let (right, transposed) = (Matrix::new(&b, k, n), Matrix::new(&b, n, k).transposed());
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            group.bench_function(BenchmarkId::new(format!("{isa:?}"), &shape), |bencher| {
                bencher.iter(|| product_on(isa, left, right, Start::Zero, &mut c, None));
            });
        }
        group.bench_function(BenchmarkId::new("right side transposed", &shape), |bencher| {
            bencher.iter(|| product(left, transposed, Start::Zero, &mut c, None));
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = quick(); targets = matmul }
criterion_main!(benches);
