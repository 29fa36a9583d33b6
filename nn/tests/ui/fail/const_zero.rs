//! A constant that is zero.

use nn::network;

const HIDDEN: usize = 0;

network! {
    pub struct Digits {
        hidden: dense(784 -> HIDDEN, relu),
        output: dense(10, softmax),
    }
}

fn main() {}
