//! The word `struct` is missing or replaced by another.

use nn::network;

network! {
    Digits { hidden: dense(784 -> 128, relu), output: dense(10, softmax) }
}
network! {
    pub enum Other { only: dense(2 -> 1) }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
