//! A missing width before or after the arrow, or both.

use nn::network;

network! {
    pub struct Digits {
        first: dense(784 -> , relu),
        second: dense(-> 64, relu),
        third: dense(),
        output: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
