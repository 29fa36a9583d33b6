//! Options of layers without options.

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
        first: Gate(784 -> 128, bias = false),
        second: residual(dense(128, relu), rate = 0.1),
        third: dense(64, relu),
        output: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
