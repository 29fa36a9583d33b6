//! Other frameworks and matrix products, behind the interfaces of the benchmarks.

pub mod blas;
mod burn;
mod candle;
pub mod chain;
mod dfdx;
pub mod products;
pub mod windows;

use std::ops::Range;

use benches::protocol::{Training, Workload, targets};

/// A framework with the network of a workload, its first weights and some data.
pub trait Framework: Training {
    /// Predicts these rows; the last layer's first value for the first row.
    fn predict(&mut self, rows: Range<usize>) -> f32;
}

impl Training for Box<dyn Framework> {
    fn step(&mut self, rows: Range<usize>) {
        (**self).step(rows);
    }

    fn loss(&self) -> f32 {
        (**self).loss()
    }
}

/// Makes a network of a workload's sizes, given the inputs, row by row, and the class of every row,
/// which may be missing where nothing is trained.
pub type Open = fn(&Workload, Vec<f32>, Vec<u32>) -> Box<dyn Framework>;

/// All of them.
pub const FRAMEWORKS: [(&str, Open); 3] =
    [("candle", candle::open), ("burn", burn::open), ("dfdx", dfdx::open)];

/// What the networks without classes learn, row by row.
fn made_targets(workload: &Workload, inputs: &[f32]) -> Vec<f32> {
    let rows = inputs.chunks_exact(workload.widths[0]);
    match workload.widths.last() {
        Some(1) => rows.flat_map(targets::<1>).collect(),
        _ => rows.flat_map(targets::<4>).collect(),
    }
}

/// The weights of a layer, row by row: `[inputs, outputs]`.
fn weights(layer: usize, widths: [usize; 2]) -> Vec<f32> {
    let count = widths[0] * widths[1];
    (0..count).map(|index| benches::protocol::weight(layer, widths, index)).collect()
}

/// The same as `[outputs, inputs]`.
fn weights_transposed(layer: usize, widths: [usize; 2]) -> Vec<f32> {
    let [inputs, outputs] = widths;
    let weights = weights(layer, widths);
    (0..outputs)
        .flat_map(|o| (0..inputs).map(move |i| i * outputs + o))
        .map(|k| weights[k])
        .collect()
}
