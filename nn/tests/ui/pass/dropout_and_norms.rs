//! Dropout, layer norm and batch norm, with and without options, also as the first layer.

use nn::network;

const RATE: f64 = 0.25;

network! {
    pub struct Digits {
        first: dropout(0.1),
        hidden: dense(8 -> 6, relu),
        plain: layer_norm,
        empty: batch_norm(),
        drop: dropout(rate = RATE),
        middle: dense(6, tanh),
        epsilon: layer_norm(epsilon = 1e-3),
        both: batch_norm(momentum = 0.05, epsilon = (1e-3 / 2.0)),
        output: dense(3, softmax),
    }
}
network! { pub struct Normed(layer_norm, dense(4 -> 2), batch_norm); }
type Small = network![dense(4 -> 4, relu), dropout({ RATE }), layer_norm, dense(2)];

pub(crate) fn main() {
    let digits = Digits::init(7);
    let answers = digits.activations(&[0.5; 8]);
    assert_eq!(answers.first, [0.5; 8]); // nothing is dropped in predictions
    let _ = (digits.plain(), digits.both(), digits.hidden().bias);
    assert_eq!(Normed::init(1).predict(&[1.0; 4]).len(), 2);
    let _ = <Small as nn::Network>::init(1);
}
