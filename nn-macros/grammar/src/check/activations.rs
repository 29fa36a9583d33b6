//! The rules for activations: softmax only at the end, over at least two outputs.

use super::positions::Ends;
use crate::ast::{Choice, Dense, Title, Width};
use crate::tokens::Report;
use crate::vocabulary::{SOFTMAX, activation};

/// Checks the activation of a layer that is repeated `count` times, and removes it if it is not
/// allowed there. Returns whether it is a head.
pub(super) fn is_head(
    title: &Title,
    dense: &mut Dense,
    output: &Width,
    count: usize,
    ends: Ends,
    report: &mut Report,
) -> bool {
    let Some(Choice::Word(word)) = dense.activation.as_ref().map(|activation| &activation.choice)
    else {
        return false;
    };
    let (name, last, repeated) = (word.text.as_str(), ends == Ends::Yes, count > 1);
    let decides = activation(name).is_some_and(|row| row.head);
    let softmax = name == SOFTMAX;
    let advice = if softmax && ends == Ends::No {
        format!(
            "softmax turns the outputs of the last layer into probabilities, but {} is not the \
             last; write `relu` or another activation",
            title.text
        )
    } else if last && repeated && decides {
        format!(
            "`{name}` of the last layer determines the loss, but {} is repeated; write the last \
             one separately, with another activation for those before it",
            title.text
        )
    } else if softmax && output.number() == Some(1) && !output.guessed {
        "softmax of a single output is always 1; write `sigmoid` for binary classification, or one \
         output for each class"
            .to_owned()
    } else {
        String::new()
    };
    if !advice.is_empty() {
        report.error(&word.place, advice);
    }
    let is_head = last && !repeated && decides;
    if softmax && !is_head {
        dense.activation = None;
    }
    is_head
}
