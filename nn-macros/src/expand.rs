//! A checked declaration to the code that it stands for.
//!
//! The code only names things; what they do is in `nn`. All paths are absolute, so that no name in
//! the user's module can get in their way. What has names of the macro's own stands in a
//! `const _: () = { … };`, where nobody else sees them.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Visibility};

use crate::assertions::assertions;
use crate::ast::{Activation, Choice, Declaration, Layers, Network, Unit, Width};
use crate::flow::{Flow, Step, flow};
use crate::hoist::{guard, hoist};
use crate::report::Report;
use crate::widths::constant;
use crate::{describe, leaves, methods, sides, types};

/// The code for a declaration, with `errors` where the compiler shows them and goes on, behind what is
/// for editors.
pub(crate) fn expand(
    declaration: Declaration,
    anchors: TokenStream,
    errors: TokenStream,
) -> TokenStream {
    match declaration {
        Declaration::Items(networks) => {
            let networks = networks.into_iter().map(network);
            quote!(#anchors #errors #(#networks)*)
        }
        Declaration::Type(layers) => sequential(&layers, errors),
    }
}

/// `::nn::Sequential::<layers, head, inputs, outputs>`. Errors and assertions stand in the first
/// constant, the one place of a type where statements can be; with errors, it remains a type.
fn sequential(layers: &Layers, errors: TokenStream) -> TokenStream {
    let Flow { steps, seams } = flow(layers, &mut Report::default());
    let (chain, head) = (types::sequence(&steps), types::head(&steps));
    let (input, output) = ends(&steps);
    let (input, output) = (constant(input), constant(output));
    let assertions = assertions(&steps, &seams);
    let input = match errors.is_empty() && assertions.is_empty() {
        true => input,
        false => quote!({ #errors #(#assertions)* #input }),
    };
    quote!(::nn::Sequential::<#chain, #head, #input, #output>)
}

/// Inputs and outputs of the whole network.
fn ends<'s>(steps: &'s [Step<'_>]) -> (&'s Width, &'s Width) {
    match steps {
        [only] => (&only.input, &only.output),
        [first, .., last] => (&first.input, &last.output),
        [] => unreachable!("a network without layers is reported and repaired before"),
    }
}

/// A network as its methods need it.
pub(crate) struct Parts<'n> {
    pub(crate) visibility: &'n Visibility,
    pub(crate) name: &'n Ident,
    /// The float's name.
    pub(crate) float: Ident,
    pub(crate) steps: &'n [Step<'n>],
    /// A name for the type of each layer.
    pub(crate) aliases: Vec<Ident>,
    pub(crate) head: TokenStream,
    pub(crate) input: &'n Width,
    pub(crate) output: &'n Width,
}

fn network(mut network: Network) -> TokenStream {
    let float = float_name(&network);
    let mut guarded = network.layers.clone();
    guard(&mut guarded);
    let public = sides::structs(&network, &guarded, &float);
    let hoisted = hoist(&mut network.layers);
    let Network { attributes, visibility, name, layers } = &network;
    let Flow { steps, seams } = flow(layers, &mut Report::default());
    let cfg: Vec<&Attribute> = attributes.iter().filter(|a| a.path().is_ident("cfg")).collect();
    let public = public.iter().map(|item| quote!(#(#cfg)* #item));
    let table = describe::network(&steps);
    let clone = (!derives_clone(attributes)).then(|| quote!(#[derive(::core::clone::Clone)]));
    let aliases: Vec<Ident> = (0..steps.len()).map(|at| format_ident!("__Layer{at}")).collect();
    let kinds = steps.iter().map(types::layer);
    let (input, output) = ends(&steps);
    let head = types::head(&steps);
    let parts = Parts { visibility, name, float, steps: &steps, aliases, head, input, output };
    let assertions = assertions(&steps, &seams);
    let (aliases, float) = (&parts.aliases, &parts.float);
    let implementation = implementation(&parts);
    let methods = methods::methods(&parts);

    quote! {
        #(#attributes)*
        #[doc = #table]
        #clone
        #visibility struct #name<#float: ::nn::Float = ::core::primitive::f32> {
            parameters: ::nn::Parameters<#float>,
        }
        #(#public)*
        #(#cfg)*
        const _: () = {
            #(#hoisted)*
            #(type #aliases = #kinds;)*
            #(#assertions)*
            #implementation
            #methods
        };
    }
}

fn implementation(parts: &Parts<'_>) -> TokenStream {
    let Parts { name, float, steps, aliases, head, .. } = parts;
    let (input, output) = (constant(parts.input), constant(parts.output));
    let chain = types::chain_of(steps, aliases);
    let name_text = name.unraw().to_string();
    let leaf_names = leaves::names(steps);
    quote! {
        impl<#float: ::nn::Float> ::nn::Architecture for #name<#float> {
            type Float = #float;
            type Layers = #chain;
            type Head = #head;
            type Input = [#float; #input];
            type Output = [#float; #output];
            ::nn::__with_std! { type Target = <#head as ::nn::head::Head<#float>>::Target; }
            const NAME: &'static ::core::primitive::str = #name_text;
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#leaf_names),*];
        }

        ::nn::__with_std! {
        impl<#float: ::nn::Float> ::nn::Network for #name<#float> {
            fn from_parameters(parameters: ::nn::Parameters<#float>) -> Self {
                Self { parameters }
            }
            fn parameters(&self) -> &::nn::Parameters<#float> {
                &self.parameters
            }
            fn parameters_mut(&mut self) -> &mut ::nn::Parameters<#float> {
                &mut self.parameters
            }
        }
        }

        impl<#float: ::nn::Float> ::core::fmt::Display for #name<#float> {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Formatter::write_str(formatter, <Self as ::nn::Architecture>::SUMMARY)
            }
        }
    }
}

/// Whether the user asked for `Clone` already.
fn derives_clone(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("derive")).any(|derive| {
        let mut found = false;
        let read = derive.parse_nested_meta(|meta| {
            found |= meta.path.segments.last().is_some_and(|last| last.ident == "Clone");
            Ok(())
        });
        read.is_ok() && found
    })
}

/// The float type's name: one that the user's own types, which stand beside it, do not have.
fn float_name(network: &Network) -> Ident {
    let mut users = vec![TokenTree::from(network.name.clone()).into()];
    users_types(&network.layers, &mut users);
    let free = ["T", "F", "Number"]
        .into_iter()
        .find(|name| !users.iter().any(|tokens| mentions(tokens.clone(), name)));
    Ident::new(free.unwrap_or("NetworkFloat"), Span::call_site())
}

/// Everything of the user's that may name a type.
fn users_types(layers: &Layers, users: &mut Vec<TokenStream>) {
    for layer in &layers.list {
        let widths = layer.widths();
        for width in widths.input.iter().chain(&widths.output) {
            users.push(constant(width));
        }
        match &layer.unit {
            Unit::Dense(dense) => {
                if let Some(Activation { choice: Choice::Own(path), .. }) = &dense.activation {
                    users.push(path.tokens.clone());
                }
                if let Some(Choice::Own(path)) = &dense.init {
                    users.push(path.tokens.clone());
                }
            }
            Unit::Network(path) | Unit::Own { path, .. } => users.push(path.tokens.clone()),
            _ => {}
        }
        layer.parts().into_iter().for_each(|part| users_types(part, users));
    }
}

fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}
