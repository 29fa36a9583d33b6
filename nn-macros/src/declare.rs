//! One call of `network!`, from tokens to tokens.

use nn_grammar::tokens::{Report, TOO_NESTED};
use nn_grammar::{Checked, read_tokens};
use proc_macro2::TokenStream;
use quote::quote;

use crate::anchors::anchors;
use crate::expand::{expand, taken};
use crate::mistakes::compile_errors;
use crate::source::Source;

/// What stands for `input`, where `root` is the path of `nn`; the mistakes in it are in `report`, and in the code as errors.
pub(crate) fn network(root: TokenStream, input: TokenStream, report: &mut Report) -> TokenStream {
    let (source, tokens) = Source::read(root, input);
    let checked = match source.too_nested() {
        None => read_tokens(&tokens, &taken(), report),
        // What is not looked into may look like other mistakes.
        Some(place) => {
            report.error(place, TOO_NESTED);
            read_tokens(&tokens, &taken(), &mut Report::default())
        }
    };
    finish(&source, checked, TokenStream::new(), report)
}

/// Writes the code of a declaration, with `also` beside the errors.
pub(crate) fn finish(
    source: &Source,
    checked: Checked,
    also: TokenStream,
    report: &Report,
) -> TokenStream {
    let errors = compile_errors(source, report);
    expand(source, checked, anchors(source, report), quote!(#also #errors))
}
