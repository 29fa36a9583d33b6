//! The methods that show the parameters of layers, each under the layer's name.

use nn_grammar::network::{Step, Unit};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::docs;
use super::leaf_count::Leaves;
use super::parts::Parts;

/// The methods that show the parameters of a layer.
pub(super) fn views(parts: &Parts<'_>) -> TokenStream {
    let nn = parts.written.nn();
    let Parts { visibility, float, steps, written, .. } = parts;
    let aliases = &parts.layers();
    let mut before = Leaves::default();
    let mut views = TokenStream::new();
    for (step, alias) in steps.iter().zip(aliases) {
        let (leaf, own) = (before.tokens(written), Leaves::of(step).tokens(written));
        before.add(step);
        let (method, docs) = head(step, parts);
        let (input, output) = (written.constant(&step.input), written.constant(&step.output));
        let span = Span::call_site().located_at(written.span(&step.title.place));
        let (index, panics, at) = index(step, leaf, own, nn);
        let (kind, body) = match &step.unit {
            // No parameters, or a nested network: see `nested`.
            Unit::Input | Unit::Network(_) | Unit::Columns(_) => continue,
            Unit::Simple(simple) if !simple.row.shown => continue,
            unit if is_plain(unit) => (
                quote!(#nn::layer::DenseView<'_, #float, #input, #output>),
                quote!(#nn::dense_view::<Self, #input, #output>(self, #at)),
            ),
            _ => (
                quote_spanned!(span=> <#alias as #nn::layer::Layer>::View<'_, #float>),
                quote_spanned!(span=> #nn::layer_view::<Self, #alias>(self, #at)),
            ),
        };
        views.extend(quote! {
            #docs
            #panics
            #visibility fn #method(&self #index) -> #kind {
                #body
            }
        });
    }
    views
}

/// Whether it is a dense layer with a weight and a bias, as the stand-in for a layer with mistakes
/// is.
fn is_plain(unit: &Unit) -> bool {
    match unit {
        Unit::Dense { dense, .. } => dense.bias != Some(false) && dense.norm().is_none(),
        unit => matches!(unit, Unit::StandIn),
    }
}

/// The index argument of a repeated layer, the documentation of that argument, and the number of
/// the leaf that it selects: `own` leaves per repetition, starting at `leaf`.
fn index(
    step: &Step,
    leaf: TokenStream,
    own: TokenStream,
    nn: &TokenStream,
) -> (TokenStream, TokenStream, TokenStream) {
    if step.count == 1 {
        return (quote!(), quote!(), leaf);
    }
    let count = Literal::usize_unsuffixed(step.count);
    let title = &step.title.text;
    let panics = format!("\n# Panics\n\nIf `index` is {count} or more.");
    (
        quote!(, index: ::core::primitive::usize),
        quote!(#[doc = #panics]),
        quote!(#leaf + #nn::__private::repetition(index, #count, #title) * (#own)),
    )
}

/// The methods that return a copy of a nested network.
pub(super) fn nested(parts: &Parts<'_>) -> TokenStream {
    let nn = parts.written.nn();
    let Parts { visibility, name, parameters, passed, steps, written, .. } = parts;
    let mut before = Leaves::default();
    let mut methods = TokenStream::new();
    for step in *steps {
        let (leaf, own) = (before.tokens(written), Leaves::of(step).tokens(written));
        before.add(step);
        let Unit::Network(path) = &step.unit else { continue };
        let (path, (method, docs)) = (written.network(path), head(step, parts));
        let (index, panics, at) = index(step, leaf, own, nn);
        methods.extend(quote! {
            #[allow(dead_code)]
            impl<#parameters> #name<#passed <#path as #nn::Architecture>::Float> {
                #docs
                ///
                /// The returned network has a copy of the parameters.
                #panics
                #visibility fn #method(&self #index) -> #path {
                    #nn::__private::nested::<Self, #path>(self, #at)
                }
            }
        });
    }
    methods
}

/// The name of a layer's method, and its documentation: the user's, followed by a description of
/// the layer.
fn head(step: &Step, parts: &Parts<'_>) -> (Ident, TokenStream) {
    let docs = step.title.docs.iter().map(|doc| parts.written.tokens(&doc.tokens));
    let doc = docs::layer(step);
    (parts.written.ident(&step.title.name), quote!(#(#docs)* #[doc = #doc]))
}
