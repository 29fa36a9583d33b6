//! Places in the source, for mistakes to point at.

use std::ops::Range;
use std::sync::Arc;

/// A place in the source: tokens of a program, or characters of a string literal, a file or a text
/// that is read at run time.
///
/// Tokens have numbers, which the caller assigns. In a text, all tokens have the number of the
/// literal that holds the text, since the compiler has no smaller place there. The characters give
/// the exact place.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The number of the first token. 0 means the whole call, or no token.
    pub first: usize,
    /// The number of the last token.
    pub last: usize,
    /// The characters, if it is in a text.
    pub quoted: Option<Quoted>,
}

/// A range of characters in a text.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// The text.
    pub text: Arc<Text>,
    /// The range, counted from the text's first character.
    pub range: Range<usize>,
}

/// The value of a string literal, or the content of a file.
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

    /// The place of a whole text, which is in the literal with this number.
    pub(crate) fn of_text(text: &Arc<Text>, number: usize) -> Self {
        let range = match text.file {
            Some(_) => 0..1, // its first line
            None => 0..text.chars.len(),
        };
        Self { quoted: Some(Quoted { text: text.clone(), range }), ..Self::of(number) }
    }

    /// The place from the beginning of this one to the end of `last`.
    pub(crate) fn to(&self, last: &Place) -> Self {
        let mut place = Self { last: last.last, ..self.clone() };
        if let (Some(quoted), Some(last)) = (&mut place.quoted, &last.quoted) {
            quoted.range.end = last.range.end.max(quoted.range.end);
        }
        place
    }

    /// The place of a group's opening bracket. Outside texts, a group has three numbers: its own,
    /// followed by those of its brackets.
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
