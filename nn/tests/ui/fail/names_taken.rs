//! Layers with the names of methods, of Rust, and with none.

use nn::network;

network! {
    pub struct Digits {
        predict: dense(784 -> 128, relu),
        type: dense(64, relu),
        _: dense(32, relu),
        save: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
