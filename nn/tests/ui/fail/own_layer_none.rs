//! A type that is not a layer.

use nn::network;

struct Gate<const I: usize, const O: usize>;

network! {
    pub struct Digits {
        gate: Gate(784 -> 128),
        output: dense(10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
