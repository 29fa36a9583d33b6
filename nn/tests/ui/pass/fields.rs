//! A struct with fields: named layers, docs, trailing commas.

use nn::{Architecture, network};

network! {
    /// 28×28 grey images to ten classes.
    pub struct Digits {
        /// Finds strokes.
        hidden: dense(784 -> 128, relu,),
        output: dense(128 -> 10, softmax),
    }
}

pub(crate) fn main() {
    let digits = Digits::init(7);
    let probabilities: [f32; 10] = digits.predict(&[0.5; 784]);
    assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    assert_eq!(digits.hidden().bias.len(), 128);
    assert_eq!(digits.output().weight.len(), 128);
    assert_eq!(<Digits as Architecture>::NAMES, ["hidden", "output"]);
    assert_eq!(<Digits as Architecture>::NAME, "Digits");
}
