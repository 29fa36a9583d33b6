//! Softmax before the last layer.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 128, softmax),
        output: dense(128 -> 10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
