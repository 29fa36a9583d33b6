//! The types of a network's layers and of its head.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::ast::{Activation, Choice, Dense, Real, Unit};
use crate::flow::Step;
use crate::kinds::{self, Kind};
use crate::widths::{constant, value};
use crate::words::{HEADS, SOFTMAX};

/// What a layer's epsilon and momentum are where none is written, as PyTorch has them.
const EPSILON: f64 = 1e-5;
const MOMENTUM: f64 = 0.1;

/// The type of one layer, not repeated.
pub(crate) fn layer(step: &Step<'_>) -> TokenStream {
    let (input, output) = (constant(&step.input), constant(&step.output));
    let named = |kind: &str| word("layer", step.layer.word.as_ref(), kind);
    if step.broken || matches!(step.layer.unit, Unit::Missing) {
        return quote!(::nn::layer::Dense<#input, #output, ::nn::activation::Identity>);
    }
    match &step.layer.unit {
        Unit::Dense(dense) => dense_layer(dense, step, named("dense")),
        Unit::Missing => quote!(),
        Unit::Dropout { rate } => {
            let rate = bits(sound(rate, "sound_rate").as_ref(), 0.5);
            let dropout = named("dropout");
            quote!(#dropout<#input, #rate>)
        }
        Unit::LayerNorm { epsilon } => {
            let (norm, epsilon) = (named("layer_norm"), sound(epsilon, "sound_epsilon"));
            let epsilon = bits(epsilon.as_ref(), EPSILON);
            quote!(#norm<#input, #epsilon>)
        }
        Unit::BatchNorm { momentum, epsilon } => {
            let (norm, momentum) = (named("batch_norm"), sound(momentum, "sound_momentum"));
            let momentum = bits(momentum.as_ref(), MOMENTUM);
            let epsilon = bits(sound(epsilon, "sound_epsilon").as_ref(), EPSILON);
            quote!(#norm<#input, #momentum, #epsilon>)
        }
        Unit::Residual(_) => {
            let residual = named("residual");
            let inner = step.parts.first().map(|steps| sequence(steps));
            quote!(#residual<#inner>)
        }
        Unit::Input(_) => {
            let input_word = named("input");
            quote!(#input_word<#input>)
        }
        Unit::Concat(_) => side_by_side(&step.parts, &named("concat")),
        Unit::Heads(_) => side_by_side(&step.parts, &named("heads")),
        Unit::Network(path) => {
            let path = &path.tokens;
            quote!(::nn::Nested<#path>)
        }
        Unit::Own { path, .. } => {
            let (path, others) = without_arguments(&path.tokens);
            let layer = quote!(#path<#input, #output #(, #others)*>);
            let other = quote!(::nn::layer::Dense<#input, #output, ::nn::activation::Identity>);
            kinds::checked(Kind::Layer, &layer, &other)
        }
    }
}

/// `my::Gate<A>` as `my::Gate` and `A`.
pub(crate) fn without_arguments(tokens: &TokenStream) -> (TokenStream, Vec<syn::GenericArgument>) {
    let Ok(mut path) = syn::parse2::<syn::TypePath>(tokens.clone()) else {
        return (tokens.clone(), Vec::new());
    };
    let mut others = Vec::new();
    if let Some(last) = path.path.segments.last_mut()
        && let syn::PathArguments::AngleBracketed(arguments) =
            std::mem::replace(&mut last.arguments, syn::PathArguments::None)
    {
        others.extend(arguments.args);
    }
    (quote!(#path), others)
}

fn dense_layer(dense: &Dense, step: &Step<'_>, name: TokenStream) -> TokenStream {
    let (input, output) = (constant(&step.input), constant(&step.output));
    // What the head applies to the whole layer, the layer does not.
    let activation = match head_word(step) {
        Some(_) => quote!(::nn::activation::Identity),
        None => {
            dense.activation.as_ref().map_or_else(|| quote!(::nn::activation::Identity), activation)
        }
    };
    if dense.init.is_none() && dense.bias.is_none() && dense.l2.is_none() {
        return quote!(#name<#input, #output, #activation>);
    }
    let init = match &dense.init {
        None => quote!(::nn::init::ByActivation),
        Some(Choice::Word { word, .. }) => self::word("init", Some(word), "zeros"),
        Some(Choice::Own(path)) => path.tokens.clone(),
    };
    let bias = dense.bias.unwrap_or(true);
    let l2 = dense.l2.as_ref().map_or_else(|| quote!(0), |l2| bits(Some(l2), 0.0));
    quote!(#name<#input, #output, #activation, ::nn::layer::DenseWith<#init, #bias, #l2>>)
}

fn activation(activation: &Activation) -> TokenStream {
    match (&activation.choice, &activation.parameter) {
        (Choice::Own(path), _) => path.tokens.clone(),
        // In the wrong place, which is reported.
        (Choice::Word { word, .. }, _) if word == SOFTMAX => quote!(::nn::activation::Identity),
        (Choice::Word { word, .. }, None) => self::word("activation", Some(word), "linear"),
        (Choice::Word { word, .. }, Some(parameter)) => {
            let name = self::word("activation_with", Some(word), "elu");
            let parameter = bits(Some(parameter), 1.0);
            quote!(#name<#parameter>)
        }
    }
}

/// The user's own word as a path, so that an editor knows what it is and can complete it.
fn word(list: &str, word: Option<&Ident>, otherwise: &str) -> TokenStream {
    let list = Ident::new(list, Span::call_site());
    let other = || Ident::new(otherwise, Span::call_site());
    let word = word.cloned().unwrap_or_else(other);
    quote!(::nn::__private::words::#list::#word)
}

/// A constant that the compiler checks, so that one that is refused is one error: what `function` makes of
/// it goes on.
fn sound(real: &Option<Real>, function: &str) -> Option<Real> {
    let function = Ident::new(function, Span::call_site());
    real.clone().map(|real| match (real.value, &real.tokens) {
        (None, tokens) => Real { tokens: quote!(::nn::__private::#function(#tokens)), ..real },
        _ => real,
    })
}

/// A real number as an argument of a type: its bits.
fn bits(real: Option<&Real>, otherwise: f64) -> TokenStream {
    let number = match real {
        Some(real) => real.tokens.clone(),
        None => quote!(#otherwise),
    };
    quote!({ ::core::primitive::f64::to_bits(#number) })
}

/// Branches, nested to the right: `Heads<A, Heads<B, C, 11>, 21>`.
fn side_by_side(parts: &[Vec<Step<'_>>], name: &TokenStream) -> TokenStream {
    let Some((first, rest)) = parts.split_first() else { return quote!() };
    let branch = sequence(first);
    if rest.is_empty() {
        return branch;
    }
    let others = side_by_side(rest, name);
    let widths: Vec<_> =
        parts.iter().filter_map(|part| part.last()).map(|step| &step.output).collect();
    let output = match widths.iter().map(|width| width.number()).sum::<Option<u64>>() {
        Some(sum) => {
            let sum = proc_macro2::Literal::u64_unsuffixed(sum);
            quote!(#sum)
        }
        None => {
            let widths = widths.into_iter().map(value);
            quote!({ #(#widths)+* })
        }
    };
    quote!(#name<#branch, #others, #output>)
}

/// Layers one after the other, each as often as it is repeated.
pub(crate) fn sequence(steps: &[Step<'_>]) -> TokenStream {
    let types = steps.iter().map(|step| (layer(step), step.layer.count()));
    let types: Vec<_> = types.flat_map(|(kind, count)| vec![kind; count]).collect();
    tree(&types)
}

/// A balanced tree of `Then`, so that two hundred layers nest eight deep.
fn tree(types: &[TokenStream]) -> TokenStream {
    match types {
        [] => quote!(),
        [only] => only.clone(),
        _ => {
            let (before, after) = types.split_at(types.len().div_ceil(2));
            let (before, after) = (tree(before), tree(after));
            quote!(::nn::layer::Then<#before, #after>)
        }
    }
}

/// The last activation, if it decides about the loss.
pub(crate) fn head_word<'s>(step: &'s Step<'_>) -> Option<&'s Ident> {
    let Unit::Dense(dense) = &step.layer.unit else { return None };
    let word = dense.activation.as_ref()?.word()?;
    let decides = step.last && step.layer.count() == 1 && HEADS.iter().any(|head| word == head);
    decides.then_some(word)
}

/// The type of what follows the last layer.
pub(crate) fn head(steps: &[Step<'_>]) -> TokenStream {
    let Some(last) = steps.last() else { return quote!() };
    if let Unit::Heads(_) = last.layer.unit
        && !last.parts.is_empty()
    {
        return heads(&last.parts);
    }
    let width = constant(&last.output);
    match head_word(last) {
        Some(word) => {
            let name = self::word("head", Some(word), SOFTMAX);
            quote!(#name<#width>)
        }
        None => quote!(::nn::head::Linear<#width>),
    }
}

fn heads(parts: &[Vec<Step<'_>>]) -> TokenStream {
    let Some((first, rest)) = parts.split_first() else { return quote!() };
    let first = head(first);
    if rest.is_empty() {
        return first;
    }
    let rest = heads(rest);
    quote!(::nn::head::Both<#first, #rest>)
}

/// The layers one after the other, each by the name of its type.
pub(crate) fn chain_of(steps: &[Step<'_>], aliases: &[Ident]) -> TokenStream {
    let repeated = steps.iter().zip(aliases);
    let types: Vec<TokenStream> =
        repeated.flat_map(|(step, alias)| vec![quote!(#alias); step.layer.count()]).collect();
    tree(&types)
}
