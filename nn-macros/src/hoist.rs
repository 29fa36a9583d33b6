//! Gives the constants and networks that a declaration mentions names of their own, so that what the
//! user wrote stands in the expansion once, wherever it is needed: a mistake in it is one error, and
//! an editor knows the one place that it means.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::ast::{Layers, Path, Unit, Value, Width};

/// Replaces widths that are not numbers, and networks; returns the items that name them.
pub(crate) fn hoist(layers: &mut Layers) -> Vec<TokenStream> {
    let mut items = Vec::new();
    list(layers, &mut items);
    items
}

fn list(layers: &mut Layers, items: &mut Vec<TokenStream>) {
    for layer in &mut layers.list {
        match &mut layer.unit {
            Unit::Dense(dense) => {
                let widths = &mut dense.widths;
                for width in widths.input.iter_mut().chain(&mut widths.output) {
                    self::width(width, items);
                }
            }
            Unit::Own { widths, .. } => {
                for width in widths.input.iter_mut().chain(&mut widths.output) {
                    self::width(width, items);
                }
            }
            Unit::Input(Some(width)) => self::width(width, items),
            Unit::Residual(layers) => list(layers, items),
            Unit::Concat(branches) | Unit::Heads(branches) => {
                branches.iter_mut().for_each(|branch| list(&mut branch.layers, items));
            }
            Unit::Network(path) => network(path, items),
            _ => {}
        }
    }
}

fn width(width: &mut Width, items: &mut Vec<TokenStream>) {
    let span = width.place.span;
    if let Value::Const { tokens, .. } = &mut width.value {
        let name = located(format_ident!("__WIDTH{}", items.len()), span);
        items.push(quote! {
            #[allow(dead_code)]
            const #name: ::core::primitive::usize = #tokens;
        });
        *tokens = quote!(#name);
    }
}

fn network(path: &mut Path, items: &mut Vec<TokenStream>) {
    let span = path.place.span;
    let name = located(format_ident!("__Network{}", items.len()), span);
    let tokens = &path.tokens;
    items.push(quote!(type #name = #tokens;));
    path.tokens = quote_spanned!(span=> #name);
}

/// Found by the rules of this macro, shown where the user wrote what it stands for.
fn located(mut name: Ident, span: Span) -> Ident {
    name.set_span(Span::call_site().located_at(span));
    name
}
