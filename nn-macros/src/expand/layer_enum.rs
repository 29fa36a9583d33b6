//! The enum of a network's layers, with which the compiler checks their names: `DigitsLayer`, with
//! a variant for each layer that has parameters. A layer with others inside it has its own enum,
//! `DigitsBlockLayer`.

use nn_grammar::ast::{Branch, Column, Path};
use nn_grammar::network::{Network, Step, Unit};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::parts::Parts;
use super::written::Written;

/// The layers of a network, or those inside one of them.
pub(super) struct LayerEnum<'n> {
    name: Ident,
    /// The beginning of its documentation.
    docs: String,
    variants: Vec<Variant<'n>>,
    network: &'n Network,
    written: &'n Written<'n>,
}

struct Variant<'n> {
    name: Ident,
    /// The name as it appears in the names of tensors.
    plain: String,
    count: usize,
    inside: Inside<'n>,
}

enum Inside<'n> {
    /// No other layers.
    Nothing,
    Layers(LayerEnum<'n>),
    Network(&'n Path),
}

impl<'n> LayerEnum<'n> {
    /// All layers of a network.
    pub(super) fn of(network: &'n Network, written: &'n Written<'n>) -> Self {
        let plain = network.head.name.plain();
        let mut layers = LayerEnum {
            name: format_ident!("{plain}Layer", span = Span::call_site()),
            docs: format!("A layer of [`{plain}`]"),
            variants: Vec::new(),
            network,
            written,
        };
        let steps = &network.chain.steps;
        steps.iter().for_each(|step| layers.add(step.title.name.plain(), step));
        layers
    }

    /// An empty enum for the layers inside the layer `plain`.
    fn inside(&self, plain: &str) -> Self {
        let (of, name) = (self.name.to_string(), camel(plain));
        let of = of.strip_suffix("Layer").unwrap_or(&of).to_owned();
        LayerEnum {
            name: format_ident!("{of}{name}Layer", span = Span::call_site()),
            docs: format!("A layer of `{plain}` in [`{}`]", self.name),
            variants: Vec::new(),
            ..*self
        }
    }

    /// Adds a layer, unless it has no trainable parameters.
    fn add(&mut self, plain: &str, step: &'n Step) {
        let inside = match &step.unit {
            Unit::Input => return,
            Unit::Columns(columns) if !Column::widths(columns).has_vectors() => return,
            Unit::Simple(simple) if (simple.row.parameters)(1) == 0 => return,
            Unit::Residual(steps) => Inside::Layers(self.numbered(plain, steps)),
            Unit::Concat(branches) | Unit::Heads(branches) => {
                Inside::Layers(self.branches(plain, branches))
            }
            Unit::Network(path) => Inside::Network(path),
            Unit::Dense { .. }
            | Unit::Simple(_)
            | Unit::Columns(_)
            | Unit::Own(_)
            | Unit::StandIn => Inside::Nothing,
        };
        self.push(plain, step.count, inside);
    }

    fn push(&mut self, plain: &str, count: usize, inside: Inside<'n>) {
        if matches!(&inside, Inside::Layers(layers) if layers.variants.is_empty()) {
            return;
        }
        let mut name = camel(plain);
        // `hidden_1` next to `hidden1`.
        while self.variants.iter().any(|variant| variant.name == name) {
            name.push('_');
        }
        let name = Ident::new(&name, Span::call_site());
        self.variants.push(Variant { name, plain: plain.to_owned(), count, inside });
    }

    fn numbered(&self, plain: &str, steps: &'n [Step]) -> Self {
        let mut layers = self.inside(plain);
        (1..).zip(steps).for_each(|(number, step)| layers.add(&format!("layer{number}"), step));
        layers
    }

    fn branches(&self, plain: &str, branches: &'n [Branch<Vec<Step>>]) -> Self {
        let mut layers = self.inside(plain);
        for branch in branches {
            let name = branch.name.plain();
            match &branch.layers[..] {
                [only] => layers.add(name, only),
                steps => {
                    let inside = Inside::Layers(layers.numbered(name, steps));
                    layers.push(name, 1, inside);
                }
            }
        }
        layers
    }

    /// The enums, each after those inside it.
    pub(super) fn declarations(&self) -> Vec<TokenStream> {
        let Self { name, docs, variants, network, written } = self;
        let (nn, visibility) = (written.nn(), written.tokens(&network.head.visibility));
        let mut declarations = Vec::new();
        let variants = variants.iter().map(|Variant { name, plain, count, inside }| {
            let index = (*count > 1).then(|| quote!(::core::primitive::usize,));
            let inside = match inside {
                Inside::Nothing => None,
                Inside::Layers(layers) => {
                    declarations.extend(layers.declarations());
                    let (name, parameters) = (&layers.name, layers.arguments());
                    Some(quote!(#name #parameters))
                }
                Inside::Network(path) => {
                    let path = written.network(path);
                    Some(quote!(<#path as #nn::Layered>::Layer))
                }
            };
            let fields = match (index, inside) {
                (None, None) => None,
                (index, inside) => Some(quote!((#index #inside))),
            };
            let docs = format!("`{plain}`");
            quote!(#[doc = #docs] #name #fields)
        });
        let variants: Vec<TokenStream> = variants.collect();
        let parameters = self.parameters();
        let docs = format!("{docs}, for per-layer settings.");
        declarations.push(quote! {
            #[doc = #docs]
            #[allow(dead_code, non_camel_case_types, private_interfaces, deprecated)]
            #[derive(
                ::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug,
                ::core::cmp::PartialEq, ::core::cmp::Eq, ::core::hash::Hash
            )]
            #visibility enum #name #parameters { #(#variants),* }
        });
        declarations
    }

    /// Whether the type of a nested network may depend on parameters.
    fn has_network(&self) -> bool {
        self.variants.iter().any(|variant| match &variant.inside {
            Inside::Nothing => false,
            Inside::Layers(layers) => layers.has_network(),
            Inside::Network(_) => true,
        })
    }

    fn parameters(&self) -> Option<TokenStream> {
        let parameters = self.written.parameters();
        (self.has_network() && !parameters.is_empty()).then(|| quote!(<#parameters>))
    }

    fn arguments(&self) -> Option<TokenStream> {
        let arguments = self.written.arguments();
        (self.has_network() && !arguments.is_empty()).then(|| quote!(<#arguments>))
    }

    /// The implementation that finds the layer of a tensor by its name.
    pub(super) fn implementation(&self, parts: &Parts<'_>) -> TokenStream {
        let nn = self.written.nn();
        let Parts { name, parameters, passed, float, .. } = parts;
        let (layer, arguments, found) = (&self.name, self.arguments(), self.found(nn));
        quote! {
            impl<#parameters #float: #nn::Float> #nn::Layered for #name<#passed #float> {
                type Layer = #layer #arguments;
                fn layer(tensor: &::core::primitive::str) -> ::core::option::Option<Self::Layer> {
                    let rest = tensor;
                    ::core::option::Option::Some(#found)
                }
            }
        }
    }

    /// The layer that the `rest` of a tensor's name denotes.
    fn found(&self, nn: &TokenStream) -> TokenStream {
        let layer = &self.name;
        let arms = self.variants.iter().map(|Variant { name, plain, count, inside }| {
            let index = (*count > 1).then(|| {
                let count = Literal::usize_unsuffixed(*count);
                quote!(let (index, rest) = #nn::__private::repeated_part(rest, #count)?;)
            });
            let number = index.is_some().then(|| quote!(index,));
            let inside = match inside {
                Inside::Nothing => None,
                Inside::Layers(layers) => Some(layers.found(nn)),
                Inside::Network(path) => {
                    let path = self.written.network(path);
                    Some(quote!(<#path as #nn::Layered>::layer(rest)?))
                }
            };
            let fields = match (&number, &inside) {
                (None, None) => None,
                _ => Some(quote!((#number #inside))),
            };
            quote!(#plain => { #index #layer::#name #fields })
        });
        quote! {{
            let (first, rest) = #nn::__private::first_part(rest);
            let _ = rest;
            match first {
                #(#arms)*
                _ => return ::core::option::Option::None,
            }
        }}
    }
}

/// A layer's name as the name of a variant: `Hidden`, `Layer1`, `LongName`.
fn camel(name: &str) -> String {
    let parts = name.split('_').filter(|part| !part.is_empty());
    let parts = parts.map(|part| {
        let mut letters = part.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string());
        first.unwrap_or_default() + letters.as_str()
    });
    let camel: String = parts.collect();
    match &camel[..] {
        "" => name.to_owned(), // of underscores alone
        // A name must not begin with a digit, and one is a keyword.
        "Self" => "Self_".into(),
        _ if camel.starts_with(|first: char| first.is_ascii_digit()) => format!("_{camel}"),
        _ => camel,
    }
}
