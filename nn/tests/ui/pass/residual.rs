//! Residuals: the input of a few layers is added to their output.

use nn::{Record, network};

const WIDTH: usize = 6;

network! {
    pub struct Digits {
        stem: dense(8 -> WIDTH, relu),
        block: residual(dense(4, relu), dropout(0.1), dense(WIDTH)),
        blocks: residual(layer_norm, dense(12, gelu), dense(12 -> WIDTH)) * 3,
        nested: residual(residual(dense(WIDTH, tanh)), dense(6)),
        output: dense(3, softmax),
    }
}
network! { pub struct Front(residual(dense(4 -> 4, tanh)), dense(1)); }
type Small = network![residual(layer_norm), dense(4 -> 4), residual(dense(4, tanh) * 2), dense(1)];

pub(crate) fn main() {
    let names = <Digits as nn::Architecture>::NAMES;
    assert_eq!(names[..4], ["stem", "block.layer1", "block.layer2", "block.layer3"]);
    assert_eq!(names[4..8], ["blocks.0.layer1", "blocks.0.layer2", "blocks.0.layer3", "blocks.1.layer1"]);
    let digits = Digits::init(7);
    let _ = (digits.block(), digits.blocks(2), digits.nested());
    let answers = digits.activations(&[0.5; 8]);
    let (stem, block): ([f32; 6], [f32; 6]) = (answers.stem, answers.block);
    assert_ne!(stem, block);
    assert_eq!(answers.output, digits.predict(&[0.5; 8]));
    assert_eq!(Front::PARAMS, 20 + 5);
    digits.self_check(1).unwrap();
    let _ = Small::init(1).predict(&[0.0; 4]);
}
