//! `network!`, which declares a network as a struct whose fields are layers. It is part of `nn`,
//! which re-exports it; nothing else here is public.
//!
//! What a declaration says and whether it makes sense is up to `nn-grammar`, which knows nothing of the
//! compiler. This crate is what is between the two:
//!
//! ```text
//! compiler's tokens ── source ──> tokens ── nn-grammar ──> checked networks ── expand ──> code
//!                                              └── report ── mistakes, anchors ────────────┘
//! ```
//!
//! The code only names things in `nn`. On mistakes it is that of the network that was probably meant, so that
//! one mistake gives one message.

use nn_grammar::tokens::Report;
use proc_macro::TokenStream;

mod anchors;
mod declare;
mod expand;
mod file;
mod mistakes;
mod source;
#[cfg(test)]
mod tests;

#[doc = include_str!("network.md")]
#[proc_macro]
pub fn network(input: TokenStream) -> TokenStream {
    declare::network(input.into(), &mut Report::default()).into()
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
#[proc_macro]
pub fn network_file(input: TokenStream) -> TokenStream {
    let directory = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let mut report = Report::default();
    file::network_file(input.into(), directory.as_ref(), &mut report).into()
}
