//! What is emitted besides the errors: the network as it was probably meant.
//!
//! Without it, every use of the network in the program would be an error, too, and the one
//! message that matters would drown.

use std::collections::HashSet;

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::ext::IdentExt;

use crate::ast::{Branch, Declaration, Layer, Layers, Real, Repeat, Unit, Width};
use crate::check::TAKEN;
use crate::widths::guess;
use crate::words::SOFTMAX;

/// Turns the declaration into one that can be expanded.
pub(crate) fn repair(declaration: &mut Declaration) {
    match declaration {
        Declaration::Items(networks) => {
            let mut names = HashSet::new();
            networks.retain(|network| {
                let cfg = network.attributes.iter().any(|a| a.path().is_ident("cfg"));
                names.insert(network.name.unraw().to_string()) || cfg
            });
            for network in networks {
                repair_network(&mut network.layers);
            }
        }
        Declaration::Type(layers) => repair_network(layers),
    }
}

fn repair_network(layers: &mut Layers) {
    repair_list(layers, true, true);
    for at in 0..layers.list.len() {
        repair_name(&mut layers.list, at);
    }
}

/// `first`, `last`: whether the network begins or ends with this list.
fn repair_list(layers: &mut Layers, first: bool, last: bool) {
    let list = &mut layers.list;
    if list.is_empty() {
        list.push(Layer {
            docs: Vec::new(),
            name: Ident::new("layer1", Span::call_site()),
            name_place: layers.place.clone(),
            title: "layer `layer1`".to_owned(),
            word: None,
            place: layers.place.clone(),
            unit: Unit::Missing,
            repeat: None,
            incomplete: true,
        });
    }
    let count = list.len();
    for (at, layer) in list.iter_mut().enumerate() {
        repair_layer(layer, first && at == 0, last && at + 1 == count);
    }
}

fn repair_layer(layer: &mut Layer, first: bool, last: bool) {
    let place = layer.place.clone();
    let repeated = layer.count() > 1;
    layer.repeat =
        layer.repeat.take().map(|repeat| Repeat { count: repeat.count.clamp(1, 10_000), ..repeat });
    match &mut layer.unit {
        Unit::Dense(dense) => {
            repair_width(&mut dense.widths.input);
            repair_width(&mut dense.widths.output);
            let misplaced = dense
                .activation
                .as_ref()
                .and_then(|activation| activation.word())
                .is_some_and(|word| word == SOFTMAX && (!last || repeated));
            if misplaced {
                dense.activation = None;
            }
            keep(&mut dense.l2, |l2| l2 >= 0.0);
        }
        Unit::Own { widths, .. } => {
            repair_width(&mut widths.input);
            repair_width(&mut widths.output);
        }
        Unit::Input(width) => {
            repair_width(width);
            width.get_or_insert_with(|| guess(&place));
        }
        Unit::Dropout { rate } => keep(rate, |rate| (0.0..1.0).contains(&rate)),
        Unit::LayerNorm { epsilon } => keep(epsilon, |epsilon| epsilon > 0.0),
        Unit::BatchNorm { momentum, epsilon } => {
            keep(momentum, |momentum| momentum > 0.0 && momentum <= 1.0);
            keep(epsilon, |epsilon| epsilon > 0.0);
        }
        Unit::Residual(layers) => repair_list(layers, false, false),
        Unit::Concat(branches) if first && !repeated => {
            repair_branches(branches, |layers| repair_list(layers, true, false));
        }
        Unit::Heads(branches) if last && !repeated => {
            repair_branches(branches, |layers| repair_list(layers, false, true));
        }
        Unit::Concat(_) | Unit::Heads(_) => layer.unit = Unit::Missing,
        Unit::Network(_) | Unit::Missing => {}
    }
    if matches!(&layer.unit, Unit::Concat(b) | Unit::Heads(b) if b.len() < 2) {
        layer.unit = Unit::Missing;
    }
}

fn repair_branches(branches: &mut [Branch], repair: impl Fn(&mut Layers)) {
    for at in 0..branches.len() {
        repair(&mut branches[at].layers);
        let name = branches[at].name.clone();
        let twice = branches[..at].iter().any(|before| before.name.unraw() == name.unraw());
        if twice || !can_be_a_name(&name) {
            branches[at].name = format_ident!("branch{}_", at + 1, span = name.span());
        }
    }
}

/// Small enough for the products of a network of such widths, too.
fn repair_width(width: &mut Option<Width>) {
    *width = width
        .take()
        .filter(|width| width.number().is_none_or(|number| (1..=1 << 28).contains(&number)));
}

fn keep(number: &mut Option<Real>, fits: impl Fn(f64) -> bool) {
    *number = number.take().filter(|number| number.value.is_none_or(&fits));
}

fn can_be_a_name(name: &Ident) -> bool {
    syn::parse_str::<Ident>(&name.to_string()).is_ok()
}

/// A name that can be a method, and is there once.
fn repair_name(list: &mut [Layer], at: usize) {
    let name = list[at].name.clone();
    let usable = can_be_a_name(&name)
        && !TAKEN.contains(&name.unraw().to_string().as_str())
        && list[..at].iter().all(|before| before.name.unraw() != name.unraw());
    if !usable {
        list[at].name = format_ident!("layer{}_", at + 1, span = name.span());
    }
}
