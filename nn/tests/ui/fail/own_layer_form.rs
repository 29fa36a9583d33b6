//! Layers of the user's own with too much, too little, and in small letters.

use nn::network;

struct Gate<const I: usize, const O: usize>;

network! {
    pub struct Digits {
        first: Gate(784 -> 128, relu),
        second: Gate(),
        third: my::gate(128 -> 64),
        fourth: Dense(64, relu),
        fifth: Dropout(0.2),
        sixth: my::,
        output: dense(10, softmax),
    }
}

fn main() {
    let _ = 1;
}
