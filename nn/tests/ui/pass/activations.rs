//! Every activation by its name.

use nn::network;

network! {
    pub struct All(
        dense(2 -> 2, relu),
        dense(2, leaky_relu),
        dense(2, elu),
        dense(2, selu),
        dense(2, gelu),
        dense(2, silu),
        dense(2, mish),
        dense(2, sigmoid),
        dense(2, hard_sigmoid),
        dense(2, tanh),
        dense(2, hard_tanh),
        dense(2, softplus),
        dense(2, softsign),
        dense(2, linear),
        dense(2, identity),
        dense(2),
        dense(2, softmax),
    );
}

pub(crate) fn main() {
    let [a, b] = All::init(7).predict(&[1.0, -1.0]);
    assert!((a + b - 1.0).abs() < 1e-5);
}
