//! Layers with the names of constants, and of methods that only the trait has.

use nn::network;

network! {
    pub struct Digits {
        INPUTS: dense(784 -> 128, relu),
        logits_into: dense(64, relu),
        SUMMARY: dense(32, relu),
        evaluation: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = Digits::INPUTS;
}
