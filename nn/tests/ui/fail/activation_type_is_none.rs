//! A type that is not an activation.

use nn::network;

#[derive(Clone, Copy, Debug, Default)]
struct Swish;

network! {
    pub struct Digits {
        hidden: dense(784 -> 128, Swish),
        output: dense(128 -> 10, softmax),
    }
}

fn main() {}
