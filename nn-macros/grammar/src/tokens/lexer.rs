//! The lexer: splits a text, `dense(784→128, relu), …`, into tokens, each with the place of its
//! characters.
//!
//! The compiler's own lexer is not an option: it rejects `→`, and tokens that it reads from a
//! string have the place of the whole literal.

use std::ops::Range;
use std::sync::Arc;

use super::literal::{integer, real};
use super::place::{Place, Quoted, Text};
use super::report::Report;
use super::token::{Delimiter, Kind, Token};
use super::{MOST_NESTED, TOO_NESTED};

/// Splits a text into tokens. The text is in the literal with this number.
pub(crate) fn lex(text: &Arc<Text>, number: usize, report: &mut Report) -> Vec<Token> {
    Lexer { text: text.clone(), number, at: 0, depth: 0, ended: false, report }.sequence(None)
}

struct Lexer<'r> {
    text: Arc<Text>,
    number: usize,
    at: usize,
    /// The number of open brackets.
    depth: usize,
    /// Whether the rest is skipped.
    ended: bool,
    report: &'r mut Report,
}

impl Lexer<'_> {
    /// Reads to the end, or to the bracket that closes `open`.
    fn sequence(&mut self, open: Option<(char, usize)>) -> Vec<Token> {
        let mut tokens = Vec::new();
        while let Some(c) = self.peek(0) {
            let start = self.at;
            match c {
                ')' | ']' | '}' => {
                    if open.is_some_and(|(open, _)| closing(open) == c) {
                        return tokens;
                    }
                    let place = self.place(start..start + 1);
                    if let Some((open, _)) = open {
                        let wanted = closing(open);
                        let found = format!("`{c}` cannot close `{open}`; write `{wanted}`");
                        self.report.error(&place, found);
                        return tokens;
                    }
                    self.at += 1;
                    let found = format!("unmatched `{c}`; leave it out");
                    self.report.error(&place, found);
                }
                _ if c.is_whitespace() => self.at += 1,
                '(' | '[' | '{' => {
                    self.at += 1;
                    tokens.push(self.group(c, start));
                }
                '/' if self.peek(1) == Some('/') => tokens.extend(self.line_comment()),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => tokens.extend(self.string()),
                '→' => {
                    self.at += 1;
                    let place = self.place(start..self.at);
                    let sign = |sign, joint| Token::new(Kind::Sign { sign, joint }, place.clone());
                    tokens.extend([sign('-', true), sign('>', false)]);
                }
                _ if c.is_alphabetic() || c == '_' => {
                    let word = self.take_while(|c| c.is_alphanumeric() || c == '_');
                    if word.chars().all(|c| c.is_alphabetic() || c.is_ascii_digit() || c == '_') {
                        tokens.push(self.token(Kind::Word(word), start));
                    } else {
                        self.unreadable(start, &word);
                    }
                }
                _ if c.is_ascii_digit() => {
                    let number = self.number();
                    if integer(&number).is_some() || real(&number).is_some() {
                        tokens.push(self.token(Kind::Literal(number), start));
                    } else {
                        self.unreadable(start, &number);
                    }
                }
                _ if "-+*/%<>=&|^!~?.,:;#$@'".contains(c) => {
                    self.at += 1;
                    let joint = self.peek(0).is_some_and(|c| "-+*/%<>=&|^:.".contains(c));
                    tokens.push(self.token(Kind::Sign { sign: c, joint }, start));
                }
                _ => {
                    self.at += 1;
                    self.unreadable(start, &c.to_string());
                }
            }
        }
        if let (Some((open, at)), false) = (open, self.ended) {
            let advice =
                format!("this `{open}` is never closed; write the missing `{}`", closing(open));
            self.report.error(&self.place(at..at + 1), advice);
        }
        tokens
    }

    fn group(&mut self, open: char, start: usize) -> Token {
        self.depth += 1;
        let inner = match self.depth > MOST_NESTED {
            true => self.too_nested(start),
            false => self.sequence(Some((open, start))),
        };
        self.depth -= 1;
        self.at = (self.at + 1).min(self.text.chars.len());
        let delimiter = match open {
            '(' => Delimiter::Parenthesis,
            '[' => Delimiter::Bracket,
            _ => Delimiter::Brace,
        };
        Token { inner, ..self.token(Kind::Group(delimiter), start) }
    }

    /// Reports too deep nesting, and skips to the closing bracket or to the end. At the end, no
    /// missing bracket is reported.
    fn too_nested(&mut self, start: usize) -> Vec<Token> {
        self.report.error(&self.place(start..start + 1), TOO_NESTED);
        let mut open = 1_usize;
        while let Some(c) = self.peek(0) {
            match c {
                '(' | '[' | '{' => open += 1,
                ')' | ']' | '}' => open -= 1,
                _ => {}
            }
            if open == 0 {
                break;
            }
            self.at += 1;
        }
        self.ended |= open > 0;
        vec![self.token(Kind::Literal("1".to_owned()), start)] // anything
    }

    /// Reads digits, separators and a suffix. A point is allowed only between digits.
    fn number(&mut self) -> String {
        let mut number = self.take_while(|c| c.is_alphanumeric() || c == '_');
        let fraction = |lexer: &Self| {
            lexer.peek(0) == Some('.') && lexer.peek(1).is_some_and(|c| c.is_ascii_digit())
        };
        if fraction(self) {
            self.at += 1;
            number.push('.');
            number += &self.take_while(|c| c.is_alphanumeric() || c == '_');
        }
        // 1e-4
        if number.ends_with(['e', 'E'])
            && !number.starts_with("0x")
            && self.peek(0).is_some_and(|c| c == '-' || c == '+')
            && self.peek(1).is_some_and(|c| c.is_ascii_digit())
        {
            number.extend(self.peek(0));
            self.at += 1;
            number += &self.take_while(|c| c.is_ascii_digit() || c == '_');
        }
        number
    }

    /// Reads `// …` to the end of the line. `/// …` becomes a `doc` attribute.
    fn line_comment(&mut self) -> Vec<Token> {
        let start = self.at;
        let line = self.take_while(|c| c != '\n');
        let Some(doc) = line.strip_prefix("///").filter(|rest| !rest.starts_with('/')) else {
            return Vec::new();
        };
        let doc = doc.trim_end();
        let token = |kind| self.token(kind, start);
        let equals = Kind::Sign { sign: '=', joint: false };
        let inner =
            [Kind::Word("doc".to_owned()), equals, Kind::Literal(format!("{doc:?}"))].map(token);
        let attribute = Token { inner: inner.into(), ..token(Kind::Group(Delimiter::Bracket)) };
        vec![token(Kind::Sign { sign: '#', joint: false }), attribute]
    }

    /// Reads `/* … */`, possibly nested.
    fn block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0_usize;
        while let Some(c) = self.peek(0) {
            let pair = (c, self.peek(1));
            self.at += if matches!(pair, ('/', Some('*')) | ('*', Some('/'))) { 2 } else { 1 };
            match pair {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
        let place = self.place(start..start + 2);
        self.report.error(&place, "this `/*` is never closed; write the missing `*/`");
    }

    /// Reads `"…"`, as used in attributes.
    fn string(&mut self) -> Option<Token> {
        let start = self.at;
        self.at += 1;
        let mut escaped = false;
        while let Some(c) = self.peek(0) {
            self.at += 1;
            if c == '"' && !escaped {
                let source: String = self.text.chars[start..self.at].iter().collect();
                return Some(self.token(Kind::Literal(source), start));
            }
            escaped = c == '\\' && !escaped;
        }
        let place = self.place(start..start + 1);
        self.report.error(&place, "this quotation mark is never closed; write the missing `\"`");
        None
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.chars.get(self.at + ahead).copied()
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let rest = &self.text.chars[self.at.min(self.text.chars.len())..];
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
        self.report.error(&self.place(start..self.at), format!("unexpected `{found}`; {advice}"));
    }

    fn place(&self, range: Range<usize>) -> Place {
        let quoted = Some(Quoted { text: self.text.clone(), range });
        Place { quoted, ..Place::of(self.number) }
    }

    fn token(&self, kind: Kind, start: usize) -> Token {
        Token::new(kind, self.place(start..self.at))
    }
}

fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}
