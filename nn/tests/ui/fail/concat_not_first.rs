//! `concat` after another layer, and inside one.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 64, relu),
        both: concat { image: dense(64 -> 32, relu), meta: input(4) },
        block: residual(concat(dense(64 -> 32), input(4))),
        output: dense(36 -> 10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
