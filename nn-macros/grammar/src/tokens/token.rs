//! A token with its place, independent of its source.

use super::place::Place;

/// A token and its place.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its kind.
    pub kind: Kind,
    /// Its place.
    pub place: Place,
    /// The content of a group.
    pub inner: Vec<Token>,
}

/// The kind of a token.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `dense`, `r#type`
    Word(String),
    /// `784`, `"text"`
    Literal(String),
    /// One character, `+`.
    Sign {
        /// The character.
        sign: char,
        /// Whether another sign follows without a gap, as in `->`.
        joint: bool,
    },
    /// Tokens in brackets.
    Group(Delimiter),
}

/// The brackets of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// `( )`
    Parenthesis,
    /// `[ ]`
    Bracket,
    /// `{ }`
    Brace,
    /// Invisible ones, in which a macro's `$width` arrives.
    None,
}

/// A name, or a word of the notation.
#[derive(Clone, Debug)]
pub struct Name {
    /// As it is written, perhaps `r#type`.
    pub text: String,
    /// Its place, or the place where it would be written.
    pub place: Place,
    /// Whether it is not written, but made up.
    pub made_up: bool,
}

impl Name {
    /// A name that is written.
    pub fn new(text: &str, place: &Place) -> Self {
        Self { text: text.to_owned(), place: place.clone(), made_up: false }
    }

    /// The name of something that has none: `layer2`.
    pub(crate) fn numbered(what: &str, number: usize, place: &Place) -> Self {
        Self { text: format!("{what}{number}"), place: place.clone(), made_up: true }
    }

    /// The name without `r#`.
    pub fn plain(&self) -> &str {
        self.text.strip_prefix("r#").unwrap_or(&self.text)
    }
}

impl Token {
    /// A token without content.
    pub fn new(kind: Kind, place: Place) -> Self {
        Self { kind, place, inner: Vec::new() }
    }

    /// The same brackets without a place: the compiler would report the user's brackets as
    /// needless.
    pub(crate) fn without_place(&self) -> Self {
        Self { place: Place::default(), ..self.clone() }
    }

    /// The word, if it is one.
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The literal, if it is one.
    pub(crate) fn literal(&self) -> Option<&str> {
        match &self.kind {
            Kind::Literal(literal) => Some(literal),
            _ => None,
        }
    }

    /// The brackets, if it is a group.
    pub(crate) fn delimiter(&self) -> Option<Delimiter> {
        match self.kind {
            Kind::Group(delimiter) => Some(delimiter),
            _ => None,
        }
    }
}

/// The character of a sign.
pub(crate) fn sign(token: &Token) -> Option<char> {
    match token.kind {
        Kind::Sign { sign, .. } => Some(sign),
        _ => None,
    }
}

/// The place from the first token to the last.
pub(crate) fn place(tokens: &[Token]) -> Place {
    match tokens {
        [first, .., last] => first.place.to(&last.place),
        [only] => only.place.clone(),
        [] => Place::default(),
    }
}

/// Splits at the commas that are not between angle brackets. A trailing comma does not add an empty
/// part.
pub fn split_at_commas(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0_usize;
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        match sign(token) {
            Some('<') => depth += 1,
            Some('>') if at == 0 || !is_arrow(&tokens[at - 1..]) => depth = depth.saturating_sub(1),
            Some(',') if depth == 0 => {
                parts.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if depth > 0 {
        // These are not brackets, but a mistake.
        parts = tokens.split(|token| sign(token) == Some(',')).collect();
    } else {
        parts.push(&tokens[start..]);
    }
    if parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
}

/// Whether these tokens begin with `->`.
pub(crate) fn is_arrow(tokens: &[Token]) -> bool {
    matches!(
        tokens,
        [
            Token { kind: Kind::Sign { sign: '-', joint: true }, .. },
            Token { kind: Kind::Sign { sign: '>', .. }, .. },
            ..
        ]
    )
}

/// The name and the value of `name = value`.
pub(crate) fn option(part: &[Token]) -> Option<(&str, &[Token])> {
    match part {
        [Token { kind: Kind::Word(name), .. }, equals, value @ ..]
            if sign(equals) == Some('=')
                && !value.first().is_some_and(|next| matches!(sign(next), Some('>' | '='))) =>
        {
            Some((name, value))
        }
        _ => None,
    }
}
