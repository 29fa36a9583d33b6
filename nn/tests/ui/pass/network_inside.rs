//! A nested network, by its type.

use nn::{Network, network};

mod models {
    nn::network! {
        /// To three numbers.
        pub struct Encoder { wide: dense(8 -> 6, relu), narrow: dense(3) }
    }
}
type Small = network![dense(3 -> 3, tanh), dense(3)];

network! {
    pub struct Digits {
        /// Trained elsewhere.
        encoder: models::Encoder,
        small: Small * 2,
        block: residual(Small),
        output: dense(3 -> 2, softmax),
    }
}

pub(crate) fn main() {
    let digits = Digits::init(7);
    let encoder: models::Encoder = digits.encoder();
    let answers = digits.activations(&[0.5; 8]);
    assert_eq!(encoder.predict(&[0.5; 8]), answers.encoder);
    assert_eq!(digits.small(1).predict(&answers.small[0]), answers.small[1]);
    assert_eq!(digits.output().bias, &[0.0; 2]);
    assert_eq!(Digits::INPUTS, 8);
    assert_eq!(Digits::PARAMS, models::Encoder::PARAMS + 3 * Small::PARAMS + 8);
    let _ = <Digits<f32> as nn::Architecture>::NAMES;
    let _: [f64; 2] = <Digits<f64> as Network>::init(1).predict(&[0.5; 8]);
}
