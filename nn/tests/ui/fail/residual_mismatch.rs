//! A residual whose layers change the width.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 64, relu),
        block: residual(dense(32, relu), dense(48)),
        output: dense(64 -> 10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
