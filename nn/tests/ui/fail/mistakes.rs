//! Several mistakes, reported at once: the example of the tour.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 128, rleu),
        drop: dropout(20%),
        block: residual(dense(64, relu), dense(100)),
        output: dense(64 -> 10, softmax, use_bias = false),
    }
}

fn main() {
    let digits = Digits::init(7);
    let _: [f32; 10] = digits.predict(&[0.0; 784]);
}
