//! A nested type that is not a network.

use nn::network;

struct Encoder;

network! {
    pub struct Digits {
        encoder: Encoder,
        output: dense(10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
