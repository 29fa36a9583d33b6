//! The paths in a file: where `use`, an expression or a type leads, seen from the crate's root.

use crate::tokens::{Token, tokens, without_tests};

/// A path from the crate's root, as in `crate::layer::Dense`.
#[derive(Debug, PartialEq)]
pub(crate) struct Path {
    /// Without `crate`; `*` means everything.
    pub(crate) names: Vec<String>,
    /// The name that the path gets here, if it is a `use`.
    pub(crate) alias: Option<String>,
    pub(crate) line: usize,
}

/// The name that the crate gives itself in its map: `extern crate self as nn`.
pub(crate) fn own_name(map: &str) -> Option<String> {
    let tokens = tokens(map);
    let found = tokens.windows(5).find(|five| {
        five.iter().zip(["extern", "crate", "self", "as"]).all(|(token, word)| token.text == word)
    });
    found.map(|five| five[4].text.to_string())
}

/// The contents of a file.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) paths: Vec<Path>,
    /// Modules in separate files that are compiled for tests only.
    pub(crate) test_modules: Vec<String>,
    /// Macros that the crate exports, wherever they are written.
    pub(crate) macros: Vec<String>,
    /// Items outside of braces: functions, types, modules in separate files, with that of
    /// `#[path]`.
    pub(crate) items: Vec<(String, Option<String>)>,
}

/// Reads a file. `module` is where it is in the crate, as in `["layer", "dense"]`; `own_name` is
/// the name by which the crate calls itself, if it does.
pub(crate) fn read(source: &str, module: &[String], own_name: Option<&str>) -> Contents {
    let (tokens, test_modules) = without_tests(tokens(source));
    let mut reader = Reader {
        tokens: &tokens,
        own_name,
        module: module.to_vec(),
        inline: Vec::new(),
        depth: 0,
        contents: Contents::default(),
    };
    reader.contents.test_modules = test_modules.iter().map(ToString::to_string).collect();
    reader.file();
    reader.contents
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    own_name: Option<&'a str>,
    module: Vec<String>,
    /// How deep in braces the modules inside the file began.
    inline: Vec<usize>,
    depth: usize,
    contents: Contents,
}

