//! The names of classes, and quoted words in a line of a file.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result, quoted};

/// The names of classes, in the order of their indices.
///
/// A [`Dataset`](crate::data::Dataset) of classes may have labels. [`fit`](crate::fit) passes them
/// to the network, whose [`predict_class`](crate::Network::predict_class) then returns names. The
/// method `named` of metrics also takes labels. For a column of a table use `Table::labels`.
///
/// ```
/// use nn::data::{Class, Labels};
///
/// let labels = Labels::new(["cat", "dog", "fox"])?;
/// assert_eq!(labels.name(Class::<3>::new(2)?), "fox");
/// assert_eq!(labels.index("dog"), Some(1));
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Labels {
    names: Arc<[String]>,
}

impl Labels {
    /// Creates labels: the first name is that of class 0.
    ///
    /// # Errors
    ///
    /// If two names are equal.
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Result<Self> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let mut seen = BTreeSet::new();
        match names.iter().find(|name| !seen.insert(*name)) {
            None => Ok(Labels { names: names.into() }),
            Some(twice) => Err(Error::value(
                "names of the classes",
                format!("{} twice", quoted(twice)),
                "a unique name for each class",
                "name each class once, in the order of their numbers",
            )),
        }
    }

    /// The distinct words, in alphabetical order.
    ///
    /// ```
    /// use nn::data::Labels;
    /// assert_eq!(Labels::among(["dog", "cat", "dog"]).names(), ["cat", "dog"]);
    /// ```
    pub fn among<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Self {
        let different: BTreeSet<String> = words.into_iter().map(Into::into).collect();
        Labels { names: different.into_iter().collect() }
    }

    /// Names that are known to be distinct.
    pub(crate) fn of_different(names: Arc<[String]>) -> Self {
        Labels { names }
    }

    /// The number of classes.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns whether there are no classes.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The index of the class with this name.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|other| other == name)
    }

    /// Formats the names as a line of a file: `"cat" "dog" "fox"`.
    pub(crate) fn text(&self) -> String {
        self.names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(" ")
    }

    /// Parses such a line.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let names = words(line)?.into_iter().map(|(is_quoted, name)| is_quoted.then_some(name));
        Labels::new(names.collect::<Option<Vec<_>>>()?).ok()
    }

    /// The first names, for a message.
    pub(crate) fn some(&self) -> String {
        const MOST: usize = 12;
        let some: Vec<String> = self.names.iter().take(MOST).map(|name| quoted(name)).collect();
        some.join(", ") + if self.len() > MOST { ", …" } else { "" }
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Labels").field(&self.names).finish()
    }
}

/// Quotes a text.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// The words of a line; those in quotes are marked.
pub(crate) fn words(line: &str) -> Option<Vec<(bool, String)>> {
    let (mut found, mut rest) = (Vec::new(), line.trim_start());
    while !rest.is_empty() {
        let Some(inside) = rest.strip_prefix('"') else {
            let end = rest.find(' ').unwrap_or(rest.len());
            found.push((false, rest[..end].to_owned()));
            rest = rest[end..].trim_start();
            continue;
        };
        let (mut text, mut characters) = (String::new(), inside.char_indices());
        let end = loop {
            match characters.next()? {
                (at, '"') => break at + 1,
                (_, '\\') => match characters.next()?.1 {
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    other => text.push(other),
                },
                (_, other) => text.push(other),
            }
        };
        found.push((true, text));
        rest = inside[end..].trim_start();
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_were_written() {
        let labels = Labels::new(["", "a b", "\"q\"", "\\n", "line\nbreak", "ümlaut"]).unwrap();
        assert_eq!(Labels::parse(&labels.text()), Some(labels));
        assert_eq!(Labels::parse("").map(|none| none.len()), Some(0));
        for wrong in ["cat", "\"a\" b", "\"a\" \"a\"", "\"a"] {
            assert_eq!(Labels::parse(wrong), None, "{wrong}");
        }
        assert!(Labels::new(["a", "b", "a"]).is_err());
    }
}
