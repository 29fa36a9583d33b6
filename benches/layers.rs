//! The layers of the static driver, one by one: forward, backward, and the gradient of the
//! parameters.
//!
//! Throughput is in rows per second. The operations in the line below a benchmark are those of a
//! matrix product, or one for every element where there is none.

use benches::measure::{Work, measure, quick};
use benches::numbers;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use nn::activation::{Gelu, Identity, Relu, Tanh};
use nn::layer::{BatchNorm, Dense, Dropout, Layer, LayerNorm, OutputGrad, Pass, Residual, Sums};

/// Rows of the batch.
const ROWS: usize = 64;
/// Parameters of layers, encoded as const parameters of types.
const RATE: u64 = 0.2_f64.to_bits();
const MOMENTUM: u64 = 0.1_f64.to_bits();
const EPSILON: u64 = 1e-5_f64.to_bits();

fn layer<L: Layer>(criterion: &mut Criterion, name: &str) {
    let mut group = criterion.benchmark_group(format!("layer {name}, batch {ROWS}"));
    let mut parameters = vec![0.0_f32; L::LEN];
    L::init(&mut parameters, 1, &mut 0);
    let x = numbers(ROWS * L::INPUTS);
    let dy = numbers(ROWS * L::OUTPUTS);
    let mut dx = vec![0.0; x.len()];
    let mut gradient = vec![0.0; L::LEN];
    let mut memory = vec![0.0; L::workspace_len::<f32>(ROWS)];
    let mut rows = L::workspace(&mut &mut memory[..], ROWS);

    let elements = x.len() + dy.len();
    let work = Work {
        elements: ROWS,
        flops: (ROWS * L::INFO.flops()).max(dy.len()),
        bytes: 4 * (elements + L::LEN),
        threads: 1,
    };
    let pass = Pass::Training { seed: 1, step: 0, first_row: 0, layer: 0, dropout: 1.0 };
    measure(&mut group, BenchmarkId::from_parameter("forward"), work, || {
        L::forward(&parameters, &x, &mut rows, pass);
    });
    measure(&mut group, BenchmarkId::from_parameter("backward"), work, || {
        let end = L::output_grad(&mut rows);
        end.gradient.copy_from_slice(&dy);
        end.apply_derivative();
        let before = OutputGrad::linear(&x, &mut dx);
        L::backward(&parameters, &mut rows, Some(before));
    });
    if L::LEN > 0 {
        measure(&mut group, BenchmarkId::from_parameter("gradient"), work, || {
            L::gradient(&parameters, &x, &rows, 0, &mut gradient, Sums::WHOLE);
        });
    }
    group.finish();
}

fn layers(criterion: &mut Criterion) {
    layer::<Dense<784, 128, Relu>>(criterion, "dense 784 -> 128, relu");
    layer::<Dense<128, 10, Identity>>(criterion, "dense 128 -> 10");
    layer::<Dense<128, 128, Relu>>(criterion, "dense 128 -> 128, relu");
    layer::<Dense<128, 128, Tanh>>(criterion, "dense 128 -> 128, tanh");
    layer::<Dense<128, 128, Gelu>>(criterion, "dense 128 -> 128, gelu");
    layer::<Residual<Dense<128, 128, Relu>>>(criterion, "residual dense 128 -> 128, relu");
    layer::<Dropout<128, RATE>>(criterion, "dropout of 128");
    layer::<LayerNorm<128, EPSILON>>(criterion, "layer norm of 128");
    layer::<BatchNorm<128, MOMENTUM, EPSILON>>(criterion, "batch norm of 128");
}

criterion_group! { name = benches; config = quick(); targets = layers }
criterion_main!(benches);
