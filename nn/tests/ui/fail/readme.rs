//! The example of the README.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 128, rleu),
        output: dense(64 -> 10, softmax),
    }
}

fn main() {
    let digits = Digits::init(7);
    let _: [f32; 10] = digits.predict(&[0.0; 784]);
}
