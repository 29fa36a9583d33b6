//! `network_file!("model.net")`: a declaration in a separate file.

use std::path::Path;

use nn_grammar::read_text;
use nn_grammar::tokens::{Kind, Place, Report, Text, Token, string};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::declare::finish;
use crate::expand::taken;
use crate::mistakes::compile_errors;
use crate::source::Source;

/// Expands the file that `input` names, relative to `directory`.
pub(crate) fn network_file(
    root: TokenStream,
    input: TokenStream,
    directory: &Path,
    report: &mut Report,
) -> TokenStream {
    let (source, tokens) = Source::read(root, input);
    let (literal, path) = match &tokens[..] {
        [Token { kind: Kind::Literal(literal), place, .. }] => (place, string(literal)),
        [first, ..] => (&first.place, None),
        [] => (&Place::default(), None),
    };
    let Some(path) = path else {
        let advice = "`network_file!` takes the path of a file in quotes, as in \
                      `network_file!(\"model.net\")`";
        report.error(literal, advice);
        return compile_errors(&source, report);
    };
    let text = match std::fs::read_to_string(directory.join(&path)) {
        Ok(text) => Text::new(&text, Some(&path)),
        Err(error) => {
            let advice = format!(
                "cannot read `{path}`, a path relative to the folder of Cargo.toml: {error}"
            );
            report.error(literal, advice);
            return compile_errors(&source, report);
        }
    };
    let checked = read_text(&text, literal.first, &taken(), report);
    // Makes the compiler track the file as a dependency.
    let name = source.tokens(&tokens);
    let absolute = match Path::new(&path).is_absolute() {
        true => name,
        false => quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #name)),
    };
    let dependency = quote_spanned! {Span::call_site()=>
        const _: &[::core::primitive::u8] = ::core::include_bytes!(#absolute);
    };
    finish(&source, checked, dependency, report)
}
