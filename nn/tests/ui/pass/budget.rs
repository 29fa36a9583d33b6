//! Sizes are constants, so that a budget is checked by the compiler.

use nn::network;

network! {
    pub struct Digits(dense(784 -> 128, relu), dense(10, softmax));
}

const _: () = assert!(Digits::PARAMS == 101_770);
const _: () = assert!(Digits::BYTES < 450_000, "must fit beside the program");
const _: () = assert!(Digits::FLOPS < 250_000);

pub(crate) fn main() {
    println!("{}", Digits::SUMMARY);
}
