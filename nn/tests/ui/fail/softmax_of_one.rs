//! Softmax over a single output.

use nn::network;

network! { pub struct Digits(dense(784 -> 128, relu), dense(1, softmax)); }

fn main() {
    let _: [f32; 1] = Digits::init(7).predict(&[0.0; 784]);
}
