//! The types of a network's layers and of its head.

use nn_grammar::ast::{Activation, Branch, Choice, Column, Dense, DenseNorm, Real, Width};
use nn_grammar::network::{Step, Unit};
use nn_grammar::tokens::Name;
use nn_grammar::vocabulary::LayerOption;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::user_types::{Kind, checked};
use super::written::Written;

/// The type of one layer, not repeated.
pub(super) fn layer(step: &Step, written: &Written<'_>) -> TokenStream {
    let nn = written.nn();
    let (input, output) = (written.constant(&step.input), written.constant(&step.output));
    let any = quote!(#nn::layer::Dense<#input, #output, #nn::activation::Identity>);
    let named = || word("layer", step.title.word.as_ref(), "dense", written);
    match &step.unit {
        Unit::Dense { dense, head } => dense_layer(step, dense, *head, &named(), written),
        Unit::Simple(simple) => {
            let word = simple.layer.word;
            let options = simple
                .options()
                .map(|(option, number)| option_bits(step, word, option, number, written));
            let name = named();
            quote!(#name<#output #(, #options)*>)
        }
        Unit::Residual(steps) => {
            let (residual, inner) = (named(), sequence(steps, written));
            quote!(#residual<#inner>)
        }
        Unit::Input => {
            let name = named();
            quote!(#name<#input>)
        }
        Unit::Columns(columns) => {
            let (name, block) = (named(), super::columns::alias());
            match Column::widths(columns).has_vectors() {
                false => quote!(#name<#block, #input>),
                true => quote!(#nn::layer::Then<
                    #name<#block, #input>,
                    #nn::layer::Embedding<#block, #input, #output>
                >),
            }
        }
        Unit::Concat(branches) | Unit::Heads(branches) => side_by_side(branches, &named(), written),
        Unit::Network(path) => {
            let path = written.network(path);
            quote!(#nn::Nested<#path>)
        }
        Unit::Own(path) => {
            let layer = written.layer(path, &step.input, &step.output);
            // A type cannot check anything that depends on parameters.
            match [&step.input, &step.output].iter().any(|width| written.is_parameter(width)) {
                true => layer,
                false => checked(nn, Kind::Layer, &layer, &any),
            }
        }
        Unit::StandIn => any,
    }
}

fn dense_layer(
    step: &Step,
    dense: &Dense,
    head: bool,
    name: &TokenStream,
    written: &Written<'_>,
) -> TokenStream {
    let nn = written.nn();
    let (input, output) = (written.constant(&step.input), written.constant(&step.output));
    // The activation of the head is applied by the head, not by the layer.
    let activation = dense.activation.as_ref().filter(|_| !head);
    let activation = activation
        .map_or_else(|| quote!(#nn::activation::Identity), |a| self::activation(a, written));
    let normed = |dense_layer: TokenStream| match dense.norm() {
        None => dense_layer,
        Some(DenseNorm::Weight) => quote!(#nn::layer::WeightNorm<#dense_layer>),
        Some(DenseNorm::Spectral) => quote!(#nn::layer::SpectralNorm<#dense_layer>),
    };
    if dense.init.is_none() && dense.bias.is_none() && dense.l2.is_none() {
        return normed(quote!(#name<#input, #output, #activation>));
    }
    let init = match &dense.init {
        None => quote!(#nn::init::ByActivation),
        Some(Choice::Word(init)) => word("init", Some(init), "zeros", written),
        Some(Choice::Own(path)) => written.path(path),
    };
    let bias = dense.bias.unwrap_or(true);
    let l2 = dense.l2.as_ref().map_or_else(|| quote!(0), |l2| bits(&written.real(l2)));
    normed(quote!(#name<#input, #output, #activation, #nn::layer::DenseWith<#init, #bias, #l2>>))
}

fn activation(activation: &Activation, written: &Written<'_>) -> TokenStream {
    match (&activation.choice, &activation.parameter) {
        (Choice::Own(path), _) => written.path(path),
        (Choice::Word(name), None) => word("activation", Some(name), "linear", written),
        (Choice::Word(name), Some(parameter)) => {
            let name = word("activation_with", Some(name), "elu", written);
            let parameter = bits(&written.real(parameter));
            quote!(#name<#parameter>)
        }
    }
}

/// The user's word as a path, so that an editor can resolve and complete it.
fn word(list: &str, word: Option<&Name>, otherwise: &str, written: &Written<'_>) -> TokenStream {
    let nn = written.nn();
    let list = Ident::new(list, Span::call_site());
    let other = || Ident::new(otherwise, Span::call_site());
    let word = word.map_or_else(other, |word| written.ident(word));
    quote!(#nn::__private::words::#list::#word)
}

/// The number of an option as an argument of a type. A number that only the compiler knows may be
/// invalid. `sound_number` then replaces it, so that the mistake is a single error.
fn option_bits(
    step: &Step,
    layer: &str,
    option: &LayerOption,
    number: Option<&Real>,
    written: &Written<'_>,
) -> TokenStream {
    let nn = written.nn();
    let name = option.word;
    let number = match number {
        None => {
            let default = option.number().map_or(0.0, |rule| rule.default);
            quote!(#default)
        }
        Some(real) => {
            let number = written.real(real);
            let number = match real.value {
                Some(_) => number,
                None => quote!(#nn::__private::sound_number(#layer, #name, #number)),
            };
            // A type cannot compute with a parameter.
            let width = written.divides(step, option, real);
            match width.filter(|_| !written.is_parameter(&step.output)) {
                Some(width) => {
                    quote!(#nn::__private::sound_division::<#width>(#layer, #name, #number))
                }
                None => number,
            }
        }
    };
    bits(&number)
}

/// A real number as an argument of a type: its bits.
fn bits(number: &TokenStream) -> TokenStream {
    quote!({ ::core::primitive::f64::to_bits(#number) })
}

/// Branches, nested to the right: `Heads<A, Heads<B, C, 11>, 21>`.
fn side_by_side(
    branches: &[Branch<Vec<Step>>],
    name: &TokenStream,
    written: &Written<'_>,
) -> TokenStream {
    let Some((first, rest)) = branches.split_first() else { return quote!() };
    let branch = sequence(&first.layers, written);
    if rest.is_empty() {
        return branch;
    }
    let others = side_by_side(rest, name, written);
    let widths = branches.iter().filter_map(|branch| branch.layers.last());
    let widths: Vec<&Width> = widths.map(|step| &step.output).collect();
    let output = match widths.iter().map(|width| width.number()).sum::<Option<u64>>() {
        Some(sum) => {
            let sum = Literal::u64_unsuffixed(sum);
            quote!(#sum)
        }
        None => {
            let sum = written.sum(widths);
            quote!({ #sum })
        }
    };
    quote!(#name<#branch, #others, #output>)
}

/// The layers in sequence, each as often as it is repeated.
pub(super) fn sequence(steps: &[Step], written: &Written<'_>) -> TokenStream {
    let types = steps.iter().map(|step| (layer(step, written), step.count));
    let types: Vec<_> = types.flat_map(|(kind, count)| vec![kind; count]).collect();
    tree(&types, written.nn())
}

/// A balanced tree of `Then`, so that two hundred layers nest eight deep.
fn tree(types: &[TokenStream], nn: &TokenStream) -> TokenStream {
    match types {
        [] => quote!(),
        [only] => only.clone(),
        _ => {
            let (before, after) = types.split_at(types.len().div_ceil(2));
            let (before, after) = (tree(before, nn), tree(after, nn));
            quote!(#nn::layer::Then<#before, #after>)
        }
    }
}

/// The type of the head.
pub(super) fn head(steps: &[Step], written: &Written<'_>) -> TokenStream {
    let nn = written.nn();
    let Some(last) = steps.last() else { return quote!() };
    let width = written.constant(&last.output);
    match &last.unit {
        Unit::Heads(branches) => heads(branches, written),
        Unit::Dense { dense, head: true } => {
            let activation = dense.activation.as_ref().and_then(Activation::word);
            let name = word("head", activation, "softmax", written);
            quote!(#name<#width>)
        }
        _ => quote!(#nn::head::Linear<#width>),
    }
}

fn heads(branches: &[Branch<Vec<Step>>], written: &Written<'_>) -> TokenStream {
    let nn = written.nn();
    let Some((first, rest)) = branches.split_first() else { return quote!() };
    let first = head(&first.layers, written);
    if rest.is_empty() {
        return first;
    }
    let rest = heads(rest, written);
    quote!(#nn::head::Both<#first, #rest>)
}

/// The layers in sequence, each by the name of its type.
pub(super) fn chain_of(steps: &[Step], aliases: &[TokenStream], nn: &TokenStream) -> TokenStream {
    let repeated = steps.iter().zip(aliases);
    let types: Vec<TokenStream> =
        repeated.flat_map(|(step, alias)| vec![quote!(#alias); step.count]).collect();
    tree(&types, nn)
}
