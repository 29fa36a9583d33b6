//! A crate that shows `nn` to others as a part of itself.
#![deny(warnings, missing_docs)]

pub use nn;
pub use nn::network as declare;
pub use nn::prelude;

/// A macro that declares a network where it is called.
#[macro_export]
macro_rules! digits {
    ($(#[$attribute:meta])* $visibility:vis $name:ident, $hidden:expr) => {
        $crate::nn::network! {
            $(#[$attribute])*
            $visibility struct $name(dense(784 -> $hidden, relu), dense(10, softmax));
        }
    };
}
digits!(
    /// Here, too.
    pub Here,
    16 + 16
);
