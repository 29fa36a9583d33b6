//! Softmax inside a head, and over a single output.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 64, relu),
        answers: heads { class: (dense(16, softmax), dense(10)), yes: dense(1, softmax) },
    }
}

fn main() {
    let _ = Digits::init(7);
}
