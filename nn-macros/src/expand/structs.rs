//! The structs next to a network: its inputs if it has several, its outputs if it has several
//! heads, and the outputs of all its layers.

use nn_grammar::ast::{Branch, Width};
use nn_grammar::network::{Network, Step, Unit};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::docs;
use super::written::Written;

/// One of several inputs or heads: its name, its width, and the widths before it.
pub(super) struct Side<'s> {
    pub(super) name: Ident,
    pub(super) width: &'s Width,
    before: Vec<&'s Width>,
}

impl Side<'_> {
    /// The offset of its numbers in the joined row.
    fn start(&self, written: &Written<'_>) -> TokenStream {
        match self.before.iter().map(|width| width.number()).sum::<Option<u64>>() {
            Some(sum) => {
                let sum = Literal::u64_unsuffixed(sum);
                quote!(#sum)
            }
            None => written.sum(self.before.iter().copied()),
        }
    }
}

/// The inputs, if there are several.
pub(super) fn inputs<'s>(steps: &'s [Step], written: &Written<'_>) -> Option<Vec<Side<'s>>> {
    match &steps.first()?.unit {
        Unit::Concat(branches) => sides(branches, written, |part| Some(&part.first()?.input)),
        _ => None,
    }
}

/// The heads, if there are several.
pub(super) fn heads<'s>(steps: &'s [Step], written: &Written<'_>) -> Option<Vec<Side<'s>>> {
    match &steps.last()?.unit {
        Unit::Heads(branches) => sides(branches, written, |part| Some(&part.last()?.output)),
        _ => None,
    }
}

fn sides<'s>(
    branches: &'s [Branch<Vec<Step>>],
    written: &Written<'_>,
    width: impl Fn(&'s [Step]) -> Option<&'s Width>,
) -> Option<Vec<Side<'s>>> {
    let mut before = Vec::new();
    let mut sides = Vec::new();
    for branch in branches {
        let width = width(&branch.layers)?;
        sides.push(Side { name: written.ident(&branch.name), width, before: before.clone() });
        before.push(width);
    }
    Some(sides)
}

/// The name of such a struct: `DigitsInput`.
pub(super) fn name(network: &Ident, suffix: &str) -> Ident {
    format_ident!("{network}{suffix}", span = Span::call_site())
}

/// The declarations of the structs next to a network.
pub(super) fn structs(network: &Network, float: &Ident, written: &Written<'_>) -> Vec<TokenStream> {
    let (steps, plain) = (&network.chain.steps, network.head.name.plain());
    let (network_name, visibility) =
        (written.ident(&network.head.name), written.tokens(&network.head.visibility));
    // The deprecation of a nested network is reported once, at its name among the layers.
    let deprecated = has_network(steps).then(|| quote!(, deprecated));
    let parameters = written.parameters();
    let mut structs = Vec::new();
    let mut declare = |suffix: &str, docs: String, traits: TokenStream, fields: TokenStream| {
        let name = name(&network_name, suffix);
        structs.push(quote! {
            #[doc = #docs]
            #[allow(dead_code, non_camel_case_types #deprecated)]
            #[derive(::core::clone::Clone, #traits ::core::fmt::Debug, ::core::cmp::PartialEq)]
            #visibility struct #name<#parameters #float = ::core::primitive::f32> {
                #fields
            }
        });
    };
    let side_fields = |sides: &[Side<'_>]| {
        let fields = sides.iter().map(|Side { name, width, .. }| {
            let (docs, width) = (docs::numbers(width), written.constant(width));
            quote!(#[doc = #docs] #visibility #name: [#float; #width],)
        });
        quote!(#(#fields)*)
    };
    let copy = || quote!(::core::marker::Copy,);
    if let Some(inputs) = inputs(steps, written) {
        let docs = format!("The inputs of [`{plain}`], which form one row.");
        declare("Input", docs, copy(), side_fields(&inputs));
    }
    if let Some(heads) = heads(steps, written) {
        let docs = format!("The outputs of [`{plain}`], one field for each head.");
        declare("Output", docs, copy(), side_fields(&heads));
    }
    let fields = steps.iter().map(|step| {
        let (name, width) = (written.ident(&step.title.name), written.constant(&step.output));
        let docs = format!("The output of {}.", step.title.text);
        let kind = match step.count {
            1 => quote!([#float; #width]),
            count => {
                let count = Literal::usize_unsuffixed(count);
                quote!([[#float; #width]; #count])
            }
        };
        quote!(#[doc = #docs] #visibility #name: #kind,)
    });
    let docs = format!("The output of every layer of [`{plain}`] for one sample.");
    declare("Activations", docs, quote!(), quote!(#(#fields)*));
    structs
}

fn has_network(steps: &[Step]) -> bool {
    steps.iter().any(|step| {
        matches!(step.unit, Unit::Network(_)) || step.parts().into_iter().any(has_network)
    })
}

/// Conversions to a row and back, for the structs that [`structs`] declares.
pub(super) fn conversions(
    network: &Ident,
    suffix: &str,
    sides: &[Side<'_>],
    width: &TokenStream,
    float: &Ident,
    written: &Written<'_>,
) -> TokenStream {
    let nn = written.nn();
    let (parameters, passed) = (written.parameters(), written.arguments());
    let name = name(network, suffix);
    let fields: Vec<&Ident> = sides.iter().map(|side| &side.name).collect();
    let starts = sides.iter().map(|side| side.start(written));
    let widths = sides.iter().map(|side| written.constant(side.width));
    quote! {
        impl<#parameters #float: #nn::Float> ::core::convert::From<#name<#passed #float>>
            for [#float; #width]
        {
            fn from(parts: #name<#passed #float>) -> Self {
                #nn::__private::join([#(&parts.#fields[..]),*])
            }
        }
        impl<#parameters #float: #nn::Float> ::core::convert::From<[#float; #width]>
            for #name<#passed #float>
        {
            fn from(row: [#float; #width]) -> Self {
                Self { #(#fields: #nn::__private::part::<#float, #widths>(&row, #starts)),* }
            }
        }
    }
}
