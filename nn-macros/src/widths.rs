//! Arithmetic with widths, and layers as they would be written with others.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::ast::{Layer, Path, Unit, Value, Width};
use crate::flow::Step;
use crate::place::Place;

/// The largest width: what is beyond is a slip of the keyboard.
pub(crate) const LARGEST: u64 = u32::MAX as u64;

/// Whether a number can be a width.
pub(crate) fn possible(width: u64) -> bool {
    (1..=LARGEST).contains(&width)
}

/// Whether nothing about this width is reported already.
pub(crate) fn sound(width: &Width) -> bool {
    !width.guessed && width.number().is_none_or(possible)
}

/// What stands for a width that is missing.
pub(crate) fn guess(place: &Place) -> Width {
    Width { place: place.clone(), value: Value::Number(1), guessed: true }
}

/// What a list of layers takes, as far as it is written in them.
pub(crate) fn declared(layers: &[Layer]) -> Option<Width> {
    for layer in layers {
        let written = match &layer.unit {
            Unit::Dropout { .. } | Unit::LayerNorm { .. } | Unit::BatchNorm { .. } => continue,
            Unit::Residual(inner) => match declared(&inner.list) {
                None => continue,
                written => written,
            },
            Unit::Network(path) => Some(of_network(layer, path, "INPUTS")),
            Unit::Heads(branches) => {
                branches.iter().find_map(|branch| declared(&branch.layers.list))
            }
            _ => layer.widths().input,
        };
        return written;
    }
    None
}

/// The width of a network inside the network.
pub(crate) fn of_network(layer: &Layer, path: &Path, constant: &str) -> Width {
    let (tokens, span) = (&path.tokens, path.place.span);
    let name = Ident::new(constant, Span::call_site());
    let tokens = quote_spanned!(span=> <#tokens as ::nn::Architecture>::#name);
    let value = Value::Const { tokens, text: format!("{}::{constant}", path.text) };
    Width { place: layer.place.clone(), value, guessed: false }
}

/// Widths side by side.
pub(crate) fn sum<'w>(place: &Place, widths: impl Iterator<Item = &'w Width>) -> Width {
    let widths: Vec<&Width> = widths.collect();
    let guessed = widths.is_empty() || widths.iter().any(|width| width.guessed);
    let numbers: Option<Vec<u64>> = widths.iter().map(|width| width.number()).collect();
    let value = match numbers {
        Some(numbers) => Value::Number(numbers.iter().fold(0, |sum, n| sum.saturating_add(*n))),
        None => {
            let tokens = widths.iter().map(|width| value(width));
            let texts: Vec<String> = widths.iter().map(|width| width.text()).collect();
            Value::Const { tokens: quote!(#(#tokens)+*), text: texts.join(" + ") }
        }
    };
    Width { place: place.clone(), value, guessed }
}

/// Where a layer says what it gives.
pub(crate) fn end(step: &Step<'_>) -> Place {
    step.layer.widths().output.map_or_else(|| step.layer.place.clone(), |output| output.place)
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
            let mut literal = proc_macro2::Literal::u64_unsuffixed(*number);
            literal.set_span(width.place.span);
            quote!(#literal)
        }
        Value::Const { tokens, .. } => tokens.clone(),
    }
}

/// The layer as it would be written with this input.
pub(crate) fn written_with(layer: &Layer, input: Option<&str>) -> String {
    let widths = layer.widths();
    let mut inside = input.map(|input| format!("{input} -> ")).unwrap_or_default();
    inside += &widths.output.as_ref().map_or_else(|| "…".to_owned(), Width::text);
    match &layer.unit {
        Unit::Own { path, .. } => format!("{}({inside})", path.text),
        Unit::Dense(dense) => {
            let activation =
                dense.activation.iter().map(|activation| format!(", {}", activation.text()));
            let options =
                dense.options().into_iter().map(|(name, value)| format!(", {name} = {value}"));
            format!("dense({inside}{})", activation.chain(options).collect::<String>())
        }
        _ => format!("dense({inside})"),
    }
}

pub(crate) fn plural(count: u64, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}
