//! The constants of a network, known at compile time.

use nn::network;

network! {
    pub struct Digits(dense(784 -> 128, relu), dense(10, softmax));
}

const _: () = assert!(Digits::INPUTS == 784 && Digits::OUTPUTS == 10);
const _: () = assert!(Digits::PARAMS == 101_770 && Digits::BYTES == 4 * Digits::PARAMS);
const _: () = assert!(Digits::FLOPS == 2 * (784 * 128 + 128 * 10));
const _: () = assert!(Digits::STEP_FLOPS == 3 * Digits::FLOPS - 2 * 784 * 128);
const _: () = assert!(!Digits::SUMMARY.is_empty());

pub(crate) fn main() {
    let digits = Digits::init(1);
    let logits: [f32; 10] = digits.logits(&[0.1; 784]);
    let total: f32 = logits.iter().map(|z| z.exp()).sum();
    let probabilities = digits.predict(&[0.1; 784]);
    for (z, p) in logits.iter().zip(probabilities) {
        assert!((z.exp() / total - p).abs() < 1e-5);
    }
    assert_eq!(digits.predict_batch(&[[0.1; 784]; 2]), [probabilities; 2]);
}
