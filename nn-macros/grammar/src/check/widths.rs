//! Arithmetic with widths, and layers written with other widths for messages.

use crate::ast::{Column, Dense, End, Layer, Path, Title, Unit, Value, Width, Widths};
use crate::tokens::Place;
use crate::vocabulary::Gives;

/// The largest width. A larger one is a typo.
pub(super) const LARGEST: u64 = u32::MAX as u64;

/// Whether a number can be a width.
pub(super) fn possible(width: u64) -> bool {
    (1..=LARGEST).contains(&width)
}

/// The number of inputs of a list of layers, if it is written in them.
pub(super) fn declared(layers: &[Layer]) -> Option<Width> {
    for layer in layers {
        let written = match &layer.unit {
            // Its number of inputs is twice that of the next layer, which may not be a number.
            Unit::Simple(simple) if simple.row.gives == Gives::Half => return None,
            Unit::Simple(_) => continue,
            Unit::Residual(inner) => match declared(&inner.list) {
                None => continue,
                written => written,
            },
            Unit::Network(path) => Some(of_network(&layer.title, path, End::Inputs)),
            Unit::Columns(columns) => Some(of_columns(&layer.title, columns)[0].clone()),
            Unit::Heads(branches) => {
                branches.iter().find_map(|branch| declared(&branch.layers.list))
            }
            unit => unit.written_input().map(|width| match width.number() {
                Some(number) if !possible(number) => Width::guess(&width.place),
                _ => width.clone(),
            }),
        };
        return written;
    }
    None
}

/// The width of a nested network.
pub(super) fn of_network(title: &Title, path: &Path, end: End) -> Width {
    Width { place: title.place.clone(), value: Value::Of(path.clone(), end), guessed: false }
}

/// The inputs and outputs of a block of columns.
pub(super) fn of_columns(title: &Title, columns: &[Column]) -> [Width; 2] {
    let widths = Column::widths(columns);
    [widths.row(), widths.outputs].map(|width| Width {
        place: title.place.clone(),
        value: Value::Number(width as u64),
        guessed: columns.is_empty(),
    })
}

/// Half of a width. A number is rounded down.
pub(super) fn half(width: &Width) -> Width {
    let value = match width.number() {
        Some(number) => Value::Number((number / 2).max(1)),
        None => Value::Half(Box::new(width.clone())),
    };
    Width { value, ..width.clone() }
}

/// The sum of widths, of parallel branches.
pub(super) fn sum<'w>(place: &Place, widths: impl Iterator<Item = &'w Width>) -> Width {
    let widths: Vec<&Width> = widths.collect();
    let guessed = widths.is_empty() || widths.iter().any(|width| width.guessed);
    let numbers: Option<Vec<u64>> = widths.iter().map(|width| width.number()).collect();
    let value = match numbers {
        Some(numbers) => Value::Number(numbers.iter().fold(0, |sum, n| sum.saturating_add(*n))),
        None => Value::Sum(widths.into_iter().cloned().collect()),
    };
    Width { place: place.clone(), value, guessed }
}

/// A layer as it is written, without its inputs.
pub(super) struct Form {
    word: String,
    /// `64, relu`
    rest: String,
}

impl Form {
    /// `dense(64, relu)`
    pub(super) fn dense(dense: &Dense, widths: &Widths) -> Self {
        let activation =
            dense.activation.iter().map(|activation| format!(", {}", activation.text()));
        let options =
            dense.options().into_iter().map(|(name, value)| format!(", {name} = {value}"));
        let rest = activation.chain(options).collect::<String>();
        Self { word: "dense".to_owned(), rest: output(widths) + &rest }
    }

    /// `my::Gate(64)`
    pub(super) fn own(path: &Path, widths: &Widths) -> Self {
        Self { word: path.text.clone(), rest: output(widths) }
    }

    /// The layer written with this input.
    pub(super) fn with(&self, input: impl ToString) -> String {
        format!("{}({} -> {})", self.word, input.to_string(), self.rest)
    }

    /// The layer written without an input.
    pub(super) fn without_input(&self) -> String {
        format!("{}({})", self.word, self.rest)
    }
}

fn output(widths: &Widths) -> String {
    widths.output.as_ref().map_or_else(|| "…".to_owned(), Width::text)
}

pub(super) fn plural(count: u64, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}
