//! The structs beside a network: what it takes where it has several inputs, what it answers where it
//! has several heads, and what all its layers answer.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use crate::ast::{Branch, Layers, Network, Unit, Width};
use crate::describe;
use crate::flow::{Step, flow};
use crate::report::Report;
use crate::widths::{constant, value};

/// One of several inputs or heads: its name, its width, and the widths before it.
pub(crate) struct Side<'s> {
    pub(crate) name: &'s Ident,
    pub(crate) width: &'s Width,
    before: Vec<&'s Width>,
}

impl Side<'_> {
    /// Where its numbers begin in the row of all.
    fn start(&self) -> TokenStream {
        match self.before.iter().map(|width| width.number()).sum::<Option<u64>>() {
            Some(sum) => {
                let sum = Literal::u64_unsuffixed(sum);
                quote!(#sum)
            }
            None => {
                let widths = self.before.iter().map(|width| value(width));
                quote!(#(#widths)+*)
            }
        }
    }
}

/// The inputs, if there are several.
pub(crate) fn inputs<'s>(steps: &'s [Step<'_>]) -> Option<Vec<Side<'s>>> {
    let first = steps.first()?;
    match &first.layer.unit {
        Unit::Concat(branches) => sides(branches, &first.parts, |part| Some(&part.first()?.input)),
        _ => None,
    }
}

/// The heads, if there are several.
pub(crate) fn heads<'s>(steps: &'s [Step<'_>]) -> Option<Vec<Side<'s>>> {
    let last = steps.last()?;
    match &last.layer.unit {
        Unit::Heads(branches) => sides(branches, &last.parts, |part| Some(&part.last()?.output)),
        _ => None,
    }
}

fn sides<'s, 'l>(
    branches: &'s [Branch],
    parts: &'s [Vec<Step<'l>>],
    width: impl Fn(&'s [Step<'l>]) -> Option<&'s Width>,
) -> Option<Vec<Side<'s>>> {
    let mut before = Vec::new();
    let mut sides = Vec::new();
    for (branch, part) in branches.iter().zip(parts) {
        let width = width(part)?;
        sides.push(Side { name: &branch.name, width, before: before.clone() });
        before.push(width);
    }
    (sides.len() > 1).then_some(sides)
}

/// `DigitsInput` and the like.
pub(crate) fn name(network: &Ident, suffix: &str) -> Ident {
    format_ident!("{}{suffix}", network.unraw(), span = Span::call_site())
}

/// The declarations of the structs beside a network of these layers.
pub(crate) fn structs(network: &Network, layers: &Layers, float: &Ident) -> Vec<TokenStream> {
    let flow = flow(layers, &mut Report::default());
    let (visibility, plain) = (&network.visibility, network.name.unraw());
    let mut structs = Vec::new();
    let mut declare = |suffix: &str, docs: String, traits: TokenStream, fields: TokenStream| {
        let name = name(&network.name, suffix);
        structs.push(quote! {
            #[doc = #docs]
            #[allow(dead_code, non_camel_case_types)]
            #[derive(::core::clone::Clone, #traits ::core::fmt::Debug, ::core::cmp::PartialEq)]
            #visibility struct #name<#float = ::core::primitive::f32> {
                #fields
            }
        });
    };
    let side_fields = |sides: &[Side<'_>]| {
        let fields = sides.iter().map(|Side { name, width, .. }| {
            let (docs, width) = (describe::numbers(width), constant(width));
            quote!(#[doc = #docs] #visibility #name: [#float; #width],)
        });
        quote!(#(#fields)*)
    };
    let copy = || quote!(::core::marker::Copy,);
    if let Some(inputs) = inputs(&flow.steps) {
        let docs = format!("What [`{plain}`] is asked: its inputs, which make up one row.");
        declare("Input", docs, copy(), side_fields(&inputs));
    }
    if let Some(heads) = heads(&flow.steps) {
        let docs = format!("What [`{plain}`] answers: the outputs of its heads.");
        declare("Output", docs, copy(), side_fields(&heads));
    }
    let fields = flow.steps.iter().map(|step| {
        let (name, width) = (&step.layer.name, constant(&step.output));
        let docs = format!("What {} answers.", step.layer.title);
        let kind = match step.layer.count() {
            1 => quote!([#float; #width]),
            count => {
                let count = Literal::usize_unsuffixed(count);
                quote!([[#float; #width]; #count])
            }
        };
        quote!(#[doc = #docs] #visibility #name: #kind,)
    });
    let docs = format!("What every layer of [`{plain}`] answers to one sample.");
    declare("Activations", docs, quote!(), quote!(#(#fields)*));
    structs
}

/// To a row and back, for what [`structs`] declares.
pub(crate) fn conversions(
    network: &Ident,
    suffix: &str,
    sides: &[Side<'_>],
    width: &TokenStream,
    float: &Ident,
) -> TokenStream {
    let name = name(network, suffix);
    let fields: Vec<&Ident> = sides.iter().map(|side| side.name).collect();
    let starts = sides.iter().map(Side::start);
    let widths = sides.iter().map(|side| constant(side.width));
    quote! {
        impl<#float: ::nn::Float> ::core::convert::From<#name<#float>> for [#float; #width] {
            fn from(parts: #name<#float>) -> Self {
                ::nn::__private::join([#(&parts.#fields[..]),*])
            }
        }
        impl<#float: ::nn::Float> ::core::convert::From<[#float; #width]> for #name<#float> {
            fn from(row: [#float; #width]) -> Self {
                Self { #(#fields: ::nn::__private::part::<#float, #widths>(&row, #starts)),* }
            }
        }
    }
}
