//! Declared by a macro, with the macro's widths and words.

macro_rules! declare {
    ($name:ident, $input:expr, $hidden:literal, $activation:ident, $layer:ident, $path:path) => {
        nn::network! {
            /// Made by a macro.
            pub struct $name {
                $layer: dense($input -> $hidden, $activation),
                middle: dense($hidden -> ($hidden / 2), $path),
                output: dense(1),
            }
        }
    };
}
macro_rules! small {
    ($input:tt, $output:expr) => {
        nn::network![dense($input -> 8, relu), dense($output)]
    };
}

const INPUT: usize = 4;
declare!(First, 2 * 2, 8, relu, hidden, nn::activation::Tanh);
declare!(Second, INPUT, 16, tanh, other, nn::activation::Relu);

pub(crate) fn main() {
    let _: [f32; 1] = First::init(1).predict(&[0.0; 4]);
    let _: [f32; 1] = Second::init(1).predict(&[0.0; 4]);
    let _ = Second::init(1).other();
    let _ = <small!(INPUT, 3) as nn::Network>::init(1);
}
