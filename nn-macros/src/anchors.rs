//! The words of a declaration as paths, for editors only: see [`Mention`]. The compiler does not
//! see them.

use nn_grammar::tokens::{List, Mention, Report};
use proc_macro2::TokenStream;
use quote::quote;

use crate::source::Source;

/// Writes each word in a separate item.
pub(crate) fn anchors(source: &Source, report: &Report) -> TokenStream {
    let nn = source.root();
    let anchors = report.mentions().iter().map(|mention| {
        let value = match mention {
            Mention::Word(list, word) => {
                let (list, otherwise) = match list {
                    List::Layer => (quote!(layer), quote!(dense)),
                    List::Activation => (quote!(activation), quote!(linear)),
                    List::Initializer => (quote!(init), quote!(zeros)),
                };
                let word = word.as_ref().map_or(otherwise, |word| {
                    let word = source.ident(word);
                    quote!(#word)
                });
                a_type(quote!(#nn::__private::words::#list::#word))
            }
            Mention::Type(tokens) => a_type(source.tokens(tokens)),
            Mention::Width(tokens) => {
                let width = tokens.as_ref().map_or(quote!(1), |tokens| source.tokens(tokens));
                quote!(::core::primitive::usize = #width)
            }
        };
        quote! {
            #[cfg(rust_analyzer)]
            const _: #value;
        }
    });
    quote! {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #(#anchors)*
        };
    }
}

fn a_type(path: TokenStream) -> TokenStream {
    quote!(::core::option::Option<#path> = ::core::option::Option::None)
}
