//! Knows `nn` only by a crate that re-exports it.
#![deny(warnings, missing_docs)]

use facade::prelude::*;

facade::nn::network! {
    /// By its path.
    pub struct ByPath(concat(dense(2 -> 2), input(2)), heads(dense(2, softmax), dense(1)));
}
facade::declare! { pub struct ByOtherName(dense(4 -> 2, tanh), dense(1)); }
network! { pub struct ByPrelude(dense(4 -> 2, tanh), dense(1)); }
facade::digits!(
    /// By a macro.
    pub ByMacro,
    2 * 32
);
/// A type.
pub type Small = facade::nn::network![dense(4 -> 3, relu), dense(2)];

/// All of them.
pub fn all() -> (ByPath, ByOtherName, ByPrelude, ByMacro, Small, facade::Here) {
    const { assert!(ByMacro::PARAMS == 784 * 64 + 64 + 64 * 10 + 10) };
    (
        ByPath::init(1),
        ByOtherName::init(1),
        ByPrelude::init(1),
        ByMacro::init(1),
        Small::init(1),
        facade::Here::init(1),
    )
}
