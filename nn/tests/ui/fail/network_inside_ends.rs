//! A nested network whose softmax would be lost.

use nn::network;

network! {
    pub struct Encoder(dense(784 -> 64, relu), dense(32, softmax));
    pub struct Digits {
        encoder: Encoder,
        output: dense(10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
