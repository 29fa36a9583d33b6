//! An activation whose type does not exist.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 128, Swish),
        output: dense(128 -> 10, softmax),
    }
}

fn main() {}
