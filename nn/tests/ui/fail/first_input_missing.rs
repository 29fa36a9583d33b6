//! The first layer needs its number of inputs.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(128, relu),
        output: dense(128 -> 10, softmax),
    }
}

fn main() {
    let _: [f32; 10] = Digits::init(7).predict(&[0.0; 1]);
}
