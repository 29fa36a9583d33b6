//! Two layers with different widths, both constants.

use nn::network;

const HIDDEN: usize = 128;
mod sizes {
    pub const OTHER: usize = 64;
}

network! {
    pub struct Digits {
        hidden: dense(784 -> HIDDEN, relu),
        output: dense(sizes::OTHER -> 10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
