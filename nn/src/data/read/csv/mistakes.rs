//! Fields that are wrong: which are the first, what they hold, and how many there are.

use std::path::Path;

use crate::error::Error;

/// What is wrong with one field or one line.
#[derive(Clone, Debug)]
pub(super) struct Mistake {
    pub(super) line: u64,
    /// The column, in backticks; none if it is the whole line.
    pub(super) column: Option<String>,
    pub(super) found: String,
    pub(super) expected: String,
    pub(super) advice: &'static str,
}

/// All mistakes of a file, of which the first few are kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Mistakes {
    first: Vec<Mistake>,
    count: usize,
}

impl Mistakes {
    /// As many as are named; the others are counted.
    pub(super) const NAMED: usize = 3;

    pub(super) fn add(&mut self, mistake: impl FnOnce() -> Mistake) {
        self.count += 1;
        if self.first.len() < Self::NAMED {
            self.first.push(mistake());
        }
    }

    /// Those of one column, of which the first are known.
    pub(super) fn add_all(&mut self, first: Vec<Mistake>, count: usize) {
        self.first.extend(first);
        self.first.sort_by_key(|mistake| mistake.line);
        self.first.truncate(Self::NAMED);
        self.count += count;
    }

    /// The error that says so, of a file with so many rows; `None` without a mistake.
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
            count => format!("{found} (wrong are {count} places in {rows} rows)"),
        };
        Some(Error::file(path, list(place), found, expected.join(", "), first.advice))
    }
}
