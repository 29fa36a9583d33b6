//! A constant that does not exist.

use nn::network;

const INPUTS: usize = 784;
#[allow(dead_code)]
const _: usize = INPUTS;

network! {
    pub struct Digits {
        hidden: dense(INPUT -> 128, relu),
        output: dense(128 -> 10, softmax),
    }
}

fn main() {}
