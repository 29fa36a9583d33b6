//! Unknown options: misspelled, or with the name from another library.

use nn::network;

network! {
    pub struct Digits {
        first: dense(784 -> 128, relu, baes = false),
        second: dense(64, use_bias = false),
        third: dense(64, weight_decay = 1e-4),
        fourth: dense(64, momentum = 0.1),
        fifth: dense(64, activation = relu),
        output: dense(10, softmax, units = 3),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
