//! Heads whose inputs differ from the outputs of the trunk.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 64, relu),
        answers: heads { class: dense(32 -> 10, softmax), angle: (dense(16, relu), dense(8 -> 1)) },
    }
}

fn main() {
    let _ = Digits::init(7);
}
