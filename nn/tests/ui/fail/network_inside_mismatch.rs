//! A nested network whose outputs differ from the inputs of the next layer.

use nn::network;

network! {
    pub struct Encoder(dense(784 -> 64, relu), dense(32));
    pub struct Digits {
        encoder: Encoder,
        output: dense(64 -> 10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
