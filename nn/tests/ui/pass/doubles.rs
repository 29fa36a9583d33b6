//! The same network in `f64`.

use nn::{Network, network};

network! {
    pub struct Digits {
        hidden: dense(4 -> 3, tanh),
        output: dense(2, softmax),
    }
}

pub(crate) fn main() {
    let doubles = Digits::<f64>::init(7);
    let answer: [f64; 2] = doubles.predict(&[0.5_f64; 4]);
    assert_eq!(doubles.predict_batch(&[[0.5; 4]]), [answer]);
    let bias: &[f64; 3] = doubles.hidden().bias;
    assert_eq!(bias.len(), 3);
    let _: f32 = Digits::init(7).predict(&[0.5; 4])[0];
}
