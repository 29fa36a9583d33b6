//! A cursor over a list of tokens.

use super::place::Place;
use super::report::Report;
use super::token::{Delimiter, Kind, Name, Token, sign};

/// A position among tokens, and the report for mistakes.
pub(crate) struct Cursor<'t, 'r> {
    pub(crate) tokens: &'t [Token],
    pub(crate) at: usize,
    pub(crate) report: &'r mut Report,
}

impl<'t, 'r> Cursor<'t, 'r> {
    pub(crate) fn new(tokens: &'t [Token], report: &'r mut Report) -> Self {
        Self { tokens, at: 0, report }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(crate) fn peek(&self, ahead: usize) -> Option<&'t Token> {
        self.tokens.get(self.at + ahead)
    }

    /// The remaining tokens.
    pub(crate) fn rest(&self) -> &'t [Token] {
        &self.tokens[self.at.min(self.tokens.len())..]
    }

    pub(crate) fn sign(&self, ahead: usize, c: char) -> bool {
        self.peek(ahead).is_some_and(|token| sign(token) == Some(c))
    }

    pub(crate) fn word(&self, ahead: usize) -> Option<&'t str> {
        self.peek(ahead)?.word()
    }

    /// The next token as a name.
    pub(crate) fn name(&self) -> Option<Name> {
        let token = self.peek(0)?;
        Some(Name::new(token.word()?, &token.place))
    }

    /// Advances if this word follows.
    pub(crate) fn take_word(&mut self, wanted: &str) -> bool {
        let found = self.word(0).is_some_and(|word| word == wanted);
        self.at += usize::from(found);
        found
    }

    /// Advances if this sign follows.
    pub(crate) fn take_sign(&mut self, wanted: char) -> bool {
        let found = self.sign(0, wanted);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn group(&self, ahead: usize, delimiter: Option<Delimiter>) -> Option<&'t Token> {
        self.peek(ahead).filter(|token| match token.delimiter() {
            Some(found) => delimiter.is_none_or(|wanted| found == wanted),
            None => false,
        })
    }

    /// Whether `name :` follows, but not `name ::`, which is a path.
    pub(crate) fn name_follows(&self) -> bool {
        self.word(0).is_some() && self.sign(1, ':') && !self.is_path_separator(1)
    }

    /// Whether `::` follows.
    pub(crate) fn is_path_separator(&self, ahead: usize) -> bool {
        let first = self.peek(ahead).map(|token| &token.kind);
        first == Some(&Kind::Sign { sign: ':', joint: true }) && self.sign(ahead + 1, ':')
    }

    /// The place of the next token, or of the last one at the end.
    pub(crate) fn place(&self) -> Option<Place> {
        self.peek(0).or(self.tokens.last()).map(|token| token.place.clone())
    }

    /// Reports a mistake at the next token.
    pub(crate) fn unexpected(&mut self, sentence: impl Into<String>) {
        if let Some(token) = self.peek(0) {
            self.report.error(&token.place, sentence);
        }
    }

    /// Advances to the next comma, or the end.
    pub(crate) fn skip_to_comma(&mut self) {
        while !self.is_at_end() && !self.sign(0, ',') {
            self.at += 1;
        }
    }
}
