//! Raw rows: the values of a table row as numbers.

use tensor::Float;

use super::{ColumnWidths, DeclaredColumns};
use crate::words::fingerprint;

/// A raw row that is being written, column by column in order.
#[derive(Debug)]
pub struct RawRow<'r, T> {
    rest: &'r mut [T],
}

impl<'r, T: Float> RawRow<'r, T> {
    /// Starts writing to `row`.
    pub fn new(row: &'r mut [T]) -> Self {
        RawRow { rest: row }
    }

    fn push(&mut self, number: T) {
        if let Some((first, rest)) = core::mem::take(&mut self.rest).split_first_mut() {
            *first = number;
            self.rest = rest;
        }
    }

    /// Writes a number, or a date as days since 1970-01-01. A number that is not finite counts as
    /// missing.
    pub fn number(&mut self, number: Option<f64>) {
        let number = number.map_or(T::nan(), T::of);
        self.push(if number.is_finite() { number } else { T::nan() });
    }

    /// Writes a boolean.
    pub fn flag(&mut self, flag: Option<bool>) {
        self.number(flag.map(|flag| f64::from(u8::from(flag))));
    }

    /// Writes a word. An empty one counts as missing.
    ///
    /// # Panics
    ///
    /// If `T` cannot represent all integers below 2²⁴, as `f32` and `f64` can.
    pub fn word(&mut self, word: &str) {
        assert!(
            T::of(16_777_215.0) < T::of(16_777_216.0) && T::of(16_777_214.0) < T::of(16_777_215.0),
            "columns: words need a float that represents all integers below 2^24; use `f32` or \
             `f64`"
        );
        let numbers = match word.is_empty() {
            true => [T::nan(); 2],
            false => fingerprint(word).map(|half| T::of(f64::from(half))),
        };
        numbers.into_iter().for_each(|number| self.push(number));
    }
}

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row of a table",
    note = "a network on a block of columns takes the struct that `network!` makes from it, such \
            as `PriceRow` of `Price`; rows of numbers are for `nn::Network::predict`"
)]
/// A row of a table, with a field for each column of a block. [`network!`](crate::network!) makes
/// one from the block.
pub trait TableRow {
    /// The columns.
    type Columns: DeclaredColumns;

    /// Writes the values, column by column.
    fn write<T: Float>(&self, row: &mut RawRow<'_, T>);

    /// Returns the row as numbers, for a data set or a batch.
    ///
    /// # Panics
    ///
    /// If the network has rows of another width.
    #[track_caller]
    fn numbers<T: Float, const N: usize>(&self) -> [T; N] {
        assert!(
            N == ColumnWidths::of(Self::Columns::FORMS).row(),
            "columns: rows of another width"
        );
        let mut numbers = [T::zero(); N];
        self.write(&mut RawRow::new(&mut numbers));
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_network_computes_with_is_missing() {
        let mut row = [1.0_f32; 5];
        let mut raw = RawRow::new(&mut row);
        raw.number(Some(f64::INFINITY));
        raw.word("");
        raw.flag(Some(false));
        assert!(row[..3].iter().all(|x| x.is_nan()) && row[3..] == [0.0, 1.0]);
    }
}
