//! Two networks with the same name.

use nn::network;

network! {
    pub struct Digits(dense(784 -> 10, softmax));
    pub struct Digits(dense(784 -> 10, softmax));
}

fn main() {
    let _ = Digits::init(7);
}
