//! A repeated layer with different numbers of inputs and outputs.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 64, relu) * 3,
        output: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
