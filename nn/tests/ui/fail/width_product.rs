//! A product that is not an expression, and one that needs parentheses.

use nn::network;

network! {
    pub struct Digits(dense(28x28 -> 128, relu), dense(10, softmax));
}
network! {
    struct Grey(dense(28 * 28 -> 128, relu), dense(10, softmax));
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
