//! Where something stands, so that a mistake can point at it.

use std::ops::Range;
use std::sync::Arc;

/// Where something stands: tokens of a program's source, or some characters of a string literal, a file or
/// a text that is read at run time.
///
/// Tokens have numbers, which the caller gave them. In a text, all tokens have the number of the literal
/// that the text stands in, since the compiler has no smaller place there, and the characters tell more.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The number of the first token; 0 is the whole call, or no token at all.
    pub first: usize,
    /// The number of the last token.
    pub last: usize,
    /// The characters, if it is in a text.
    pub quoted: Option<Quoted>,
}

/// Some characters of a text.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// The text.
    pub text: Arc<Text>,
    /// Which characters, counted from the text's first.
    pub range: Range<usize>,
}

/// The value of a string literal, or what a file holds.
#[derive(Debug)]
pub struct Text {
    /// Its characters.
    pub chars: Vec<char>,
    /// The file's name, as it is written in the declaration.
    pub file: Option<String>,
}

impl Text {
    /// A text, from a file or not.
    pub fn new(text: &str, file: Option<&str>) -> Arc<Self> {
        Arc::new(Self { chars: text.chars().collect(), file: file.map(str::to_owned) })
    }
}

impl Place {
    /// The place of one token.
    pub fn of(number: usize) -> Self {
        Self { first: number, last: number, quoted: None }
    }

    /// The place of a text as a whole, which stands in the literal with this number.
    pub(crate) fn of_text(text: &Arc<Text>, number: usize) -> Self {
        let range = match text.file {
            Some(_) => 0..1, // its first line
            None => 0..text.chars.len(),
        };
        Self { quoted: Some(Quoted { text: text.clone(), range }), ..Self::of(number) }
    }

    /// From the beginning of this to the end of `last`.
    pub(crate) fn to(&self, last: &Place) -> Self {
        let mut place = Self { last: last.last, ..self.clone() };
        if let (Some(quoted), Some(last)) = (&mut place.quoted, &last.quoted) {
            quoted.range.end = last.range.end.max(quoted.range.end);
        }
        place
    }

    /// The place of a group's opening bracket. Outside of texts, a group has three numbers: its own, and
    /// then those of its brackets.
    pub(crate) fn open(&self) -> Self {
        self.bracket(1)
    }

    /// The place of a group's closing bracket.
    pub(crate) fn close(&self) -> Self {
        self.bracket(2)
    }

    fn bracket(&self, offset: usize) -> Self {
        match self.quoted {
            Some(_) => self.clone(),
            None => Self::of(self.first + offset),
        }
    }
}
