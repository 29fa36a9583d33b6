//! Invalid fields: the first ones, their contents, and the total number.

use std::path::Path;

use crate::error::Error;

/// The error of one field or one line.
#[derive(Clone, Debug)]
pub(super) struct Mistake {
    pub(super) line: u64,
    /// The column, in backticks; `None` if the whole line is invalid.
    pub(super) column: Option<String>,
    pub(super) found: String,
    pub(super) expected: String,
    pub(super) advice: &'static str,
}

/// The mistakes of a file: the first few, and the number of all.
#[derive(Clone, Debug, Default)]
pub(super) struct Mistakes {
    first: Vec<Mistake>,
    count: usize,
}

impl Mistakes {
    /// Number of mistakes that a message names; the others are only counted.
    pub(super) const NAMED: usize = 3;

    pub(super) fn add(&mut self, mistake: impl FnOnce() -> Mistake) {
        self.count += 1;
        if self.first.len() < Self::NAMED {
            self.first.push(mistake());
        }
    }

    /// Adds `count` mistakes of one column, the first of which are known.
    pub(super) fn add_all(&mut self, first: Vec<Mistake>, count: usize) {
        self.first.extend(first);
        self.first.sort_by_key(|mistake| mistake.line);
        self.first.truncate(Self::NAMED);
        self.count += count;
    }

    /// The error for a file with `rows` rows; `None` if there are no mistakes.
    pub(super) fn error(&self, path: &Path, rows: usize) -> Option<Error> {
        let first = self.first.first()?;
        let list = |text: fn(&Mistake) -> String| {
            let more = if self.count > self.first.len() { ", …" } else { "" };
            self.first.iter().map(text).collect::<Vec<_>>().join(", ") + more
        };
        let place = |mistake: &Mistake| match &mistake.column {
            Some(column) => format!("line {} in column {column}", mistake.line),
            None => format!("line {}", mistake.line),
        };
        let mut expected: Vec<&str> = self.first.iter().map(|mistake| &*mistake.expected).collect();
        expected.dedup();
        let found = list(|mistake| mistake.found.clone());
        let found = match self.count {
            1 => found,
            count => format!("{found} ({count} errors in {rows} rows)"),
        };
        Some(Error::file(path, list(place), found, expected.join(", "), first.advice))
    }
}
