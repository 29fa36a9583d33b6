//! Other signs in place of the arrow.

use nn::network;

network! {
    pub struct Digits {
        first: dense(784 => 256, relu),
        second: dense(256 - 128, relu),
        third: dense(128: 64, relu),
        output: dense(64 > 10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
