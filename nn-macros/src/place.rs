//! Where something stands, so that an error can point at it.

use std::ops::Range;
use std::rc::Rc;

use proc_macro2::Span;

/// Where something stands: tokens of the source, or some characters of a string literal or a file.
///
/// Stable Rust has no spans inside a literal, so there the spans are the whole literal's, and the
/// error's text shows the characters.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) span: Span,
    /// The last token's span.
    pub(crate) end: Span,
    pub(crate) quoted: Option<Quoted>,
}

/// Some characters of a text.
#[derive(Clone)]
pub(crate) struct Quoted {
    pub(crate) text: Rc<Text>,
    pub(crate) range: Range<usize>,
}

/// The value of a string literal, or what a file holds.
pub(crate) struct Text {
    pub(crate) chars: Vec<char>,
    /// The file's name, as it is written in the declaration.
    pub(crate) file: Option<String>,
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self { span, end: span, quoted: None }
    }
}

impl Place {
    /// From the beginning of this to the end of `last`.
    pub(crate) fn to(&self, last: &Place) -> Place {
        let mut place = Place { end: last.end, ..self.clone() };
        if let (Some(quoted), Some(last)) = (&mut place.quoted, &last.quoted) {
            quoted.range.end = last.range.end.max(quoted.range.end);
        }
        place
    }

    /// What comes first in the source is less.
    pub(crate) fn order(&self) -> (usize, usize, usize) {
        // Outside of the compiler, in tests, spans have no positions.
        let (line, column) = match proc_macro::is_available() {
            true => (self.span.unwrap().line(), self.span.unwrap().column()),
            false => (0, 0),
        };
        (line, column, self.quoted.as_ref().map_or(0, |quoted| quoted.range.start))
    }
}
