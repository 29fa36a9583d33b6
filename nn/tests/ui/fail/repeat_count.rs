//! Invalid repetitions of a layer.

use nn::network;

const DEPTH: usize = 3;

network! {
    pub struct Digits {
        hidden: dense(784 -> 64, relu),
        first: dense(64, relu) * 0,
        second: dense(64, relu) * DEPTH,
        third: dense(64, relu) * -1,
        fourth: dense(64, relu) *,
        fifth: dense(64, relu) * 1_000_000,
        sixth: 3 * dense(64, relu),
        seventh: [dense(64, relu); 3],
        output: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
