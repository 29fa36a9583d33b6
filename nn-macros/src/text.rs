//! The notation of a string literal, `"dense(784→128, relu), …"`, cut into the same tokens that
//! the compiler makes of source text, each with the place of its characters.
//!
//! The compiler's own lexer cannot help here: it refuses `→`, and what it reads from a string has
//! the place of the whole literal.

use std::ops::Range;
use std::rc::Rc;

use proc_macro2::{Delimiter, Group, Literal, Punct, Spacing, Span, TokenTree};

use crate::ast::{Place, Quoted};
use crate::report::Report;
use crate::token::Token;

/// The tokens of a string literal's `value`, which stands at `span`.
pub(crate) fn lex(value: &str, span: Span, report: &mut Report) -> Vec<Token> {
    let text: Rc<[char]> = value.chars().collect();
    Lexer { text, span, at: 0, report }.sequence(None)
}

/// The place of the whole value.
pub(crate) fn whole(value: &str, span: Span) -> Place {
    let text: Rc<[char]> = value.chars().collect();
    let range = 0..text.len();
    Place { span, quoted: Some(Quoted { text, range }) }
}

struct Lexer<'r> {
    text: Rc<[char]>,
    span: Span,
    at: usize,
    report: &'r mut Report,
}

impl Lexer<'_> {
    /// Reads until the end, or until what closes `open`.
    fn sequence(&mut self, open: Option<(char, usize)>) -> Vec<Token> {
        let mut tokens = Vec::new();
        while let Some(&c) = self.text.get(self.at) {
            let start = self.at;
            match c {
                ')' | ']' | '}' => {
                    if open.is_some_and(|(open, _)| closing(open) == c) {
                        return tokens;
                    }
                    let found = format!("`{c}` closes nothing; leave it out");
                    self.at += 1;
                    self.report.error(&self.place(start..self.at), found);
                }
                _ if c.is_whitespace() => self.at += 1,
                '(' | '[' | '{' => {
                    self.at += 1;
                    tokens.push(self.group(c, start));
                }
                '→' => {
                    self.at += 1;
                    let place = self.place(start..self.at);
                    tokens.extend([
                        self.punct('-', Spacing::Joint, &place),
                        self.punct('>', Spacing::Alone, &place),
                    ]);
                }
                _ if c.is_alphabetic() || c == '_' => {
                    let word = self.take_while(|c| c.is_alphanumeric() || c == '_');
                    match syn::parse_str::<TokenTree>(&word) {
                        Ok(TokenTree::Ident(mut ident)) => {
                            ident.set_span(self.span);
                            tokens.push(self.token(TokenTree::Ident(ident), start));
                        }
                        _ => self.unreadable(start, &word),
                    }
                }
                _ if c.is_ascii_digit() => {
                    let number = self.number();
                    match number.parse::<Literal>() {
                        Ok(mut literal) => {
                            literal.set_span(self.span);
                            tokens.push(self.token(TokenTree::Literal(literal), start));
                        }
                        Err(_) => self.unreadable(start, &number),
                    }
                }
                _ if "-+*/%<>=&|^!~?.,:;#$@'".contains(c) => {
                    self.at += 1;
                    let joint =
                        (self.text.get(self.at)).is_some_and(|c| "-+*/%<>=&|^:.".contains(*c));
                    let spacing = if joint { Spacing::Joint } else { Spacing::Alone };
                    let place = self.place(start..self.at);
                    tokens.push(self.punct(c, spacing, &place));
                }
                _ => {
                    self.at += 1;
                    self.unreadable(start, &c.to_string());
                }
            }
        }
        if let Some((open, at)) = open {
            let advice =
                format!("this `{open}` is never closed; write the missing `{}`", closing(open));
            self.report.error(&self.place(at..at + 1), advice);
        }
        tokens
    }

    fn group(&mut self, open: char, start: usize) -> Token {
        let inner = self.sequence(Some((open, start)));
        self.at = (self.at + 1).min(self.text.len());
        let delimiter = match open {
            '(' => Delimiter::Parenthesis,
            '[' => Delimiter::Bracket,
            _ => Delimiter::Brace,
        };
        let stream = inner.iter().map(|token| token.tree.clone()).collect();
        let mut group = Group::new(delimiter, stream);
        group.set_span(self.span);
        Token { inner, ..self.token(TokenTree::Group(group), start) }
    }

    /// Digits, separators and suffix; a point only between digits.
    fn number(&mut self) -> String {
        let mut number = self.take_while(|c| c.is_alphanumeric() || c == '_');
        let fraction = |lexer: &Self| {
            lexer.text.get(lexer.at) == Some(&'.')
                && lexer.text.get(lexer.at + 1).is_some_and(char::is_ascii_digit)
        };
        if fraction(self) {
            self.at += 1;
            number.push('.');
            number += &self.take_while(|c| c.is_alphanumeric() || c == '_');
        }
        number
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let rest = &self.text[self.at..];
        let taken: String = rest.iter().take_while(|&&c| belongs(c)).collect();
        self.at += taken.chars().count();
        taken
    }

    fn unreadable(&mut self, start: usize, found: &str) {
        let advice = match found {
            "×" | "⋅" | "·" => "write `*`, with the product in parentheses: `(28 * 28)`",
            "−" | "–" | "—" | "⇒" | "⟶" | "➔" | "➜" | "➝" | "↦" => {
                "write the arrow as `→` or `->`"
            }
            _ => {
                "a network is written in words, numbers, arrows and brackets, as in \
                  `dense(784→128, relu), dense(128→10, softmax)`"
            }
        };
        self.report
            .error(&self.place(start..self.at), format!("`{found}` means nothing here; {advice}"));
    }

    fn place(&self, range: Range<usize>) -> Place {
        Place { span: self.span, quoted: Some(Quoted { text: self.text.clone(), range }) }
    }

    fn token(&self, tree: TokenTree, start: usize) -> Token {
        Token { tree, place: self.place(start..self.at), inner: Vec::new() }
    }

    fn punct(&self, c: char, spacing: Spacing, place: &Place) -> Token {
        let mut punct = Punct::new(c, spacing);
        punct.set_span(self.span);
        Token { tree: TokenTree::Punct(punct), place: place.clone(), inner: Vec::new() }
    }
}

fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}
