//! A sample with one pixel too few.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 128, relu),
        output: dense(128 -> 10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7).predict(&[0.0; 783]);
}
