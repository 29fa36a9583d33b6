//! The rules of a network. Every mistake is reported at its own token, in a sentence that says what
//! to write instead. The result is a valid network, as it was probably meant, so that one mistake
//! gives one message and the rest is still checked.
//!
//! Names are checked first. Then one pass over the layers, from the first to the last (`walk`),
//! checks that
//!
//! - a layer is at an allowed position (`positions`),
//! - its numbers are valid (`numbers`),
//! - its widths fit (`seams`),
//! - its activation is allowed (`activations`).
//!
//! At the end the number of layers is checked (`count`).

mod activations;
mod behind_columns;
mod count;
mod names;
mod numbers;
mod parameters;
mod positions;
mod seams;
mod walk;
mod widths;

use std::collections::HashMap;

pub use names::Taken;

use crate::ast::{Declaration, Item, Layer, Layers, Unit};
use crate::attribute::{Attribute, Effect};
use crate::network::{Chain, Checked, Network};
use crate::tokens::{Name, Report};

/// Reports all mistakes of the declaration, and returns the networks that were probably meant.
pub(crate) fn check(
    declaration: Declaration<Item, Layers>,
    taken: &Taken,
    report: &mut Report,
) -> Checked {
    match declaration {
        Declaration::Items(items) => {
            let mut seen = HashMap::new();
            let networks = items.into_iter().filter_map(|Item { mut head, layers }| {
                attributes(&mut head.attributes, report);
                // Structs under different `cfg`s may have the same name.
                let mut effects = head.attributes.iter().flat_map(Attribute::effects);
                let cfg = effects.any(|effect| effect.is("cfg"));
                let plain = head.name.plain();
                let twice = seen.insert(plain.to_owned(), cfg) == Some(false) && !cfg;
                if twice {
                    let advice =
                        format!("there is already a network `{plain}`; choose another name");
                    report.error(&head.name.place, advice);
                }
                let chain = chain(layers, &head.parameters, taken, report);
                (!twice).then_some(Network { head, chain })
            });
            Declaration::Items(networks.collect())
        }
        Declaration::Type(mut layers) => {
            if !report.is_at_run_time() {
                no_columns(&mut layers.list, report);
            }
            Declaration::Type(chain(layers, &[], taken, report))
        }
    }
}

/// Removes the attributes that are incompatible with the code of a network.
fn attributes(attributes: &mut Vec<Attribute>, report: &mut Report) {
    attributes.retain(|attribute| {
        let packed = |effect: &Effect<'_>| effect.is("repr") && effect.lists_call("packed");
        let Some(effect) = attribute.effects().into_iter().find(packed) else { return true };
        let advice = "a network gives references to its parameters, which `packed` does not allow; \
                      leave it out";
        report.error(&effect.place(), advice);
        false
    });
}

/// Rejects columns in a type without a name, which has no struct for its rows.
fn no_columns(list: &mut [Layer], report: &mut Report) {
    for layer in list.iter_mut().filter(|layer| matches!(layer.unit, Unit::Columns(_))) {
        let advice = "a block of columns declares a row type, so its network needs a name; write \
                      `pub struct Price { row: columns { … }, … }`";
        report.error(&layer.title.place, advice);
        (layer.unit, layer.incomplete) = (Unit::Missing, true);
    }
}

fn chain(mut layers: Layers, parameters: &[Name], taken: &Taken, report: &mut Report) -> Chain {
    parameters::layers(&mut layers.list, parameters, report);
    behind_columns::layers(&mut layers.list);
    names::layers(&mut layers.list, taken, report);
    let mut chain = walk::network(layers, report);
    count::layers(&mut chain.steps, report);
    chain
}
