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
mod layers;
mod leaves;
mod methods;
mod own;
mod parse;
mod place;
mod real;
mod report;
mod sides;
mod spelling;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod types;
mod unit;
mod width;
mod widths;
mod words;

/// Declares networks: structs whose fields are layers.
///
/// ```
/// use nn::network;
///
/// network! {
///     /// 28×28 grey images to ten classes.
///     pub struct Digits {
///         hidden: dense(784 -> 128, relu),
///         output: dense(128 -> 10, softmax),
///     }
/// }
///
/// let digits = Digits::init(7);
/// let probabilities: [f32; 10] = digits.predict(&[0.0; 784]);
/// ```
///
/// # What can be written
///
/// ```text
/// network! { declaration… }      declares structs, as many as there are
/// network![layers]               is a type, wherever it stands
/// network!("layers")             is a type
///
/// declaration = attributes visibility struct Name { name: layer, … }
///             | attributes visibility struct Name(layers);
///             | attributes visibility struct Name = "layers";
/// layers      = layer, layer, …  with or without < > around them
/// layer       = dense(widths, activation)
/// widths      = inputs -> outputs
///             | outputs          the inputs are what the layer before gives
/// activation  = nothing          the layer is linear
///             | relu | leaky_relu | elu | selu | gelu | silu | mish | sigmoid | hard_sigmoid
///             | tanh | hard_tanh | softplus | softsign | linear
///             | softmax          at the end only
///             | a type           yours, which implements nn::activation::Activation
/// ```
///
/// A width is a number (`784`), a constant (`INPUT`, `config::OUTPUT`), or an expression in
/// parentheses or braces (`(28 * 28)`). Commas may trail. Doc comments and attributes of the
/// struct are kept, and doc comments of a layer go to its method.
///
/// In a string literal the arrow can be written as `→`, too, which the language refuses elsewhere:
///
/// ```
/// use nn::{Network, network};
///
/// type Small = network!("< dense(784→32, relu), dense(32→10, softmax) >");
/// let small = Small::init(7);
/// # let _: [f32; 10] = small.predict(&[0.0; 784]);
/// ```
///
/// # What is declared
///
/// A struct `Digits<T: Float = f32>` that implements `nn::Network` and `Display`, with the methods
/// and constants that are wanted most: `init`, `load`, `save`, `predict`, `predict_batch`,
/// `PARAMS`, `FLOPS`, `BYTES`, `SUMMARY`, and one method for every layer, by its name, that shows
/// its weights and biases (`layer1`, `layer2`, … where layers have no names). The struct derives
/// `Clone`.
///
/// The last activation decides about the loss that the network is trained with: `softmax` learns
/// classes by cross-entropy, `sigmoid` yes-or-no answers by binary cross-entropy, all else numbers
/// by a regression loss.
///
/// # Errors
///
/// Mistakes are compile errors, all at once, each at the token that is wrong, and say what to
/// write instead. Widths that are constants are compared by the compiler, at the same place.
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
#[proc_macro]
pub fn network_file(input: TokenStream) -> TokenStream {
    let directory = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let mut report = report::Report::default();
    file::network_file(input.into(), directory.as_ref(), &mut report).into()
}
