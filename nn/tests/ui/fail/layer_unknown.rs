//! A misspelled layer, one with the name from another library, and unknown ones.

use nn::network;

network! {
    pub struct Digits {
        first: dens(784 -> 256, relu),
        second: linear(256 -> 128),
        third: conv(3, kernel = 3),
        output: dense(128 -> 10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
