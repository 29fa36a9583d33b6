//! `heads` before the end, and inside another layer.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 64, relu),
        answers: heads { class: dense(10, softmax), angle: dense(1) },
        block: residual(heads(dense(64), dense(64))),
        output: dense(10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
