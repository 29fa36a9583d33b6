//! A layer that does not take what the inputs give together.

use nn::network;

network! {
    struct Digits {
        both: concat { image: (dense(784 -> 64, relu), dense(32 -> 16)), meta: input(4) },
        output: dense(64 -> 10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
