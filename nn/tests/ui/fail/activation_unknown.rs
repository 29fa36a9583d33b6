//! A misspelled activation, one with the name from another library, and an unknown one.

use nn::network;

network! {
    pub struct Digits {
        first: dense(784 -> 128, rleu),
        second: dense(64, swish),
        third: dense(32, wiggle),
        output: dense(10, sofmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
