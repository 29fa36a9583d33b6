//! The struct of a declaration and its implementations, or the type of a list of layers.

use nn_grammar::ast::{Choice, Declaration};
use nn_grammar::network::{Chain, Checked, Network, Step, Unit};
use nn_grammar::tokens::Token;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::aliases::aliases;
use super::assertions::assertions;
use super::attributes::Attributes;
use super::layer_enum::LayerEnum;
use super::parts::{Parts, ends};
use super::structs::structs;
use super::written::Written;
use super::{columns, docs, methods, types};
use crate::source::Source;

/// The code for a declaration. `errors` follow the `anchors` for editors, at a place where the
/// compiler reports them and continues.
pub(crate) fn expand(
    source: &Source,
    checked: Checked,
    anchors: TokenStream,
    errors: TokenStream,
) -> TokenStream {
    match checked {
        Declaration::Items(networks) => {
            let networks = networks.iter().map(|found| network(found, source));
            quote!(#anchors #errors #(#networks)*)
        }
        Declaration::Type(chain) => sequential(&chain, &Written::by_user(source, &[]), errors),
    }
}

/// `::nn::Sequential::<layers, head, inputs, outputs>`. Errors and assertions are in the first
/// constant, the only place of a type that can hold statements. With errors, the result is still a
/// type.
fn sequential(chain: &Chain, written: &Written<'_>, errors: TokenStream) -> TokenStream {
    let nn = written.nn();
    let steps = &chain.steps;
    let (layers, head) = (types::sequence(steps, written), types::head(steps, written));
    let (input, output) = ends(steps);
    let (input, output) = (written.constant(input), written.constant(output));
    let assertions = assertions(chain, written);
    let input = match errors.is_empty() && assertions.is_empty() {
        true => input,
        false => quote!({ #errors #(const _: () = #assertions;)* #input }),
    };
    quote!(#nn::Sequential::<#layers, #head, #input, #output>)
}

fn network(network: &Network, source: &Source) -> TokenStream {
    let nn = source.root();
    let Network { head, chain } = network;
    let steps = &chain.steps;
    let float = float_name(network);
    let in_public = Written::in_public(source, &head.parameters);
    let mut public = structs(network, &float, &in_public);
    public.extend(LayerEnum::of(network, &in_public).declarations());
    public.extend(columns::structs(network, &in_public));
    let (names, named) = aliases(source, &head.parameters, steps);
    let written = Written::by_aliases(source, &head.parameters, names);
    let attributes = Attributes::of(&head.attributes, &written);
    let Attributes { of_struct, of_others, of_code, of_debug } = &attributes;
    let public = public.iter().map(|item| quote!(#of_others #item));
    let table = docs::network(steps);
    let parts = Parts::of(network, float, &written);
    let kinds = steps.iter().map(|step| types::layer(step, &written));
    let assertions = assertions(chain, &written);
    // Checks that depend on parameters are evaluated only for a network with concrete widths.
    let (items, checks) = match head.parameters.is_empty() {
        true => (quote!(#(const _: () = #assertions;)*), None),
        false => (quote!(), Some(quote!(#(#assertions)*))),
    };
    let implementation = implementation(&parts, checks);
    let layered = LayerEnum::of(network, &written).implementation(&parts);
    let methods = methods::methods(&parts);
    let rows = columns::implementation(&parts);
    let Parts { visibility, name, parameters, passed, float, aliases, .. } = &parts;
    let declared = (!head.parameters.is_empty()).then(|| quote!(<#parameters>));
    quote! {
        #of_struct
        #[doc = #table]
        #visibility struct #name<#parameters #float: #nn::Float = ::core::primitive::f32> {
            parameters: #nn::Parameters<#float>,
        }
        #(#public)*
        #of_code
        const _: () = {
            #(#named)*
            #(type #aliases #declared = #kinds;)*
            #rows
            #items
            #implementation
            #layered
            #of_debug
            impl<#parameters #float: #nn::Float> ::core::fmt::Debug for #name<#passed #float> {
                fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    #nn::__private::debug::<Self>(formatter)
                }
            }
            #methods
        };
    }
}

fn implementation(parts: &Parts<'_>, checks: Option<TokenStream>) -> TokenStream {
    let nn = parts.written.nn();
    let Parts { name, plain, parameters, passed, float, steps, input, output, written, .. } = parts;
    let aliases = &parts.layers();
    let info = checks.map(|checks| {
        quote! {
            const INFO: &'static #nn::layer::Info = {
                #checks
                &<Self::Layers as #nn::__private::Inference>::INFO
            };
        }
    });
    let (chain, head) = (types::chain_of(steps, aliases, nn), types::head(steps, written));
    let leaf_names = nn_grammar::leaf_names(steps);
    quote! {
        impl<#parameters #float: #nn::Float> #nn::Architecture for #name<#passed #float> {
            type Float = #float;
            type Layers = #chain;
            type Head = #head;
            type Input = [#float; #input];
            type Output = [#float; #output];
            #nn::__with_std! { type Target = <#head as #nn::head::Head<#float>>::Target; }
            #info
            const NAME: &'static ::core::primitive::str = #plain;
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#leaf_names),*];
        }

        #nn::__with_std! {
        impl<#parameters #float: #nn::Float> #nn::Network for #name<#passed #float> {
            fn from_parameters(parameters: #nn::Parameters<#float>) -> Self {
                Self { parameters }
            }
            fn parameters(&self) -> &#nn::Parameters<#float> {
                &self.parameters
            }
            fn parameters_mut(&mut self) -> &mut #nn::Parameters<#float> {
                &mut self.parameters
            }
        }
        }

        impl<#parameters #float: #nn::Float> ::core::fmt::Display for #name<#passed #float> {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Formatter::write_str(formatter, <Self as #nn::Architecture>::SUMMARY)
            }
        }
    }
}

/// The name of the float type: one that none of the user's types has.
fn float_name(network: &Network) -> Ident {
    let is_free = |name: &&&str| {
        network.head.name.text != **name && !steps_mention(&network.chain.steps, name)
    };
    let free = ["T", "F", "Number"].iter().find(is_free);
    Ident::new(free.unwrap_or(&"NetworkFloat"), Span::call_site())
}

/// Whether any of the user's code that may name a type mentions this name.
fn steps_mention(steps: &[Step], name: &str) -> bool {
    steps.iter().any(|step| {
        let widths = step.written.input.iter().chain(&step.written.output);
        let paths = match &step.unit {
            Unit::Dense { dense, .. } => {
                let activation = dense.activation.as_ref().map(|activation| &activation.choice);
                [activation, dense.init.as_ref()].map(|choice| match choice {
                    Some(Choice::Own(path)) => Some(path),
                    _ => None,
                })
            }
            Unit::Network(path) | Unit::Own(path) => [Some(path), None],
            _ => [None, None],
        };
        widths.filter_map(|width| width.code()).any(|code| mention(&code.tokens, name))
            || paths.into_iter().flatten().any(|path| mention(&path.tokens, name))
            || step.parts().into_iter().any(|part| steps_mention(part, name))
    })
}

fn mention(tokens: &[Token], name: &str) -> bool {
    tokens.iter().any(|token| token.word() == Some(name) || mention(&token.inner, name))
}
