//! A custom layer that does not exist.

use nn::network;

network! {
    pub struct Digits {
        gate: my::Gate(784 -> 128),
        output: dense(10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
