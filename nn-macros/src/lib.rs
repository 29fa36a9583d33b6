//! `network!`, which declares a network as a struct whose fields are layers. It is part of `nn`,
//! which re-exports it; nothing else here is public.
//!
//! The macro reads the declaration (`parse`, `layers`, `unit`, `arguments`; from a string literal or
//! a file by way of `text`), follows the widths through it (`flow`), checks it (`check`), and writes
//! code that only names things in `nn` (`expand`). Mistakes are collected in a `report`; on any, the
//! network is emitted as it was probably meant (`fallback`), so that one mistake gives one message.

use proc_macro::TokenStream;

mod activation;
mod arguments;
mod assertions;
mod ast;
mod branches;
mod check;
mod cursor;
mod declare;
mod describe;
mod expand;
mod fallback;
mod file;
mod flow;
mod hoist;
mod kinds;
mod layers;
mod leaves;
mod methods;
mod own;
mod parse;
mod place;
mod real;
mod repeat;
mod report;
mod seams;
mod sides;
mod spelling;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod types;
mod unit;
mod values;
mod width;
mod widths;
mod words;

#[doc = include_str!("network.md")]
#[proc_macro]
pub fn network(input: TokenStream) -> TokenStream {
    declare::network(input.into(), &mut report::Report::default()).into()
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
    let mut report = report::Report::default();
    file::network_file(input.into(), directory.as_ref(), &mut report).into()
}
