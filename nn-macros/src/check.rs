//! The rules of a network. Every mistake is reported, each at its own token, in a sentence that
//! says what to write instead.
//!
//! What the parser already complained about is skipped, so that one mistake gives one message.

use std::collections::HashMap;

use proc_macro2::Ident;
use syn::ext::IdentExt;

use crate::ast::{Branch, Choice, Declaration, Layer, Layers, Unit};
use crate::flow::{Flow, Step, flow};
use crate::place::Place;
use crate::report::Report;
use crate::values::values;
use crate::widths::possible;
use crate::words::{HEADS, SOFTMAX};

/// Reports everything that is wrong with the declaration.
pub(crate) fn check(declaration: &Declaration, report: &mut Report) {
    match declaration {
        Declaration::Items(networks) => {
            let mut seen = HashMap::new();
            for network in networks {
                // Struct names that differ in `cfg` alone may be there twice.
                let cfg = network.attributes.iter().any(|a| a.path().is_ident("cfg"));
                let first = seen.insert(network.name.unraw().to_string(), cfg);
                if first == Some(false) && !cfg {
                    let advice = format!(
                        "there is a network `{}` already; give this one another name",
                        network.name.unraw()
                    );
                    report.error(&network.name.span().into(), advice);
                }
                network_layers(&network.layers, report);
            }
        }
        Declaration::Type(layers) => network_layers(layers, report),
    }
}

fn network_layers(layers: &Layers, report: &mut Report) {
    let example = "a network has at least one layer; write its layers, as in `dense(784 -> 128, relu), \
                   dense(128 -> 10, softmax)`";
    not_empty(layers, example, report);
    names(layers, report);
    positions(&layers.list, Inside::Network, report);
    let Flow { steps, .. } = flow(layers, report);
    activations(&steps, report);
    size(&steps, &mut 0, report);
}

fn not_empty(layers: &Layers, advice: &str, report: &mut Report) {
    if layers.list.is_empty() && !layers.incomplete {
        report.error(&layers.place, advice);
    }
}

/// Methods and constants that a layer's own method must not hide: those of `Network`, of the
/// generated struct, and of traits that every network has.
pub(crate) const TAKEN: &[&str] = &[
    "init",
    "load",
    "save",
    "predict",
    "predict_batch",
    "predict_into",
    "logits",
    "logits_into",
    "for_logits",
    "activations",
    "forward",
    "svg",
    "evaluate",
    "on_tape",
    "self_check",
    "parameters",
    "parameters_mut",
    "from_parameters",
    "clone",
    "clone_from",
    "fmt",
    "to_string",
    "to_owned",
    "borrow",
    "borrow_mut",
    "into",
    "try_into",
    "as_ref",
];

/// A layer's name becomes a method, so it must be free, and there once.
fn names(layers: &Layers, report: &mut Report) {
    let mut seen = HashMap::new();
    for (at, layer) in layers.list.iter().enumerate() {
        let Layer { name, name_place, .. } = layer;
        if !is_name(name, name_place, "a layer's name becomes a method", report) {
            continue;
        }
        let plain = name.unraw().to_string();
        if TAKEN.contains(&plain.as_str()) {
            let advice = format!(
                "a layer's name becomes a method, and every network has a method `{plain}` \
                 already; write another name, such as `{plain}_layer`"
            );
            report.error(name_place, advice);
        }
        if let Some(first) = seen.insert(plain.clone(), at + 1) {
            let advice =
                format!("layer {first} is called `{plain}` already; give this one another name");
            report.error(name_place, advice);
        }
    }
}

/// Whether this can be a name in Rust.
fn is_name(name: &Ident, place: &Place, why: &str, report: &mut Report) -> bool {
    let text = name.to_string();
    if text == "_" {
        let advice = format!("{why}, so it cannot be `_`; write a name such as `hidden`");
        report.error(place, advice);
    } else if syn::parse_str::<Ident>(&text).is_err() {
        let advice = format!("`{text}` is a word of the language; write `{text}_` or another name");
        report.error(place, advice);
    } else {
        return true;
    }
    false
}

/// What a list of layers stands in.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Network,
    Residual,
    Concat,
    Heads,
}

