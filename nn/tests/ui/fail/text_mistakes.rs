//! Mistakes in a string literal are shown at the character.

use nn::network;

network! {
    pub struct Digits = "< dense(784→128, rleu), dense(64→10, softmax) >";
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
