//! Constants with invalid values for numbers.

use nn::network;

const RATE: f64 = 1.5;
const EPSILON: f64 = 0.0;

network! {
    pub struct Digits {
        hidden: dense(784 -> 128, relu, l2 = (-1.0 * RATE)),
        drop: dropout(RATE),
        norm: layer_norm(epsilon = EPSILON),
        output: dense(10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
