//! A norm whose width is unknown.

use nn::network;

network! {
    pub struct Digits {
        norm: layer_norm,
        hidden: dense(128, relu),
        output: dense(10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
