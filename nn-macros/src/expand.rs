//! A checked declaration to the code that it stands for.
//!
//! The code only names things; what they do is in `nn`. All paths are absolute, so that no name in
//! the user's module can get in their way.

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Attribute, Ident, Visibility};

use crate::ast::{Activation, Declaration, Layer, Network};
use crate::chain::{Step, chain, constant, ends, head, steps, value};
use crate::describe;

/// The code for a declaration, with `errors` where the compiler shows them and goes on.
pub(crate) fn expand(declaration: &Declaration, errors: TokenStream) -> TokenStream {
    match declaration {
        Declaration::Items(networks) => {
            let networks = networks.iter().map(network);
            quote!(#errors #(#networks)*)
        }
        Declaration::Type(layers) => sequential(&steps(&layers.list), errors),
    }
}

/// `::nn::Sequential::<layers, head, inputs, outputs>`. Errors and assertions stand in the first
/// constant, the one place of a type where statements can be; with errors, it remains a type.
fn sequential(steps: &[Step<'_>], errors: TokenStream) -> TokenStream {
    let (layers, head) = (chain(steps), head(steps));
    let (input, output) = ends(steps);
    let (input, output) = (constant(input), constant(output));
    let assertions = assertions(steps);
    let input = match errors.is_empty() && assertions.is_empty() {
        true => input,
        false => quote!({ #errors #(#assertions)* #input }),
    };
    quote!(::nn::Sequential::<#layers, #head, #input, #output>)
}

fn network(network: &Network) -> TokenStream {
    let Network { attributes, visibility, name, layers } = network;
    let steps = steps(&layers.list);
    let float = float_name(network);
    let cfg: Vec<&Attribute> = attributes.iter().filter(|a| a.path().is_ident("cfg")).collect();
    let table = describe::network(&steps);
    let clone = (!derives_clone(attributes)).then(|| quote!(#[derive(::core::clone::Clone)]));

    let (chain, head) = (chain(&steps), head(&steps));
    let (input, output) = ends(&steps);
    let (input, output) = (value(input), value(output));
    let name_text = name.unraw().to_string();
    let layer_names = steps.iter().map(|step| step.layer.name.unraw().to_string());
    let views = steps.iter().enumerate().map(|(at, step)| view(at, step, visibility, &float));
    let seams = assertions(&steps);
    let seams = seams.iter().map(|seam| quote!(#(#cfg)* #seam));

    quote! {
        #(#attributes)*
        #[doc = #table]
        #clone
        #visibility struct #name<#float: ::nn::Float = ::core::primitive::f32> {
            parameters: ::nn::Parameters<#float>,
        }

        #(#cfg)*
        impl<#float: ::nn::Float> ::nn::Network for #name<#float> {
            type Float = #float;
            type Layers = #chain;
            type Head = #head;
            type Input = [#float; #input];
            type Output = [#float; #output];
            type Target = <#head as ::nn::head::Head<#float>>::Target;
            const NAME: &'static ::core::primitive::str = #name_text;
            const NAMES: &'static [&'static ::core::primitive::str] = &[#(#layer_names),*];
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

        /// For `f32`, so that no type needs to be written.
        #(#cfg)*
        #[allow(dead_code)]
        impl #name {
            /// The number of parameters.
            #visibility const PARAMS: ::core::primitive::usize = <Self as ::nn::Network>::PARAMS;
            /// Floating point operations to predict one sample.
            #visibility const FLOPS: ::core::primitive::usize = <Self as ::nn::Network>::FLOPS;
            /// Bytes of all parameters.
            #visibility const BYTES: ::core::primitive::usize = <Self as ::nn::Network>::BYTES;
            /// The layers as a table.
            #visibility const SUMMARY: &'static ::core::primitive::str =
                <Self as ::nn::Network>::SUMMARY;
            /// A network with random parameters, the same for the same seed.
            #visibility fn init(seed: ::core::primitive::u64) -> Self {
                <Self as ::nn::Network>::init(seed)
            }
            /// The network that [`save`](Self::save) wrote.
            ///
            /// # Errors
            ///
            /// If the file cannot be read or holds another network.
            #visibility fn load(
                path: impl ::core::convert::AsRef<::std::path::Path>,
            ) -> ::nn::Result<Self> {
                <Self as ::nn::Network>::load(path)
            }
        }

        #(#cfg)*
        #[allow(dead_code)]
        impl<#float: ::nn::Float> #name<#float> {
            #(#views)*
            /// The answer to one sample.
            #visibility fn predict(&self, sample: &[#float; #input]) -> [#float; #output] {
                ::nn::Network::predict(self, sample)
            }
            /// The answer to each of many samples.
            #visibility fn predict_batch(
                &self,
                samples: &[[#float; #input]],
            ) -> ::std::vec::Vec<[#float; #output]> {
                ::nn::Network::predict_batch(self, samples)
            }
            /// Writes the parameters to a file.
            ///
            /// # Errors
            ///
            /// If the file cannot be written.
            #visibility fn save(
                &self,
                path: impl ::core::convert::AsRef<::std::path::Path>,
            ) -> ::nn::Result<()> {
                ::nn::Network::save(self, path)
            }
        }

        #(#cfg)*
        impl<#float: ::nn::Float> ::core::fmt::Display for #name<#float> {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                formatter.write_str(<Self as ::nn::Network>::SUMMARY)
            }
        }

        #(#seams)*
    }
}

/// The method that shows a layer's weights and biases.
fn view(at: usize, step: &Step<'_>, visibility: &Visibility, float: &Ident) -> TokenStream {
    let Layer { docs, name, .. } = step.layer;
    let doc = describe::layer(step);
    let (input, output) = (constant(step.input), constant(step.output));
    let at = Literal::usize_unsuffixed(at);
    quote! {
        #(#docs)*
        #[doc = #doc]
        #visibility fn #name(&self) -> ::nn::layer::DenseView<'_, #float, #input, #output> {
            ::nn::layer::dense_view::<Self, #input, #output>(self, #at)
        }
    }
}

/// What the macro cannot know of widths that are constants, the compiler checks.
fn assertions(steps: &[Step<'_>]) -> Vec<TokenStream> {
    let mut checked = Vec::new();
    let mut assertions = Vec::new();
    let mut before: Option<&Step<'_>> = None;
    for step in steps {
        let name = step.layer.name.unraw().to_string();
        for width in step.layer.input.iter().chain(&step.layer.output) {
            let (text, value, span) = (width.text(), constant(width), width.place.span);
            if width.number().is_none() && !checked.contains(&text) {
                assertions.push(quote_spanned! {span=>
                    const _: () = ::nn::__private::check_width::<#value>(#name, #text);
                });
                checked.push(text);
            }
        }
        if let (Some(before), Some(input)) = (before, &step.layer.input)
            && (before.output.number().is_none() || input.number().is_none())
            && before.output.text() != input.text()
        {
            let before_name = before.layer.name.unraw().to_string();
            let (gives, takes) = (before.output.text(), input.text());
            let (given, taken) = (constant(before.output), constant(input));
            assertions.push(quote_spanned! {input.place.span=>
                const _: () = ::nn::__private::check_widths::<#given, #taken>(
                    #before_name, #gives, #name, #takes,
                );
            });
        }
        before = Some(step);
    }
    assertions
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
    let mut users = network.name.to_token_stream();
    for layer in &network.layers.list {
        if let Some(Activation::Type { tokens, .. }) = &layer.activation {
            users.extend(tokens.clone());
        }
        for width in layer.input.iter().chain(&layer.output) {
            users.extend(value(width));
        }
    }
    let free = ["T", "F", "Number"].into_iter().find(|name| !mentions(users.clone(), name));
    Ident::new(free.unwrap_or("NetworkFloat"), Span::call_site())
}

fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}
