//! The expansion causes no warnings under strict lints.

#![deny(warnings, missing_docs, unused, nonstandard_style, unreachable_pub, missing_debug_implementations)]
#![deny(rust_2018_idioms, single_use_lifetimes, trivial_casts, unused_qualifications, unused_lifetimes)]
#![deny(unsafe_code, let_underscore_drop, redundant_imports, explicit_outlives_requirements)]

const HIDDEN: usize = 3;

/// A public module.
pub mod models {
    nn::network! {
        #[derive(Debug)]
        pub struct Documented {
            hidden: dense(4 -> {3}, tanh),
            output: dense((2), softmax),
        }
    }
}

nn::network! {
    #[derive(Debug)]
    struct Private(dense(4 -> (HIDDEN), tanh), dense((HIDDEN) -> 2, softmax));
}
type Small = nn::network![dense((4) -> {HIDDEN}, tanh), dense(2, softmax)];

pub(crate) fn main() {
    drop(models::Documented::init(7));
    drop(Private::init(7));
    drop(<Small as nn::Network>::init(7));
}
