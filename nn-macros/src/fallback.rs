//! What is emitted besides the errors: the network as it was probably meant.
//!
//! Without it, every use of the network in the program would be an error, too, and the one
//! message that matters would drown.

use proc_macro2::Span;
use quote::format_ident;
use syn::Ident;
use syn::ext::IdentExt;

use crate::ast::{
    ACTIVATIONS, Activation, Declaration, LAYERS, Layer, Layers, SOFTMAX, Value, Width,
};
use crate::check::TAKEN;

/// Turns the declaration into one that can be expanded.
pub(crate) fn repair(declaration: &mut Declaration) {
    match declaration {
        Declaration::Items(networks) => {
            for network in networks {
                repair_layers(&mut network.layers);
            }
        }
        Declaration::Type(layers) => repair_layers(layers),
    }
}

fn repair_layers(layers: &mut Layers) {
    let list = &mut layers.list;
    if list.is_empty() {
        let one = || Some(one(&layers.place.span));
        list.push(Layer {
            docs: Vec::new(),
            name: Ident::new("layer1", Span::call_site()),
            name_place: layers.place.clone(),
            kind: LAYERS[0].to_owned(),
            kind_place: layers.place.clone(),
            input: one(),
            output: one(),
            activation: None,
            incomplete: false,
        });
    }
    let last = list.len() - 1;
    for at in 0..=last {
        list[at].kind = LAYERS[0].to_owned();
        if let Some(Activation::Word { word, .. }) = &list[at].activation
            && (ACTIVATIONS.iter().all(|(known, _)| known != word)
                || (word == SOFTMAX && at < last))
        {
            list[at].activation = None;
        }
        let given = at.checked_sub(1).and_then(|before| list[before].output.clone());
        let wanted = list.get(at + 1).and_then(|next| next.input.clone());
        let layer = &mut list[at];
        let span = layer.kind_place.span;
        // Both sides are numbers that differ: the layer before is believed.
        let taken = layer.input.take().filter(possible);
        let number = |width: &Option<Width>| width.as_ref().and_then(Width::number);
        let widths = (number(&taken), number(&given));
        let differ = matches!(widths, (Some(takes), Some(gives)) if takes != gives);
        layer.input = if differ { given } else { taken.or(given).or_else(|| Some(one(&span))) };
        let output = layer.output.take().filter(possible);
        layer.output = output.or_else(|| wanted.filter(possible)).or_else(|| Some(one(&span)));
        repair_name(list, at);
    }
}

/// Small enough for the products of a network of such widths, too.
fn possible(width: &Width) -> bool {
    width.number().is_none_or(|number| (1..=1 << 28).contains(&number))
}

fn one(span: &Span) -> Width {
    Width { place: (*span).into(), value: Value::Number(1), guessed: true }
}

/// A name that can be a method, and is there once.
fn repair_name(list: &mut [Layer], at: usize) {
    let name = list[at].name.clone();
    let usable = syn::parse_str::<Ident>(&name.to_string()).is_ok()
        && !TAKEN.contains(&name.unraw().to_string().as_str())
        && list[..at].iter().all(|before| before.name.unraw() != name.unraw());
    if !usable {
        list[at].name = format_ident!("layer{}_", at + 1, span = name.span());
    }
}
