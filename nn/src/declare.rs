//! `network!` and `network_file!`: the macros of `nn-macros`, with the path of this crate where
//! they are used.
//!
//! A procedural macro cannot know that path. A macro of this crate can pass it as `$crate`. The
//! generated code then finds this crate under another name in `Cargo.toml`, and through a crate
//! that re-exports it.

#[doc = include_str!("../../nn-macros/src/network.md")]
#[macro_export]
macro_rules! network {
    ($($declaration:tt)*) => {
        $crate::__private::network! { [$crate] $($declaration)* }
    };
}

/// Declares the networks of a file.
///
/// `network_file!("model.net")` reads the file `model.net` next to the crate's manifest and expands
/// its text as [`network!`] does: to declarations of structs, or to a type if the text holds
/// layers. In the file the arrow can be `→`, and `//` begins a comment. Mistakes are reported with
/// the file's name, line and column. The crate is recompiled when the file changes.
///
/// ```
/// use nn::{Network, network_file};
///
/// network_file!("networks/digits.net"); // declares `Digits` and `Zero`
/// type Small = network_file!("networks/small.net"); // layers, which are a type
///
/// let probabilities: [f32; 10] = Digits::init(7).predict(&[0.5; 784]);
/// assert_eq!(Small::PARAMS, 25_450);
/// # let _ = (probabilities, Zero::init(1));
/// ```
///
/// `networks/digits.net` is:
///
/// ```text
#[doc = include_str!("../networks/digits.net")]
/// ```
#[macro_export]
macro_rules! network_file {
    ($($path:tt)*) => {
        $crate::__private::network_file! { [$crate] $($path)* }
    };
}
