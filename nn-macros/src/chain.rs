//! The types of a network's layers and of its head.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Ident;

use crate::ast::{ACTIVATIONS, Activation, Layer, SOFTMAX, Value, Width};

/// A layer with its inputs known: what the layer before gives. Whether the declaration says the
/// same is up to [`check`](crate::check) and to [`expand`](crate::expand), and only once.
pub(crate) struct Step<'l> {
    pub(crate) layer: &'l Layer,
    pub(crate) input: &'l Width,
    pub(crate) output: &'l Width,
    pub(crate) last: bool,
}

pub(crate) fn steps(layers: &[Layer]) -> Vec<Step<'_>> {
    let mut before = None;
    layers
        .iter()
        .enumerate()
        .filter_map(|(at, layer)| {
            let input = before.or(layer.input.as_ref())?;
            let output = layer.output.as_ref()?;
            before = Some(output);
            Some(Step { layer, input, output, last: at + 1 == layers.len() })
        })
        .collect()
}

/// The layers as a balanced tree of `Then`, so that two hundred of them nest eight deep.
pub(crate) fn chain(steps: &[Step<'_>]) -> TokenStream {
    // A type of the user's that is no activation is an error of the whole chain's type; so it
    // stands where the user's type stands.
    let mut users = steps.iter().filter_map(|step| match &step.layer.activation {
        Some(Activation::Type { tokens, .. }) => tokens.clone().into_iter().next(),
        _ => None,
    });
    let span = match (users.next(), users.next()) {
        (Some(only), None) => Span::call_site().located_at(only.span()),
        _ => Span::call_site(),
    };
    tree(steps, span)
}

fn tree(steps: &[Step<'_>], span: Span) -> TokenStream {
    match steps {
        [] => quote!(),
        [step] => {
            let (input, output) = (constant(step.input), constant(step.output));
            let activation = activation(step);
            quote_spanned!(span=> ::nn::layer::Dense<#input, #output, #activation>)
        }
        _ => {
            let (before, after) = steps.split_at(steps.len().div_ceil(2));
            let (before, after) = (tree(before, span), tree(after, span));
            quote_spanned!(span=> ::nn::layer::Then<#before, #after>)
        }
    }
}

/// The type of a layer's activation; `Identity` where there is none, or where the head has it.
fn activation(step: &Step<'_>) -> TokenStream {
    let known = match &step.layer.activation {
        Some(Activation::Type { tokens, .. }) => return tokens.clone(),
        Some(Activation::Word { word, .. })
            if !(step.last && HEADS.iter().any(|h| h.0 == word)) =>
        {
            ACTIVATIONS.iter().find(|(known, _)| known == word).map(|(_, kind)| *kind)
        }
        _ => None,
    };
    let kind = Ident::new(known.unwrap_or("Identity"), Span::call_site());
    quote!(::nn::activation::#kind)
}

/// The last activations that decide about the loss, with their types in `nn::head`.
const HEADS: &[(&str, &str)] = &[(SOFTMAX, "Softmax"), ("sigmoid", "Sigmoid")];

/// The type of what follows the last layer.
pub(crate) fn head(steps: &[Step<'_>]) -> TokenStream {
    let Some(last) = steps.last() else { return quote!() };
    let word = match &last.layer.activation {
        Some(Activation::Word { word, .. }) => word.as_str(),
        _ => "",
    };
    let kind = HEADS.iter().find(|(head, _)| *head == word).map_or("Linear", |(_, kind)| kind);
    let kind = Ident::new(kind, Span::call_site());
    let width = constant(last.output);
    quote!(::nn::head::#kind<#width>)
}

/// Inputs and outputs of the whole network.
pub(crate) fn ends<'l>(steps: &[Step<'l>]) -> (&'l Width, &'l Width) {
    match steps {
        [only] => (only.input, only.output),
        [first, .., last] => (first.input, last.output),
        [] => unreachable!("a network without layers is reported and repaired before"),
    }
}

/// A width as an argument of a type.
pub(crate) fn constant(width: &Width) -> TokenStream {
    let value = value(width);
    if width.number().is_some() { value } else { quote!({ #value }) }
}

/// A width as an expression.
pub(crate) fn value(width: &Width) -> TokenStream {
    match &width.value {
        Value::Number(number) => {
            let mut literal = Literal::u64_unsuffixed(*number);
            literal.set_span(width.place.span);
            literal.to_token_stream()
        }
        Value::Const { tokens, .. } => tokens.clone(),
    }
}
