//! A constant that is not a `usize`.

use nn::network;

const HIDDEN: u32 = 128;

network! {
    pub struct Digits {
        hidden: dense(784 -> HIDDEN, relu),
        output: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
