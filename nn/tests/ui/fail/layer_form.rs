//! Arguments and words that are not layers.

use nn::network;

network! {
    pub struct Digits(dense(784 -> 128), relu, 64 -> 32, dense, dense[10, softmax]);
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
