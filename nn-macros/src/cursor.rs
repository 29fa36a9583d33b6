//! Walking through a list of tokens.

use proc_macro2::{Delimiter, Ident, Spacing, TokenTree};

use crate::place::Place;
use crate::report::Report;
use crate::token::{Token, punct};

/// A position among tokens, and where mistakes go.
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

    /// What is left.
    pub(crate) fn rest(&self) -> &'t [Token] {
        &self.tokens[self.at.min(self.tokens.len())..]
    }

    pub(crate) fn punct(&self, ahead: usize, c: char) -> bool {
        self.peek(ahead).is_some_and(|token| punct(token) == Some(c))
    }

    pub(crate) fn word(&self, ahead: usize) -> Option<&'t Ident> {
        match &self.peek(ahead)?.tree {
            TokenTree::Ident(ident) => Some(ident),
            _ => None,
        }
    }

    /// Goes on if this word follows.
    pub(crate) fn take_word(&mut self, wanted: &str) -> bool {
        let found = self.word(0).is_some_and(|word| word == wanted);
        self.at += usize::from(found);
        found
    }

    /// Goes on if this sign follows.
    pub(crate) fn take_punct(&mut self, wanted: char) -> bool {
        let found = self.punct(0, wanted);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn group(&self, ahead: usize, delimiter: Option<Delimiter>) -> Option<&'t Token> {
        self.peek(ahead).filter(|token| match &token.tree {
            TokenTree::Group(group) => delimiter.is_none_or(|wanted| group.delimiter() == wanted),
            _ => false,
        })
    }

    /// Whether `name :` follows; `name ::` is a path.
    pub(crate) fn name_follows(&self) -> bool {
        self.word(0).is_some() && self.punct(1, ':') && !self.is_path_separator(1)
    }

    /// Whether `::` follows.
    pub(crate) fn is_path_separator(&self, ahead: usize) -> bool {
        let joint = |token: &Token| matches!(&token.tree, TokenTree::Punct(p) if p.spacing() == Spacing::Joint);
        self.punct(ahead, ':') && self.peek(ahead).is_some_and(joint) && self.punct(ahead + 1, ':')
    }

    /// Where the next token is, or the last one at the end.
    pub(crate) fn place(&self) -> Option<Place> {
        self.peek(0).or(self.tokens.last()).map(|token| token.place.clone())
    }

    /// A mistake at the next token.
    pub(crate) fn unexpected(&mut self, sentence: impl Into<String>) {
        if let Some(token) = self.peek(0) {
            self.report.error(&token.place, sentence);
        }
    }

    /// Goes on to the next comma, or the end.
    pub(crate) fn skip_to_comma(&mut self) {
        while !self.is_at_end() && !self.punct(0, ',') {
            self.at += 1;
        }
    }
}
