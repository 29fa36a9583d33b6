//! Mistakes as `compile_error!`s.

use nn_grammar::tokens::Report;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::source::Source;

/// Writes one `compile_error!` for each mistake, at its place, in the order of the source.
pub(crate) fn compile_errors(source: &Source, report: &Report) -> TokenStream {
    let mut mistakes: Vec<_> = report.mistakes().collect();
    mistakes.sort_by_key(|(place, _)| source.order(place));
    let errors = mistakes.iter().map(|(place, message)| {
        // The compiler underlines everything between the spans of a macro's first and last token.
        let message = quote_spanned!(source.end(place)=> { #message });
        quote_spanned!(source.span(place)=> ::core::compile_error! #message)
    });
    quote!(#(#errors)*)
}
