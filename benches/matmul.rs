//! The matrix product on the shapes of training and on squares, with the kernels of every
//! instruction set.
//!
//! On x86-64, `Portable` is the crate `matrixmultiply`, which serves CPUs without FMA.
//! Throughput is in elements per second, where an element is one addition or multiplication: FLOPs.

use benches::measure::{Work, measure, quick};
use benches::numbers;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use tensor::product::{
    Matrix, MatrixMut, Start, add_scaled_product, product, product_on, product_with,
};
use tensor::simd::Isa;
use tensor::threads::Threads;

/// Rows of the left side, inner length, columns of the right side, and where it comes from.
const SHAPES: [([usize; 3], &str); 10] = [
    ([64, 784, 128], "first layer, batch 64"),
    ([64, 128, 10], "last layer, batch 64"),
    ([512, 784, 128], "first layer, batch 512"),
    ([1, 784, 128], "first layer, one sample"),
    ([128, 512, 512], "wide layer, batch 128"),
    ([64, 64, 64], "square"),
    ([128, 128, 128], "square"),
    ([256, 256, 256], "square"),
    ([512, 512, 512], "square"),
    ([1024, 1024, 1024], "square"),
];

fn matmul(criterion: &mut Criterion) {
    for ([m, k, n], name) in SHAPES {
        let mut group = criterion.benchmark_group(format!("matmul {m}x{k}x{n}, {name}"));
        let (a, b) = (numbers(m * k), numbers(k * n));
        let mut c = vec![0.0; m * n];
        let work = Work::product([m, k, n]);
        let (left, right) = (Matrix::new(&a, m, k), Matrix::new(&b, k, n));
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let id = BenchmarkId::from_parameter(format!("{isa:?}"));
            measure(&mut group, id, work, || {
                let c = MatrixMut::new(&mut c, m, n);
                product_on(isa, left, right, Start::Zero, c, None);
            });
        }
        let threads = Threads::new(2);
        measure(
            &mut group,
            BenchmarkId::from_parameter("2 threads"),
            Work { threads: 2, ..work },
            || {
                product_with(&threads, left, right, Start::Zero, &mut c);
            },
        );
        let transposed = [
            ("left side transposed", Matrix::new(&a, k, m).transposed(), right),
            ("right side transposed", left, Matrix::new(&b, n, k).transposed()),
        ];
        for (name, left, right) in transposed {
            measure(&mut group, BenchmarkId::from_parameter(name), work, || {
                product(left, right, Start::Zero, &mut c, None);
            });
        }
        // What it is for: a weight gradient, whose left side is transposed, and the update by it.
        measure(&mut group, BenchmarkId::from_parameter("update of weights"), work, || {
            let c = MatrixMut::new(&mut c, m, n);
            add_scaled_product(transposed[0].1, right, -1e-9, c);
        });
        #[cfg(feature = "peers")]
        for (name, product) in peers::products::ALL {
            let shape = benches::protocol::Product { m, k, n, transposed: false };
            measure(&mut group, BenchmarkId::from_parameter(name), work, || {
                product(shape, 1, &a, &b, &mut c);
            });
        }
        group.finish();
    }
}

criterion_group! { name = benches; config = quick(); targets = matmul }
criterion_main!(benches);
