//! Tokens between and after layers.

use nn::network;

network! {
    pub struct Digits {
        first: dense(784 -> 128, relu) + 3,
        second: dense(64, relu)
        third: dense(32, relu),,
        output: dense(10, softmax);
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
