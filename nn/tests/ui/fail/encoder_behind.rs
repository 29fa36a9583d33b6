//! An encoder after another layer.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 128, relu),
        rows: standardize,
        output: dense(10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
