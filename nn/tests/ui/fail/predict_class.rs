//! The class of a network that does not end in softmax.

use nn::prelude::*;

network! {
    pub struct Number(dense(2 -> 3, tanh), dense(1));
}

fn main() {
    let number = Number::init(1);
    let _ = number.predict_class(&[0.0, 1.0]);
}
