//! A file that was saved by a network with another activation.

use nn::{Weights, include_weights, network};

network! {
    pub struct Digits(dense(784 -> 128, tanh), dense(128 -> 10, softmax));
}

static DIGITS: Weights<Digits> = include_weights!("../../../examples/embedded/digits.safetensors");

fn main() {
    let _: [f32; 10] = DIGITS.predict(&[0.0; 784]);
}
