//! `network!`, which declares a network as a struct whose fields are layers. It is part of `nn`, whose macros
//! of the same names call those here; nothing else here is public.
//!
//! What a declaration says and whether it makes sense is up to `nn-grammar`, which knows nothing of the
//! compiler. This crate is what is between the two:
//!
//! ```text
//! compiler's tokens ── source ──> tokens ── nn-grammar ──> checked networks ── expand ──> code
//!                                              └── report ── mistakes, anchors ────────────┘
//! ```
//!
//! The code only names things in `nn`, by the path that the call brings with it. On mistakes it is that of the network that was probably meant, so that
//! one mistake gives one message.

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

/// What `nn::network!` calls: the path of the crate `nn`, in brackets, and then the declaration.
#[doc(hidden)]
#[proc_macro]
pub fn network(input: TokenStream) -> TokenStream {
    let (root, declaration) = with_root(input);
    declare::network(root, declaration, &mut Report::default()).into()
}

/// What `nn::network_file!` calls: the path of the crate `nn`, in brackets, and then that of the file.
#[doc(hidden)]
#[proc_macro]
pub fn network_file(input: TokenStream) -> TokenStream {
    let directory = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let (root, path) = with_root(input);
    file::network_file(root, path, directory.as_ref(), &mut Report::default()).into()
}

/// The path of the crate `nn` by the name that it has where the macro is called, which only a macro of `nn` can know
/// and puts in front; and what follows.
fn with_root(input: TokenStream) -> (proc_macro2::TokenStream, proc_macro2::TokenStream) {
    let mut trees = proc_macro2::TokenStream::from(input).into_iter();
    match trees.next() {
        Some(TokenTree::Group(root)) => (root.stream(), trees.collect()),
        first => (quote!(::nn), first.into_iter().chain(trees).collect()),
    }
}
