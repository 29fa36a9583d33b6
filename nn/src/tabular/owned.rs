//! Rows that own their words.

use super::Block;
use crate::data::{Cell, Table};
use crate::error::Result;
use crate::layer::columns::{DeclaredColumns, TableRow};

/// A row of a declared network that owns its words, with a field for each column.
/// [`network!`](crate::network!) generates it next to the borrowed form.
pub trait OwnedRow: Sized + TableRow {
    /// Creates the row from values in the order of the columns.
    fn from_cells(cells: Cells<'_>) -> Self;

    /// Converts the rows of a table. Columns are found by name; the table may have others.
    ///
    /// # Errors
    ///
    /// If columns are missing or of another kind. The message also names the table's remaining
    /// columns.
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

    /// The next value as a number, or as the days of a date.
    pub fn number(&mut self) -> Option<f64> {
        self.rest.next()?.number().filter(|number| number.is_finite())
    }

    /// The next value as yes or no.
    pub fn flag(&mut self) -> Option<bool> {
        Some(self.number()? > 0.0)
    }

    /// The next value as a word; empty if it is missing.
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
