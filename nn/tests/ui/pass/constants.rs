//! Widths that are constants, paths and expressions.

use nn::network;

const SIDE: usize = 28;
const HIDDEN: usize = 100 + SIDE;
mod sizes {
    pub struct Sizes;
    impl Sizes {
        pub const OUTPUT: usize = 10;
    }
    pub const OTHER: usize = 128;
}

network! {
    pub struct Digits {
        input: dense({ SIDE * SIDE } -> (HIDDEN), relu),
        middle: dense(sizes::OTHER -> (2 * 32), relu),
        inner: dense({ if HIDDEN > 64 { 64 } else { 1 } } -> { const HALF: usize = 32; HALF }, relu),
        output: dense(0x20 -> sizes::Sizes::OUTPUT, softmax),
    }
}
type Alone = network![dense(SIDE -> sizes::OTHER), dense(sizes::Sizes::OUTPUT)];
type Same = network![dense((SIDE * SIDE) -> HIDDEN, relu), dense(sizes::OTHER -> 10, softmax)];

pub(crate) fn main() {
    let _: [f32; 10] = Digits::init(7).predict(&[0.0; 784]);
    let _: [f32; 10] = Alone::init(7).predict(&[0.0; SIDE]);
    let _: [f32; 10] = Same::init(7).predict(&[0.0; SIDE * SIDE]);
}
