//! A nested network that does not exist.

use nn::network;

network! {
    pub struct Digits {
        encoder: models::Encoder,
        output: dense(10, softmax),
    }
}

fn main() {
    let _ = Digits::init(7);
}
