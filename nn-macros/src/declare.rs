//! One call of `network!`: the tokens of a declaration to the tokens of its code.

use nn_grammar::tokens::{Report, TOO_NESTED};
use nn_grammar::{Checked, read_tokens};
use proc_macro2::TokenStream;
use quote::quote;

use crate::anchors::anchors;
use crate::expand::{expand, taken};
use crate::mistakes::compile_errors;
use crate::source::Source;

/// Expands `input`, where `root` is the path of `nn`. Mistakes are added to `report`, and to the
/// code as errors.
pub(crate) fn network(root: TokenStream, input: TokenStream, report: &mut Report) -> TokenStream {
    let (source, tokens) = Source::read(root, input);
    let checked = match source.too_nested() {
        None => read_tokens(&tokens, &taken(), report),
        // The brackets that were skipped may cause further mistakes, which are discarded.
        Some(place) => {
            report.error(place, TOO_NESTED);
            read_tokens(&tokens, &taken(), &mut Report::default())
        }
    };
    finish(&source, checked, TokenStream::new(), report)
}

/// Writes the code of a declaration, with `also` next to the errors.
pub(crate) fn finish(
    source: &Source,
    checked: Checked,
    also: TokenStream,
    report: &Report,
) -> TokenStream {
    let errors = compile_errors(source, report);
    expand(source, checked, anchors(source, report), quote!(#also #errors))
}
