//! One call of `network!`, from tokens to tokens.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Declaration;
use crate::report::Report;
use crate::{check, expand, fallback, parse};

/// What stands for `input`; the mistakes in it are in `report`, and in the code as errors.
pub(crate) fn network(input: TokenStream, report: &mut Report) -> TokenStream {
    let declaration = parse::declaration(input, report);
    finish(declaration, TokenStream::new(), report)
}

/// Checks a declaration and writes its code, with `also` beside the errors.
pub(crate) fn finish(
    mut declaration: Declaration,
    also: TokenStream,
    report: &mut Report,
) -> TokenStream {
    check::check(&declaration, report);
    if !report.is_empty() {
        fallback::repair(&mut declaration);
    }
    let errors = report.compile_errors();
    expand::expand(declaration, report.anchors(), quote!(#also #errors))
}
