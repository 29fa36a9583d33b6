//! A layer with zero units.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 0, relu),
        output: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
