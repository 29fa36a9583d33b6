//! Rows that own their words.

use super::Block;
use crate::data::{Cell, Table};
use crate::error::Result;
use crate::layer::columns::{DeclaredColumns, TableRow};

/// A row of a declared network that owns its words, with a field for each column: what [`network!`](crate::network!) writes
/// beside the borrowed form.
pub trait OwnedRow: Sized + TableRow {
    /// The row of these values, which stand in the order of the columns.
    fn from_cells(cells: Cells<'_>) -> Self;

    /// The rows of a table that has the columns of this row, by their names, whichever others it has.
    ///
    /// # Errors
    ///
    /// If columns are missing or hold another kind of values; then those that are left over are named, too.
    fn read(table: &Table) -> Result<Vec<Self>> {
        let (names, forms) = (Self::Columns::NAMES, Self::Columns::FORMS);
        let columns = Block { names, forms, target: None }.find(table)?;
        let cells = |row| columns.iter().filter_map(|column| column.get(row)).collect();
        Ok((0..table.len()).map(|row| Self::from_cells(Cells::new(cells(row)))).collect())
    }
}

/// The values of a row, column by column.
#[derive(Clone, Debug)]
pub struct Cells<'c> {
    rest: std::vec::IntoIter<Cell<'c>>,
}

impl<'c> Cells<'c> {
    pub(super) fn new(cells: Vec<Cell<'c>>) -> Self {
        Cells { rest: cells.into_iter() }
    }

    /// The next one as a number, or as the days of a date.
    pub fn number(&mut self) -> Option<f64> {
        self.rest.next()?.number().filter(|number| number.is_finite())
    }

    /// The next one as yes or no.
    pub fn flag(&mut self) -> Option<bool> {
        Some(self.number()? > 0.0)
    }

    /// The next one as a word, which is empty where it is missing.
    pub fn word(&mut self) -> String {
        match self.rest.next() {
            Some(cell) if !cell.is_missing() => match cell.word() {
                Some(word) => word.to_owned(),
                None => cell.to_string(),
            },
            _ => String::new(),
        }
    }
}
