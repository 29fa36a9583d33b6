//! A layer whose inputs differ from the joined outputs of the branches.

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
