//! A file that is not a safetensors file.

use nn::{Weights, include_weights, network};

network! {
    pub struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax));
}

static DIGITS: Weights<Digits> = include_weights!("weights_no_file.rs");

fn main() {
    let _: [f32; 10] = DIGITS.predict(&[0.0; 784]);
}
