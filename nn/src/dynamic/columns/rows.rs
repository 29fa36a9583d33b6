//! From a table to raw rows.

use std::collections::HashMap;

use tensor::Float;

use super::form::{Category, Columns, Form, FormKind, Goal};
use crate::data::{Cell, Column, Kind, Table};
use crate::error::{Error, InvalidRows, Result, quoted};

/// Which columns of a table do not fit.
#[derive(Default)]
struct Misfits {
    absent: Vec<String>,
    other: Vec<String>,
}

impl Columns {
    /// The raw inputs of all rows.
    pub(super) fn inputs<T: Float>(&self, table: &Table) -> Result<Vec<T>> {
        let width = self.forms.len();
        let mut inputs = vec![T::nan(); width * table.len()];
        let mut misfits = Misfits::default();
        for (at, form) in self.forms.iter().enumerate() {
            let Some(column) = table.columns().iter().find(|column| column.name() == form.name)
            else {
                misfits.absent.push(quoted(&form.name));
                continue;
            };
            let into = inputs.iter_mut().skip(at).step_by(width);
            if !form.read(column, into) {
                misfits.other.push(format!(
                    "{} holds a {} and should hold a {}",
                    quoted(&form.name),
                    column.kind(),
                    form.word()
                ));
            }
        }
        misfits.none(self, table)?;
        Ok(inputs)
    }

    /// The target of each row: a number, or the number of its class.
    pub(super) fn targets<T: Float>(&self, table: &Table) -> Result<Vec<T>> {
        let column = table.column(&self.target)?;
        let as_words;
        let (places, column) = match &self.goal {
            Goal::Number => (HashMap::new(), column),
            Goal::Classes(names) => {
                let places = names.iter().enumerate().map(|(at, name)| (name.as_str(), at));
                as_words = table.as_category(&self.target)?;
                (places.collect(), as_words.column(&self.target)?)
            }
        };
        let value = |cell: Cell<'_>| match &self.goal {
            Goal::Number => cell.number().map(T::of),
            Goal::Classes(_) => Some(T::of(*places.get(cell.word()?)? as f64)),
        };
        let values: Vec<Option<T>> =
            column.iter().map(|cell| value(cell).filter(|number| number.is_finite())).collect();
        let rows: Vec<usize> = (0..values.len()).collect();
        let wrong = InvalidRows::among(&rows, |&row| {
            let found = || match column.get(row) {
                Some(cell) if !cell.is_missing() => quoted(&cell.to_string()),
                _ => "nothing".to_owned(),
            };
            values[row].is_none().then(found)
        });
        let Some(wrong) = wrong else { return Ok(values.into_iter().flatten().collect()) };
        Err(Error::value(
            format!("target {}: {}", quoted(&self.target), wrong.what("value")),
            wrong.found("value"),
            match &self.goal {
                Goal::Number => "a finite number".to_owned(),
                Goal::Classes(names) => {
                    let some: Vec<String> =
                        names.iter().take(12).map(|name| quoted(name)).collect();
                    format!("one of {}", some.join(", "))
                }
            },
            "leave such rows out with `filter`",
        ))
    }
}

impl Misfits {
    fn none(self, columns: &Columns, table: &Table) -> Result<()> {
        let Misfits { absent, other } = self;
        if absent.is_empty() && other.is_empty() {
            return Ok(());
        }
        let is_known = |name: &&str| {
            *name == columns.target || columns.forms.iter().any(|form| form.name == *name)
        };
        let left: Vec<String> = table.names().filter(|name| !is_known(name)).map(quoted).collect();
        let mut found = Vec::new();
        if !absent.is_empty() {
            found.push(format!("no column {}", absent.join(", ")));
        }
        found.extend(other);
        if !left.is_empty() {
            found.push(format!("left over: {}", left.join(", ")));
        }
        Err(Error::value(
            "columns of the table",
            found.join("; "),
            "those that the network was made for",
            "give a table with these columns, or make a network for this table by `Dynamic::for_table`",
        ))
    }
}

impl Form {
    fn word(&self) -> &'static str {
        match self.kind {
            FormKind::Number { .. } => "number",
            FormKind::Category(_) => "category",
            FormKind::Flag => "yes/no",
            FormKind::Date => "date",
        }
    }

    /// Writes what stands in a column, NaN where nothing does; whether it is of the right kind.
    fn read<'i, T: Float>(&self, column: &Column, into: impl Iterator<Item = &'i mut T>) -> bool {
        let cells = into.zip(column.iter());
        if column.missing() == column.len() {
            return true; // of every kind
        }
        match (&self.kind, column.kind()) {
            (FormKind::Category(Category { words, .. }), kind) => {
                let codes = words.iter().zip(0_u32..).map(|(word, code)| (word.as_str(), code));
                let codes: HashMap<&str, u32> = codes.collect();
                // Another kind is read as words: these may look like numbers where there are few of them.
                let unknown = T::of(words.len() as f64);
                for (into, cell) in cells.filter(|(_, cell)| !cell.is_missing()) {
                    let code = match (kind, cell.word()) {
                        (Kind::Category, Some(word)) => codes.get(word),
                        _ => codes.get(cell.to_string().as_str()),
                    };
                    *into = code.map_or(unknown, |&code| T::of(f64::from(code)));
                }
                true
            }
            (FormKind::Number { .. }, Kind::Number | Kind::YesNo)
            | (FormKind::Flag, Kind::YesNo | Kind::Number)
            | (FormKind::Date, Kind::Date) => {
                for (into, cell) in cells {
                    // What no network can compute with is missing to it.
                    let number = cell.number().map(T::of).filter(|number| number.is_finite());
                    *into = number.unwrap_or(T::nan());
                }
                true
            }
            _ => false,
        }
    }
}
