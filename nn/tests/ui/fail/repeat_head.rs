//! A repeated last layer with softmax, which determines the loss.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 10, relu),
        output: dense(10, softmax) * 3,
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
