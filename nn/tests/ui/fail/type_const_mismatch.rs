//! Two layers in a type with different widths, which are constants.

use nn::network;

const HIDDEN: usize = 128;

type Digits = network![dense(784 -> HIDDEN, relu), dense(64 -> 10, softmax)];

fn main() {
    const { assert!(Digits::PARAMS > 0) };
}
