//! `network_file!("model.net")`: a declaration in a file of its own.

use std::path::Path;
use std::rc::Rc;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;

use crate::declare::finish;
use crate::parse;
use crate::place::Text;
use crate::report::Report;

/// What stands for the file that `input` names, relative to `directory`.
pub(crate) fn network_file(
    input: TokenStream,
    directory: &Path,
    report: &mut Report,
) -> TokenStream {
    let Ok(name) = syn::parse2::<LitStr>(input.clone()) else {
        let span = input.into_iter().next().map_or_else(Span::call_site, |token| token.span());
        let advice = "`network_file!` takes the path of a file in quotation marks, as in \
                      `network_file!(\"model.net\")`";
        report.error(&span.into(), advice);
        return report.compile_errors();
    };
    let (path, span) = (name.value(), name.span());
    let source = match std::fs::read_to_string(directory.join(&path)) {
        Ok(source) => source,
        Err(error) => {
            let advice = format!(
                "cannot read `{path}`, a path beginning where the manifest Cargo.toml is: {error}"
            );
            report.error(&span.into(), advice);
            return report.compile_errors();
        }
    };
    let text = Rc::new(Text { chars: source.chars().collect(), file: Some(path.clone()) });
    let declaration = parse::of_text(&text, span, report);
    // The compiler sees that the code depends on the file.
    let absolute = match Path::new(&path).is_absolute() {
        true => quote!(#name),
        false => quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #name)),
    };
    let dependency = quote_spanned! {Span::call_site()=>
        const _: &[::core::primitive::u8] = ::core::include_bytes!(#absolute);
    };
    finish(declaration, dependency, report)
}
