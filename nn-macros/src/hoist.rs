//! Gives the constants and networks that a declaration mentions names of their own, so that what the
//! user wrote stands in the expansion once, wherever it is needed: a mistake in it is one error, and
//! an editor knows the one place that it means.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::ast::{Activation, Choice, Layers, Path, Unit, Value, Width};
use crate::kinds::{self, Kind};
use crate::types::without_arguments;

/// Replaces widths that are not numbers, and networks; returns the items that name them.
pub(crate) fn hoist(layers: &mut Layers) -> Vec<TokenStream> {
    let mut items = Vec::new();
    list(layers, &mut items);
    items
}

/// Replaces networks by what stands for them if they are none, without names: for the items that others
/// see, which cannot mention the macro's own names.
pub(crate) fn guard(layers: &mut Layers) {
    for layer in &mut layers.list {
        match &mut layer.unit {
            Unit::Residual(layers) => guard(layers),
            Unit::Concat(branches) | Unit::Heads(branches) => {
                branches.iter_mut().for_each(|branch| guard(&mut branch.layers));
            }
            Unit::Network(path) => {
                path.tokens = kinds::checked(Kind::Network, &path.tokens, &kinds::no_network());
            }
            _ => {}
        }
    }
}

fn list(layers: &mut Layers, items: &mut Vec<TokenStream>) {
    for layer in &mut layers.list {
        match &mut layer.unit {
            Unit::Dense(dense) => {
                let widths = &mut dense.widths;
                for width in widths.input.iter_mut().chain(&mut widths.output) {
                    self::width(width, items);
                }
                if let Some(Activation { choice: Choice::Own(path), .. }) = &mut dense.activation {
                    let identity = quote!(::nn::activation::Identity);
                    checked(Kind::Activation, path, &identity, items);
                }
                if let Some(Choice::Own(path)) = &mut dense.init {
                    checked(Kind::Initialiser, path, &quote!(::nn::init::ByActivation), items);
                }
            }
            Unit::Own { widths, path } => {
                self::layer(path, items);
                for width in widths.input.iter_mut().chain(&mut widths.output) {
                    self::width(width, items);
                }
            }
            Unit::Input(Some(width)) => self::width(width, items),
            Unit::Residual(layers) => list(layers, items),
            Unit::Concat(branches) | Unit::Heads(branches) => {
                branches.iter_mut().for_each(|branch| list(&mut branch.layers, items));
            }
            Unit::Network(path) => {
                checked(Kind::Network, path, &kinds::no_network(), items);
                items.push(kinds::linear(&path.tokens, &path.text, path.place.span));
            }
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

/// Names a type, and what stands for it if it is not of this kind.
fn checked(kind: Kind, path: &mut Path, other: &TokenStream, items: &mut Vec<TokenStream>) {
    let span = path.place.span;
    let users = located(format_ident!("__Users{}", items.len()), span);
    let name = located(format_ident!("__Checked{}", items.len()), span);
    let written = &path.tokens;
    let users_path = quote!(#users);
    let assertion = kinds::assertion(kind, &users_path, &path.text, span);
    let checked = kinds::checked(kind, &users_path, other);
    items.push(quote! {
        type #users = #written;
        type #name = #checked;
        #assertion
    });
    path.tokens = quote_spanned!(span=> #name);
}

/// Names a layer of the user's, whose parameters are its widths and then whatever else it has.
fn layer(path: &mut Path, items: &mut Vec<TokenStream>) {
    let span = path.place.span;
    let name = located(format_ident!("__Users{}", items.len()), span);
    let (written, others) = without_arguments(&path.tokens);
    items.push(quote! {
        type #name<const INPUTS: ::core::primitive::usize, const OUTPUTS: ::core::primitive::usize> =
            #written<INPUTS, OUTPUTS #(, #others)*>;
    });
    path.tokens = quote_spanned!(span=> #name);
}

/// Found by the rules of this macro, shown where the user wrote what it stands for.
fn located(mut name: Ident, span: Span) -> Ident {
    name.set_span(Span::call_site().located_at(span));
    name
}