/// Every layer stands where it may.
fn positions(list: &[Layer], inside: Inside, report: &mut Report) {
    for (at, layer) in list.iter().enumerate() {
        let (first, last) = (at == 0, at + 1 == list.len());
        let network = inside == Inside::Network;
        let advice = match &layer.unit {
            Unit::Concat(_) if !(network && first) => Some(
                "`concat` joins the inputs of a network, so it is its first layer; move it to the \
                 front",
            ),
            Unit::Heads(_) if !(network && last) => Some(
                "`heads` are the outputs of a network, so they are its last layer; move them to \
                 the end",
            ),
            Unit::Input(_) if !(inside == Inside::Concat && first) => Some(
                "`input` is an input of `concat` that goes on as it is; write the inputs of any \
                 other layer in the layer itself, as in `dense(4 -> 2)`",
            ),
            Unit::Dropout { .. } if last && matches!(inside, Inside::Network | Inside::Heads) => {
                Some(
                    "`dropout` at the end would silence answers while training; put it before the \
                     last layer",
                )
            }
            _ => None,
        };
        if let Some(advice) = advice {
            report.error(&layer.place, advice);
        }
        if let (Unit::Concat(_) | Unit::Heads(_) | Unit::Input(_), Some(repeat)) =
            (&layer.unit, &layer.repeat)
        {
            let word = layer.word.as_ref().map(ToString::to_string).unwrap_or_default();
            let advice = format!("`{word}` cannot be repeated; leave `* {}` out", repeat.count);
            report.error(&repeat.place, advice);
        }
        values(layer, report);
        match &layer.unit {
            Unit::Residual(layers) => {
                let example = "a residual has at least one layer; write its layers, as in \
                               `residual(dense(64 -> 64, relu), dense(64))`";
                not_empty(layers, example, report);
                positions(&layers.list, Inside::Residual, report);
            }
            Unit::Concat(branches) => {
                branch_names(branches, "input", report);
                for branch in branches {
                    positions(&branch.layers.list, Inside::Concat, report);
                }
            }
            Unit::Heads(branches) => {
                branch_names(branches, "head", report);
                for branch in branches {
                    positions(&branch.layers.list, Inside::Heads, report);
                }
            }
            _ => {}
        }
    }
}

fn branch_names(branches: &[Branch], what: &str, report: &mut Report) {
    let mut seen = HashMap::new();
    for (at, branch) in branches.iter().enumerate() {
        let why = format!("the name of this {what} becomes a field");
        if !is_name(&branch.name, &branch.name_place, &why, report) {
            continue;
        }
        let plain = branch.name.unraw().to_string();
        if let Some(first) = seen.insert(plain.clone(), at + 1) {
            let advice =
                format!("{what} {first} is called `{plain}` already; give this one another name");
            report.error(&branch.name_place, advice);
        }
    }
}

/// Softmax stands at the end over at least two outputs.
fn activations(steps: &[Step<'_>], report: &mut Report) {
    for step in steps {
        // Heads in the wrong place are reported as such.
        let misplaced = matches!(step.layer.unit, Unit::Heads(_)) && !step.last;
        for part in step.parts.iter().filter(|_| !misplaced) {
            activations(part, report);
        }
        let Unit::Dense(dense) = &step.layer.unit else { continue };
        let Some(Choice::Word { word, place }) = dense.activation.as_ref().map(|a| &a.choice)
        else {
            continue;
        };
        let title = &step.layer.title;
        let repeated = step.layer.count() > 1;
        if word == SOFTMAX && !step.last {
            let advice = format!(
                "softmax turns the last layer into probabilities, and {title} is not the last; \
                 write `relu` or another activation"
            );
            report.error(place, advice);
        } else if step.last && repeated && HEADS.iter().any(|head| word == head) {
            let advice = format!(
                "`{word}` of the last layer decides about the loss, and {title} is repeated; write \
                 the last one by itself, with another activation for those before it"
            );
            report.error(place, advice);
        } else if word == SOFTMAX && step.output.number() == Some(1) && !step.output.guessed {
            let advice = "softmax of a single output is always 1; write `sigmoid` for a yes-or-no \
                          answer, or one output for each class";
            report.error(place, advice);
        }
    }
}

/// All parameters together can be addressed.
fn size(steps: &[Step<'_>], total: &mut u128, report: &mut Report) -> bool {
    let largest = i64::MAX as u128 / 8;
    for step in steps {
        if step.parts.iter().any(|part| !size(part, total, report)) {
            return false;
        }
        let (Some(inputs), Some(outputs)) = (step.input.number(), step.output.number()) else {
            continue;
        };
        if !matches!(step.layer.unit, Unit::Dense(_)) || !possible(inputs) || !possible(outputs) {
            continue;
        }
        *total += (u128::from(inputs) + 1) * u128::from(outputs) * step.layer.count() as u128;
        if *total > largest {
            let advice = format!(
                "with {} the network has {total} parameters, more than any memory holds; write \
                 smaller widths",
                step.layer.title
            );
            report.error(&crate::widths::end(step), advice);
            return false;
        }
    }
    true
}