impl Reader<'_> {
    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text)
    }

    fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |at| self.text(at))
    }

    fn is_own_name(&self, at: usize) -> bool {
        Some(self.text(at)) == self.own_name
    }

    fn file(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            at = self.next(at);
        }
    }

    /// Reads what begins at `at`; where the next begins.
    fn next(&mut self, at: usize) -> usize {
        match self.text(at) {
            "{" => self.depth += 1,
            "}" => {
                self.depth = self.depth.saturating_sub(1);
                if self.inline.last() == Some(&self.depth) {
                    self.inline.pop();
                    self.module.pop();
                }
            }
            "mod" if self.text(at + 2) == "{" => {
                self.inline.push(self.depth);
                self.module.push(self.text(at + 1).to_string());
                self.depth += 1;
                return at + 3;
            }
            "mod" | "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" => {
                self.item(at)
            }
            "macro_rules" => self.exported(at),
            // `use<'a>` in a type says which lifetimes it has.
            "use" if self.text(at + 1) != "<" => {
                let external = self.text(at + 1) == "::" && !self.is_own_name(at + 2);
                let begin = at + 1 + usize::from(self.text(at + 1) == "::");
                let mut paths = Vec::new();
                let end = self.tree(begin, &mut Vec::new(), &mut paths);
                for path in paths {
                    self.path(path, external);
                }
                return end;
            }
            "crate" | "super" | "self" if self.text(at + 1) == "::" && self.before(at) != "::" => {
                return self.inline_path(at);
            }
            // After `a::`, it is a name in `a`; after `::` alone, it is the crate.
            _ if self.is_own_name(at) && self.text(at + 1) == "::" => {
                let is_inside = self.before(at) == "::"
                    && at.checked_sub(2).is_some_and(|at| self.tokens[at].is_name());
                if !is_inside {
                    return self.inline_path(at);
                }
            }
            _ => {}
        }
        at + 1
    }

    /// `super::a::b` in an expression or a type.
    fn inline_path(&mut self, at: usize) -> usize {
        let mut names = vec![self.text(at).to_string()];
        let mut end = at + 1;
        while self.text(end) == "::" && self.tokens.get(end + 1).is_some_and(Token::is_name) {
            names.push(self.text(end + 1).to_string());
            end += 2;
        }
        // In a macro, `$crate::$name` is what the caller names.
        if names.len() == 1 && self.text(end) == "::" && self.text(end + 1) == "$" {
            return end;
        }
        self.path(Path { names, alias: None, line: self.tokens[at].line }, false);
        end
    }

    /// One `a::{b, c as d}` of a `use`, after `prefix`.
    fn tree(&self, mut at: usize, prefix: &mut Vec<String>, paths: &mut Vec<Path>) -> usize {
        let len = prefix.len();
        let line = self.tokens.get(at).map_or(0, |token| token.line);
        loop {
            match self.text(at) {
                "{" => {
                    at += 1;
                    while !matches!(self.text(at), "}" | "") {
                        at = self.tree(at, prefix, paths);
                        at += usize::from(self.text(at) == ",");
                    }
                    prefix.truncate(len);
                    return at + 1;
                }
                "::" => at += 1,
                "as" => {
                    let names = std::mem::take(prefix);
                    prefix.extend_from_slice(&names[..len]);
                    paths.push(Path { names, alias: Some(self.text(at + 1).to_string()), line });
                    return at + 2;
                }
                "," | "}" | ";" | "" => {
                    let alias = prefix.last().cloned();
                    paths.push(Path { names: prefix.clone(), alias, line });
                    prefix.truncate(len);
                    return at;
                }
                "self" if !prefix.is_empty() => at += 1, // `a::{self}` is `a`
                name => {
                    prefix.push(name.to_string());
                    at += 1;
                }
            }
        }
    }

    /// Keeps the path if it stays in the crate, seen from the root.
    fn path(&mut self, path: Path, external: bool) {
        let mut names = path.names.as_slice();
        let mut from = self.module.clone();
        match names.first().map(String::as_str) {
            _ if external => return,
            Some("crate") => from.clear(),
            Some(name) if Some(name) == self.own_name => from.clear(),
            Some("self") => {}
            Some("super") => {
                while let [first, rest @ ..] = names
                    && first == "super"
                {
                    names = rest;
                    from.pop();
                }
                from.extend_from_slice(names);
                self.contents.paths.push(Path { names: from, ..path });
                return;
            }
            // A name that is in scope: in the map of the crate a room, elsewhere nothing new.
            Some(_) if self.module.is_empty() => {
                self.contents.paths.push(path);
                return;
            }
            _ => return,
        }
        from.extend_from_slice(&names[1..]);
        self.contents.paths.push(Path { names: from, ..path });
    }

    /// An item outside of braces, in the file's own module.
    fn item(&mut self, at: usize) {
        if self.depth == 0 && self.tokens.get(at + 1).is_some_and(Token::is_name) {
            let attribute = self.tokens[..at].iter().rev().take(12);
            let words: Vec<_> =
                attribute.map(|token| token.text).take_while(|&text| text != ";").collect();
            let path = words.iter().position(|&word| word == "path");
            let file =
                path.and_then(|path| words[..path].iter().find(|word| word.starts_with('"')));
            let file = file.map(|file| file.trim_matches('"').to_string());
            self.contents.items.push((self.text(at + 1).to_string(), file));
        }
    }

    /// A macro: `#[macro_export]` is among the attributes before it.
    fn exported(&mut self, at: usize) {
        let attributes =
            self.tokens[..at].iter().rev().take_while(|token| !matches!(token.text, ";" | "}"));
        if attributes.into_iter().any(|token| token.text == "macro_export") {
            self.contents.macros.push(self.text(at + 2).to_string());
        }
    }
}
