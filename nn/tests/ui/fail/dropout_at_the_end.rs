//! Dropout after the last layer.

use nn::network;

network! {
    pub struct Digits {
        output: dense(784 -> 10, softmax),
        drop: dropout(0.2),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
