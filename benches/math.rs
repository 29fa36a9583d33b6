//! The elementary functions on slices, compared with those of the standard library.
//!
//! Throughput is in elements per second. The line below a benchmark counts a function of one
//! element as one operation.

use benches::measure::{Work, measure, quick};
use benches::numbers;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use tensor::math;
use tensor::simd::{Inline, Isa, vectorize_inline};

/// Elements: few enough that the first cache holds x and y.
const LEN: usize = 4096;

/// A group for one function: with the vector instructions of this CPU, and the standard library's.
macro_rules! function {
    ($criterion:ident, $name:ident, $std:expr) => {
        struct Map<'a>(&'a [f32], &'a mut [f32]);

        // A closure with a large function would not be inlined, and so use the instructions of the
        // build target.
        impl Inline for Map<'_> {
            type Output = ();

            #[inline(always)]
            fn run(self) {
                for (y, &x) in self.1.iter_mut().zip(self.0) {
                    *y = math::$name(x);
                }
            }
        }

        let mut group = $criterion.benchmark_group(concat!("math ", stringify!($name)));
        let x: Vec<f32> = numbers(LEN).iter().map(|x| 4.0 * x + 4.5).collect();
        let mut y = vec![0.0; LEN];
        let work = Work::elementwise(LEN);
        measure(
            &mut group,
            BenchmarkId::from_parameter(format!("{:?}", Isa::best())),
            work,
            || {
                vectorize_inline(Map(&x, &mut y));
            },
        );
        let standard: Option<fn(f32) -> f32> = $std;
        if let Some(function) = standard {
            measure(&mut group, BenchmarkId::from_parameter("std"), work, || {
                for (y, &x) in y.iter_mut().zip(&x) {
                    *y = function(x);
                }
            });
        }
        group.finish();
    };
}

fn functions(criterion: &mut Criterion) {
    {
        function!(criterion, exp, Some(f32::exp));
    }
    {
        function!(criterion, expm1, Some(f32::exp_m1));
    }
    {
        function!(criterion, ln, Some(f32::ln));
    }
    {
        function!(criterion, ln_1p, Some(f32::ln_1p));
    }
    {
        function!(criterion, tanh, Some(f32::tanh));
    }
    {
        function!(criterion, sigmoid, Some(|x: f32| 1.0 / (1.0 + (-x).exp())));
    }
    {
        function!(criterion, softplus, Some(|x: f32| x.exp().ln_1p()));
    }
    {
        function!(criterion, erf, None);
    }
}

criterion_group! { name = benches; config = quick(); targets = functions }
criterion_main!(benches);
