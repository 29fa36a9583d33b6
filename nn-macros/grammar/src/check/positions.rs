//! The rules for the position of a layer.

use crate::ast::{Repeat, Title, Unit};
use crate::tokens::Report;

/// The context of a list of layers.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Inside {
    Network,
    Residual,
    Concat,
    Heads,
}

/// Whether the network ends with a layer or a list, so that its activation determines the loss.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Ends {
    Yes,
    No,
    /// It would, if the heads around it were at an allowed position.
    Misplaced,
}

/// The position of a layer.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) inside: Inside,
    /// Whether it is the first of its list.
    pub(super) first: bool,
    /// Whether it is the last of its list.
    pub(super) last: bool,
    pub(super) ends: Ends,
}

/// Returns whether a layer is allowed at this position; otherwise reports it.
pub(super) fn is_allowed(title: &Title, unit: &Unit, at: Position, report: &mut Report) -> bool {
    let in_network = at.inside == Inside::Network;
    let advice = match unit {
        Unit::Concat(_) if !(in_network && at.first) => {
            "`concat` joins the inputs of a network, so it must be its first layer; move it to the \
             front"
                .to_owned()
        }
        Unit::Heads(_) if !(in_network && at.last) => {
            "`heads` are the outputs of a network, so they must be its last layer; move them to \
             the end"
                .to_owned()
        }
        Unit::Input(_) if !(at.inside == Inside::Concat && at.first) => {
            "`input` passes an input of `concat` on unchanged; write the inputs of any other \
             layer in the layer itself, as in `dense(4 -> 2)`"
                .to_owned()
        }
        Unit::Columns(_) if at.inside == Inside::Concat && at.first => {
            "in a branch of `concat`, `columns` must be in a network of their own; declare it, as \
             in `struct Flat(columns { … }, dense(8, relu));`, and write `Flat` as the branch"
                .to_owned()
        }
        Unit::Columns(_) if !(in_network && at.first) => {
            "`columns` are the inputs of a network, so they must be its first layer; move them to \
             the front"
                .to_owned()
        }
        Unit::Columns(_) if at.last => {
            "`columns` alone have no layer to preprocess rows for; write the layers after them"
                .to_owned()
        }
        Unit::Simple(simple) if simple.row.encodes && !(at.first && is_input(at.inside)) => {
            format!(
                "`{0}` preprocesses rows for the layers after it, so it must be the first layer of \
                 a network or of a branch of `concat`; move it to the front",
                simple.layer.word
            )
        }
        Unit::Simple(simple) if simple.row.encodes && at.last => {
            let why = simple.row.not_last.unwrap_or_default();
            format!("`{}` alone {why}", simple.layer.word)
        }
        Unit::Simple(simple) if at.last && matches!(at.inside, Inside::Network | Inside::Heads) => {
            let Some(why) = simple.row.not_last else { return true };
            format!("`{}` at the end {why}", simple.layer.word)
        }
        _ => return true,
    };
    report.error(&title.place, advice);
    false
}

/// Whether the input of such a list consists of the raw rows.
fn is_input(inside: Inside) -> bool {
    matches!(inside, Inside::Network | Inside::Concat)
}

/// Returns the repetition of a layer, if it may be repeated; otherwise reports it.
pub(super) fn repeat(
    title: &Title,
    unit: &Unit,
    repeat: Option<Repeat>,
    report: &mut Report,
) -> Option<Repeat> {
    let repeat = repeat?;
    let encodes = matches!(unit, Unit::Simple(simple) if simple.row.encodes);
    let is_end =
        matches!(unit, Unit::Concat(_) | Unit::Heads(_) | Unit::Input(_) | Unit::Columns(_));
    if !encodes && !is_end {
        return Some(repeat);
    }
    let word = title.word.as_ref().map_or("", |word| &word.text);
    let advice = format!("`{word}` cannot be repeated; leave `* {}` out", repeat.count);
    report.error(&repeat.place, advice);
    None
}
