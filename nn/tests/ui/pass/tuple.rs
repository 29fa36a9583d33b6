//! A tuple struct: numbered layers, inferred inputs.

use nn::network;

network! { pub struct Digits(dense(784 -> 128, relu), dense(64, tanh), dense(10, softmax),); }

pub(crate) fn main() {
    let digits = Digits::init(7);
    assert_eq!(digits.layer1().bias.len(), 128);
    assert_eq!(digits.layer2().weight.len(), 128);
    assert_eq!(digits.layer3().weight[0].len(), 10);
    assert_eq!(digits.to_string(), Digits::SUMMARY);
}
