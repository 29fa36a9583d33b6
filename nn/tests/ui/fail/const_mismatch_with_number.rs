//! Two layers with different widths, one of which is a constant.

use nn::network;

const HIDDEN: usize = 128;

network! {
    pub struct Digits {
        hidden: dense(784 -> HIDDEN, relu),
        output: dense(64 -> 10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
