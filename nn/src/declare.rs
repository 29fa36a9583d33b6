//! `network!` and `network_file!`: the macros of `nn-macros`, told what this crate is called where they are used.
//!
//! A procedural macro cannot know that. A macro of this crate can, by `$crate`: the code that it writes finds this crate
//! under another name in `Cargo.toml`, and through a crate that re-exports it.

#[doc = include_str!("../../nn-macros/src/network.md")]
#[macro_export]
macro_rules! network {
    ($($declaration:tt)*) => {
        $crate::__private::network! { [$crate] $($declaration)* }
    };
}

/// Declares the networks of a file.
///
/// `network_file!("model.net")` reads the file `model.net` beside the manifest of the crate and stands
/// for what [`network!`] makes of the text in it: declarations of structs, or layers, which are a type.
/// The arrow can be `→` there, `//` begins a comment, and mistakes are shown with the file's name, line
/// and column. The crate is compiled again when the file changes.
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
