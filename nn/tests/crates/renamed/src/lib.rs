//! `ml = { package = "nn" }`
#![deny(warnings, missing_docs)]

use ml::prelude::*;

/// A module that gets in the way of no path.
pub mod nn {}

const HIDDEN: usize = 3;
/// A type.
pub type Small = ml::network![dense(4 -> HIDDEN, relu), dense(HIDDEN -> 2, softmax)];
ml::network! {
    /// Everything that the expansion has paths for.
    pub struct All {
        both: concat { a: dense(2 -> HIDDEN, leaky_relu(0.1)), b: input(2) },
        inner: Inner,
        own: dense(4, ml::activation::Tanh, init = ml::init::Zeros, bias = false, l2 = 1e-4),
        block: residual(layer_norm, dense(8, gelu), dropout(0.1), dense(4)) * 2,
        answers: heads {
            class: dense(2, softmax), yes: (dense(3), dense(1, sigmoid)), x: dense(1),
        },
    }
}
network! { pub struct Inner(dense((HIDDEN + 2) -> 4)); }
ml::network_file!("networks/small.net");
network! { pub struct Text = "dense(4→2)"; }

/// All of them.
pub fn all() -> (Small, All, Inner<f64>, FromFile, Text) {
    (Small::init(1), All::init(1), Network::init(1), FromFile::init(1), Text::init(1))
}
