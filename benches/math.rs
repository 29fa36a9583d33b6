//! The elementary functions on slices, beside those of the standard library.
//!
//! Throughput is in elements; the line below a benchmark counts a function of one element as one
//! operation.

use benches::measure::{Work, measure, quick};
use benches::numbers;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use tensor::math;
use tensor::simd::{Isa, vectorize_for};

/// Elements: few enough that the first cache holds x and y.
const LEN: usize = 4096;

/// A group for one function: by every instruction set, and by the standard library one element after the
/// other.
macro_rules! function {
    ($criterion:ident, $name:ident, $std:expr) => {
        let mut group = $criterion.benchmark_group(concat!("math ", stringify!($name)));
        let x: Vec<f32> = numbers(LEN).iter().map(|x| 4.0 * x + 4.5).collect();
        let mut y = vec![0.0; LEN];
        let work = Work::elementwise(LEN);
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let id = BenchmarkId::from_parameter(format!("{isa:?}"));
            measure(&mut group, id, work, || {
                vectorize_for(isa, || {
                    for (y, &x) in y.iter_mut().zip(&x) {
                        *y = math::$name(x);
                    }
                });
            });
        }
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
    function!(criterion, exp, Some(f32::exp));
    function!(criterion, expm1, Some(f32::exp_m1));
    function!(criterion, ln, Some(f32::ln));
    function!(criterion, ln_1p, Some(f32::ln_1p));
    function!(criterion, tanh, Some(f32::tanh));
    function!(criterion, sigmoid, Some(|x: f32| 1.0 / (1.0 + (-x).exp())));
    function!(criterion, softplus, Some(|x: f32| x.exp().ln_1p()));
    function!(criterion, erf, None);
}

criterion_group! { name = benches; config = quick(); targets = functions }
criterion_main!(benches);
