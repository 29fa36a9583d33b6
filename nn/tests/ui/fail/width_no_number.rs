//! Widths that are not numbers of units.

use nn::network;

network! {
    pub struct Digits {
        negative: dense(784 -> -128, relu),
        fraction: dense(64.5, relu),
        typed: dense(32u8, relu),
        quoted: dense("16", relu),
        output: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
