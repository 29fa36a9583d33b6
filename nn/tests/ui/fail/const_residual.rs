//! A residual and a repetition with constants that disagree.

use nn::network;

const HIDDEN: usize = 64;
const OTHER: usize = 32;

network! {
    pub struct Digits {
        hidden: dense(784 -> HIDDEN, relu),
        block: residual(dense(16, relu), dense(OTHER)),
        deep: dense(HIDDEN -> OTHER, relu) * 3,
        output: dense(10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
