//! Every mistake is reported, in every declaration.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 128, rleu),
        middle: dense(64 -> 32, softmax),
        output: dense(0, softmax),
    }
    struct Other(dense(2 -> 1), dense(3 -> 1));
}

fn main() {
    let _ = (Digits::init(7), Other::init(7));
}
