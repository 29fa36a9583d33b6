//! The procedural macros `network!` and `network_file!`, which declare a network as a struct whose
//! fields are layers. They are part of `nn`: its macros of the same names call these. Nothing else
//! here is public.
//!
//! `nn-grammar` parses and checks a declaration, independently of the compiler. This crate connects
//! the two:
//!
//! ```text
//! compiler's tokens ── source ──> tokens ── nn-grammar ──> checked networks ── expand ──> code
//!                                              └── report ── mistakes, anchors ────────────┘
//! ```
//!
//! The generated code only names items of `nn`, by the path that the call passes. If a declaration
//! has mistakes, the generated code is that of the network that was probably meant, so that one
//! mistake gives one message.

use nn_grammar::tokens::Report;
use proc_macro::TokenStream;
use proc_macro2::TokenTree;
use quote::quote;

mod anchors;
mod declare;
mod expand;
mod file;
mod mistakes;
mod source;
#[cfg(test)]
mod tests;

/// Implements `nn::network!`. The input is the path of the crate `nn` in brackets, followed by the
/// declaration.
#[doc(hidden)]
#[proc_macro]
pub fn network(input: TokenStream) -> TokenStream {
    let (root, declaration) = with_root(input);
    declare::network(root, declaration, &mut Report::default()).into()
}

/// Implements `nn::network_file!`. The input is the path of the crate `nn` in brackets, followed by
/// the path of the file.
#[doc(hidden)]
#[proc_macro]
pub fn network_file(input: TokenStream) -> TokenStream {
    let directory = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let (root, path) = with_root(input);
    file::network_file(root, path, directory.as_ref(), &mut Report::default()).into()
}

/// Splits the input into the path of the crate `nn` and the rest. Only a macro of `nn` knows the
/// name of the crate where it is called, and passes it first.
fn with_root(input: TokenStream) -> (proc_macro2::TokenStream, proc_macro2::TokenStream) {
    let mut trees = proc_macro2::TokenStream::from(input).into_iter();
    match trees.next() {
        Some(TokenTree::Group(root)) => (root.stream(), trees.collect()),
        first => (quote!(::nn), first.into_iter().chain(trees).collect()),
    }
}
