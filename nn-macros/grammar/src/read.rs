//! Reading: from text or tokens to checked networks.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::check::{Taken, check};
use crate::network::Checked;
use crate::parse;
use crate::tokens::{Report, Text, Token};

/// Reads the declarations or the layers in a text. `file` is the name of its file, for messages.
///
/// # Errors
///
/// If the text has mistakes: all of them, each with its line.
///
/// ```
/// use nn_grammar::{Declaration, read};
///
/// let Ok(Declaration::Items(networks)) =
///     read("struct Net { hidden: dense(4→3, relu), out: dense(1) }", None)
/// else {
///     panic!("a declaration without mistakes");
/// };
/// assert_eq!(networks[0].head.name.text, "Net");
/// assert_eq!(networks[0].chain.steps[1].input.number(), Some(3));
///
/// let mistakes =
///     read("dense(784→128, relu), dense(64→10, sofmax)", Some("digits.net")).unwrap_err();
/// assert_eq!(mistakes.len(), 2);
/// assert!(mistakes.to_string().starts_with(
///     "layer `layer2` takes 64 inputs but layer `layer1` gives 128 outputs; write \
///      `dense(128 -> 10, softmax)` or leave the input out: `dense(10, softmax)`
///  --> digits.net:1:29
///   |
/// 1 | dense(784→128, relu), dense(64→10, sofmax)
///   |                             ^^"
/// ));
/// ```
pub fn read(text: &str, file: Option<&str>) -> Result<Checked, Mistakes> {
    read_with(text, file, |checked, _| Some(checked))
}

/// Like [`read`], followed by `more`, which converts the result and may report further mistakes,
/// for example about a constant or a type. It must return a value if it reports no mistakes.
///
/// # Errors
///
/// If the text has mistakes, or `more` reports one.
pub fn read_with<R>(
    text: &str,
    file: Option<&str>,
    more: impl FnOnce(Checked, &mut Report) -> Option<R>,
) -> Result<R, Mistakes> {
    let mut report = Report::at_run_time();
    let checked = read_text(&Text::new(text, file), 0, &Taken::default(), &mut report);
    if report.is_empty()
        && let Some(made) = more(checked, &mut report)
        && report.is_empty()
    {
        return Ok(made);
    }
    let start = |place: &crate::tokens::Place| place.quoted.as_ref().map(|q| q.range.start);
    let mut mistakes: Vec<_> =
        report.mistakes().map(|(place, message)| (start(place), message)).collect();
    mistakes.sort_by_key(|(start, _)| *start);
    Err(Mistakes { messages: mistakes.into_iter().map(|(_, message)| message).collect() })
}

/// Reads the text in the literal with this number. Adds its mistakes to `report`, and returns the
/// network that was probably meant.
pub fn read_text(text: &Arc<Text>, number: usize, taken: &Taken, report: &mut Report) -> Checked {
    check(parse::of_text(text, number, report), taken, report)
}

/// Reads tokens of source code. Adds their mistakes to `report`, and returns the network that was
/// probably meant.
pub fn read_tokens(tokens: &[Token], taken: &Taken, report: &mut Report) -> Checked {
    check(parse::of_tokens(tokens, report), taken, report)
}

/// The mistakes in a text: one message or more. Each is a sentence that says what to write instead,
/// with the line and the characters at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes {
    messages: Vec<String>,
}

impl Mistakes {
    /// The number of mistakes.
    #[expect(clippy::len_without_is_empty, reason = "there is at least one")]
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Every message, in the order of the text.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.messages.iter().map(String::as_str)
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.messages.join("\n\n"))
    }
}

impl Error for Mistakes {}
