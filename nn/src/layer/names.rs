//! Names of layers, and layers written as a declaration.

use super::Info;
use crate::head::HeadInfo;
use crate::text::{Message, Text, equal};

/// The head of a part that has none.
const NONE: &HeadInfo = &HeadInfo::NONE;

impl Info {
    /// Returns the full name of the layer at `index`: `hidden`, or `encoder.layer1` for a layer of
    /// a nested network `encoder`. `names` are the names of the outermost layers, in order. Missing
    /// names become `layer1`, `layer2`, …
    pub(crate) const fn name(&self, names: &[&str], index: usize) -> Message {
        let mut name = Message::new();
        self.push_name(names, 0, index, &mut name);
        name.sealed()
    }

    /// The same for a part whose first layer has the name `names[first]`.
    const fn push_name(&self, names: &[&str], first: usize, index: usize, to: &mut Message) {
        match self {
            Info::Layer(_) => push_or_number(names, first, to),
            Info::Residual(layers) => layers.push_name(names, first, index, to),
            Info::Then(a, b) | Info::Concat(a, b) | Info::Heads(a, b) => {
                let count = a.count();
                if index < count {
                    a.push_name(names, first, index, to);
                } else {
                    b.push_name(names, first + a.named(), index - count, to);
                }
            }
            Info::Nested { names: inner, layers, .. } => {
                push_or_number(names, first, to);
                to.push(".");
                layers.push_name(inner, 0, index, to);
            }
        }
    }

    /// Number of layers that the outermost network names. A nested network counts as one.
    const fn named(&self) -> usize {
        match self {
            Info::Layer(_) | Info::Nested { .. } => 1,
            Info::Residual(layers) => layers.named(),
            Info::Then(a, b) | Info::Concat(a, b) | Info::Heads(a, b) => a.named() + b.named(),
        }
    }

    /// Appends the layers as a declaration writes them. The last layer gets the activation `head`
    /// if it has none.
    pub(crate) const fn push_declaration<const CAPACITY: usize>(
        &self,
        head: &HeadInfo,
        to: &mut Text<CAPACITY>,
    ) {
        match self {
            Info::Layer(layer) => {
                to.push(layer.kind);
                to.push("(");
                to.push_number(layer.inputs, "");
                to.push(" -> ");
                to.push_number(layer.outputs, "");
                if equal(layer.activation.as_bytes(), b"linear") {
                    to.push(", ");
                    head.push_names(to);
                } else {
                    push_detail(layer.activation, to);
                }
                push_detail(layer.option, to);
                let mut column = 0;
                while column < layer.columns.texts.len() {
                    push_detail(layer.columns.texts[column], to);
                    column += 1;
                }
                to.push(")");
            }
            Info::Then(a, b) => {
                a.push_declaration(NONE, to);
                to.push(", ");
                b.push_declaration(head, to);
            }
            Info::Concat(a, b) => push_branches("concat", (a, b), NONE, to),
            Info::Heads(a, b) => push_branches("heads", (a, b), head, to),
            Info::Residual(layers) => {
                to.push("residual(");
                layers.push_declaration(NONE, to);
                to.push(")");
            }
            Info::Nested { layers, .. } => {
                to.push("network(");
                layers.push_declaration(NONE, to);
                to.push(")");
            }
        }
    }

    /// Whether the declaration shows the head.
    pub(crate) const fn shows(&self, head: &HeadInfo) -> bool {
        match self {
            Info::Layer(layer) => equal(layer.activation.as_bytes(), b"linear"),
            Info::Then(_, last) => last.shows(head),
            Info::Heads(a, b) => match head {
                HeadInfo::One(_) => false,
                HeadInfo::Both(of_a, of_b) => a.shows(of_a) && b.shows(of_b),
            },
            _ => false,
        }
    }
}

/// Appends the name at `index`, or `layer3` if there is none.
pub(crate) const fn push_or_number<const CAPACITY: usize>(
    names: &[&str],
    index: usize,
    to: &mut Text<CAPACITY>,
) {
    if index < names.len() {
        to.push(names[index]);
    } else {
        to.push("layer");
        to.push_number(index + 1, "");
    }
}

const fn push_detail<const CAPACITY: usize>(detail: &str, to: &mut Text<CAPACITY>) {
    if !detail.is_empty() {
        to.push(", ");
        to.push(detail);
    }
}

const fn push_branches<const CAPACITY: usize>(
    word: &str,
    (a, b): (&Info, &Info),
    head: &HeadInfo,
    to: &mut Text<CAPACITY>,
) {
    let (of_a, of_b) = head.of_branches();
    to.push(word);
    to.push("((");
    a.push_declaration(of_a, to);
    to.push("), (");
    b.push_declaration(of_b, to);
    to.push("))");
}

/// Splits the name of an activation, such as `leaky_relu(0.1)`, into its word and its number.
/// `None` if the number cannot be read.
#[cfg(feature = "std")]
pub(crate) fn word_and_number(name: &str) -> Option<(&str, Option<f64>)> {
    match name.strip_suffix(')').and_then(|name| name.split_once('(')) {
        Some((word, number)) => Some((word, Some(written_number(number)?))),
        None => Some((name, None)),
    }
}

/// Reads a number in a name: `0.1`, or its bits in hexadecimal.
#[cfg(feature = "std")]
pub(crate) fn written_number(text: &str) -> Option<f64> {
    match text.strip_prefix("0x") {
        Some(bits) => u64::from_str_radix(bits, 16).ok().map(f64::from_bits),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for x in [0.1, 1e-5, 2.5e-7, 1.0 / 3.0, 1e300, 12.0] {
            let text = tensor::decimal::Written::number(x);
            assert_eq!(written_number(text.as_str()), Some(x), "{}", text.as_str());
        }
        assert_eq!(word_and_number("celu(0.5)"), Some(("celu", Some(0.5))));
        assert_eq!(word_and_number("relu"), Some(("relu", None)));
        assert_eq!(word_and_number("relu(x)"), None);
    }
}
