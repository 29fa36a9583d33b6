//! Custom layers with too many or too few arguments, and in lowercase.

use nn::network;

/// A custom layer without a formula.
struct Gate<const I: usize, const O: usize>;

impl<const I: usize, const O: usize> nn::layer::RowLayer for Gate<I, O> {
    const NAME: &'static str = "gate";
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    type Outputs<T: nn::Float> = [T; O];
    fn forward<T: nn::Float>(_: &[T], _: &[T], _: &mut [T]) {}
    fn backward<T: nn::Float>(_: &[T], _: &[T], _: &[T], _: &[T], _: &mut [T]) {}
}

network! {
    pub struct Digits {
        first: Gate(784 -> 128, relu),
        second: Gate(),
        third: my::gate(128 -> 64),
        fourth: Dense(64, relu),
        fifth: Dropout(0.2),
        sixth: my::,
        output: dense(10, softmax),
    }
}

fn main() {
    let _ = 1;
}
