//! Converts a table to raw rows.

use std::borrow::Cow;

use tensor::Float;

use crate::data::{Cell, Column, Kind, Table, Words};
use crate::error::{Error, Result, quoted};
use crate::layer::columns::{ColumnForm, ColumnKind, ColumnWidths, RawRow};

/// A block of columns of a network.
#[derive(Debug)]
pub(crate) struct Block<'b, N> {
    /// The names of the columns.
    pub(crate) names: &'b [N],
    /// The kinds of the columns.
    pub(crate) forms: &'b [ColumnForm],
    /// Columns that a table may have in addition.
    pub(crate) target: Option<&'b str>,
}

/// The columns of a table that do not fit.
#[derive(Default)]
struct Misfits {
    absent: Vec<String>,
    other: Vec<String>,
}

impl<N: AsRef<str>> Block<'_, N> {
    /// The table's columns that belong to the network, in the network's order.
    ///
    /// # Errors
    ///
    /// If columns are missing or of another kind. The message also names the table's remaining
    /// columns.
    pub(crate) fn find<'t>(&self, table: &'t Table) -> Result<Vec<&'t Column>> {
        let (mut found, mut misfits) = (Vec::new(), Misfits::default());
        for (name, form) in self.names.iter().zip(self.forms) {
            let name = name.as_ref();
            let Some(column) = table.columns().iter().find(|column| column.name() == name) else {
                misfits.absent.push(quoted(name));
                continue;
            };
            if !holds(form, column) {
                misfits.other.push(format!(
                    "{} holds a {}{} and should hold a {}",
                    quoted(name),
                    column.kind(),
                    example(column),
                    kind(form)
                ));
            }
            found.push(column);
        }
        self.none(misfits, table)?;
        Ok(found)
    }

    /// The raw inputs of all rows.
    ///
    /// # Errors
    ///
    /// As [`Block::find`].
    pub(crate) fn inputs<T: Float>(&self, table: &Table) -> Result<Vec<T>> {
        let width = ColumnWidths::of(self.forms).row();
        let mut inputs = vec![T::zero(); width * table.len()];
        let mut place = 0;
        for (column, form) in self.find(table)?.into_iter().zip(self.forms) {
            let own = place..place + form.raw();
            place = own.end;
            for (row, cell) in inputs.chunks_exact_mut(width).zip(column.iter()) {
                let mut raw = RawRow::new(&mut row[own.clone()]);
                match form.kind {
                    ColumnKind::Category { .. } => raw.word(&word(cell).unwrap_or_default()),
                    _ => raw.number(cell.number()),
                }
            }
        }
        Ok(inputs)
    }

    /// The words that these inputs hold as fingerprints.
    ///
    /// # Errors
    ///
    /// As [`Block::find`].
    pub(crate) fn words(&self, table: &Table) -> Result<Words> {
        let columns = self.find(table)?.into_iter().zip(self.forms);
        let categories = columns.filter(|(_, form)| form.words() > 0);
        let labels =
            categories.map(|(column, _)| table.as_category(column.name())?.labels(column.name()));
        Ok(Words::from_lists(labels.collect::<Result<_>>()?))
    }

    fn none(&self, misfits: Misfits, table: &Table) -> Result<()> {
        let Misfits { absent, other } = misfits;
        if absent.is_empty() && other.is_empty() {
            return Ok(());
        }
        let is_known = |name: &&str| {
            self.target == Some(*name) || self.names.iter().any(|known| known.as_ref() == *name)
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
            "those of the network",
            "give a table with these columns, or declare the columns that this table has",
        ))
    }
}

/// The cell as a word, if it is not missing. Other kinds are also read as words: a column with few
/// words may look like numbers.
pub(crate) fn word(cell: Cell<'_>) -> Option<Cow<'_, str>> {
    match cell.word() {
        Some(word) => Some(word.into()),
        None => (!cell.is_missing()).then(|| cell.to_string().into()),
    }
}

/// The expected kind of a column.
fn kind(form: &ColumnForm) -> Kind {
    match form.kind {
        ColumnKind::Number { .. } => Kind::Number,
        ColumnKind::Category { .. } => Kind::Category,
        ColumnKind::Flag => Kind::YesNo,
        ColumnKind::Date => Kind::Date,
    }
}

/// The first cell that is not a number, or not yes or no: `, such as `84 m2`,`.
fn example(column: &Column) -> String {
    let is_other = |cell: &Cell<'_>| match cell {
        Cell::Category(word) => word.parse::<f64>().is_err(),
        Cell::Number(_) => !is_yes_or_no(*cell),
        _ => false,
    };
    let other = column.iter().find(is_other);
    other.map_or(String::new(), |cell| format!(", such as {},", quoted(&cell.to_string())))
}

/// Returns whether the cell is missing, yes, no, or a number that means one of them.
fn is_yes_or_no(cell: Cell<'_>) -> bool {
    cell.number().is_none_or(|number| number.is_nan() || number == 0.0 || number == 1.0)
}

/// Returns whether the column is of this kind or can be read as such. A column without values is of
/// every kind.
fn holds(form: &ColumnForm, column: &Column) -> bool {
    column.missing() == column.len()
        || match form.kind {
            ColumnKind::Category { .. } => true,
            ColumnKind::Number { .. } => matches!(column.kind(), Kind::Number | Kind::YesNo),
            ColumnKind::Flag => match column.kind() {
                Kind::YesNo => true,
                Kind::Number => column.iter().all(is_yes_or_no),
                _ => false,
            },
            ColumnKind::Date => column.kind() == Kind::Date,
        }
}
