//! Shared code of the benchmarks: settings, the machine's limits, the workloads, charts, and the
//! networks that are measured.

pub mod chart;
pub mod convolutions;
pub mod machine;
pub mod measure;
pub mod protocol;

use nn::network;

network! {
    /// The network of the README.
    pub struct Digits(dense(784 -> 128, relu), dense(10, softmax));
    /// Wider and one layer deeper.
    pub struct Wide(dense(784 -> 512, relu), dense(512, relu), dense(10, softmax));
    /// Sixteen narrow layers.
    pub struct Deep(
        dense(784 -> 64, tanh), dense(64, tanh), dense(64, tanh), dense(64, tanh),
        dense(64, tanh), dense(64, tanh), dense(64, tanh), dense(64, tanh),
        dense(64, tanh), dense(64, tanh), dense(64, tanh), dense(64, tanh),
        dense(64, tanh), dense(64, tanh), dense(64, tanh), dense(64, tanh),
        dense(10, softmax),
    );
    /// 25 million parameters.
    pub struct Large(dense(1024 -> 4096, relu), dense(4096, relu), dense(1000, softmax));
    /// So small that the overhead dominates.
    pub struct Tiny(dense(2 -> 16, tanh), dense(16, tanh), dense(1));
}

/// `len` numbers between -1 and 1, the same in every run.
pub fn numbers(len: usize) -> Vec<f32> {
    let mut values = vec![0.0; len];
    tensor::random::Random::new(0, 0).fill_uniform(&mut values, -1.0, 1.0);
    values
}

/// `rows` samples of `N` numbers.
pub fn samples<const N: usize>(rows: usize) -> Vec<[f32; N]> {
    numbers(rows * N).as_chunks().0.to_vec()
}
