//! Splits a table into parts.

use std::fmt;

use super::super::split::{Arrangement, parts};
use super::{At, Cell, Table};
use crate::error::{Error, Result, quoted};

impl Table {
    /// Splits the table into parts of these fractions: shuffled by default, with seed 0. The parts
    /// are the same as those of [`split`](crate::data::split) for data with as many rows, classes
    /// and groups.
    ///
    /// ```
    /// use nn::data::{Column, Table};
    ///
    /// let species = (0..100).map(|row| if row % 10 == 0 { "rare" } else { "common" });
    /// let table = Table::new([Column::categories("species", species)])?;
    /// let [train, test] = table.split([0.8, 0.2]).stratified("species").seed(7).tables()?;
    /// let rare = test.filter("species", |cell| cell.word() == Some("rare"))?;
    /// assert_eq!([train.len(), test.len(), rare.len()], [80, 20, 2]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn split<const PARTS: usize>(&self, shares: [f64; PARTS]) -> TableSplit<'_, PARTS> {
        TableSplit { table: self, shares, seed: 0, arrangement: Ok(Arrangement::Shuffled) }
    }
}

/// A builder of a split; see [`Table::split`].
#[derive(Clone)]
#[must_use = "nothing is split before `tables` is called"]
pub struct TableSplit<'t, const PARTS: usize> {
    table: &'t Table,
    shares: [f64; PARTS],
    seed: u64,
    arrangement: Result<Arrangement>,
}

impl<const PARTS: usize> TableSplit<'_, PARTS> {
    /// Sets the seed. The same seed gives the same parts; parts in order do not depend on it.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Stratifies by a column: every part has each of its values in proportion, within a row or
    /// two.
    pub fn stratified<'n>(mut self, at: impl Into<At<'n>>) -> Self {
        self.arrangement = keys(self.table, at.into()).map(|keys| Arrangement::labels(&keys));
        self
    }

    /// Puts all rows with the same value of this column into the same part. The parts have their
    /// fractions as far as that allows.
    pub fn by_group<'n>(mut self, at: impl Into<At<'n>>) -> Self {
        let keys = keys(self.table, at.into());
        self.arrangement = keys.and_then(|keys| Arrangement::groups(&keys, keys.len()));
        self
    }

    /// Leaves the rows in order: the first part has the first rows, the past if they are in order
    /// of time.
    pub fn in_order(mut self) -> Self {
        self.arrangement = Ok(Arrangement::InOrder);
        self
    }

    /// Returns the parts, each with its rows in the order of the table.
    ///
    /// # Errors
    ///
    /// If a fraction is not between 0 and 1, or their sum is not 1. If a part would have no rows,
    /// or lack a value that it is stratified by. If the column does not exist, or has missing
    /// values.
    pub fn tables(self) -> Result<[Table; PARTS]> {
        let rows = parts(&self.arrangement?, self.table.len(), self.shares, self.seed)?;
        Ok(rows.map(|rows| self.table.pick(&rows)))
    }
}

/// Sortable keys of the values of a column, for stratifying and grouping.
fn keys(table: &Table, at: At<'_>) -> Result<Vec<(u64, String)>> {
    let column = table.column(at)?;
    let missing = column.missing();
    if missing > 0 {
        return Err(Error::value(
            format!("column {}", quoted(column.name())),
            format!("{missing} missing values"),
            "a value in each row, since rows are divided by it",
            "remove the rows without one: `filter` with `!cell.is_missing()`",
        ));
    }
    let key = |cell: Cell<'_>| match cell.number() {
        // Bits with the order of the numbers.
        Some(number) => {
            let bits = (number + 0.0).to_bits();
            let flipped = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
            (flipped, String::new())
        }
        None => (0, cell.to_string()),
    };
    Ok(column.iter().map(key).collect())
}

/// Prints the settings, not the rows.
impl<const PARTS: usize> fmt::Debug for TableSplit<'_, PARTS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableSplit")
            .field("rows", &self.table.len())
            .field("shares", &self.shares)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Class, Dataset, split};
    use super::super::Column;
    use super::*;

    fn table() -> Table {
        let row = 0..103;
        Table::new([
            Column::numbers("row", row.clone().map(f64::from)),
            Column::numbers("class", row.clone().map(|row| f64::from(row * 7 % 10 / 4) - 1.0)),
            Column::categories("group", row.map(|row| format!("patient {}", row % 13))),
        ])
        .unwrap()
    }

    fn rows(table: &Table) -> Vec<usize> {
        table.column("row").unwrap().iter().map(|cell| cell.number().unwrap() as usize).collect()
    }

    #[test]
    fn the_parts_are_those_of_data_in_memory() {
        let table = table();
        let data: Dataset<usize, Class<3>> =
            (0..103).map(|row| (row, Class::new(row * 7 % 10 / 4).unwrap())).collect();
        let groups: Vec<String> = (0..103).map(|row| format!("patient {}", row % 13)).collect();
        let shares = [0.6, 0.25, 0.15];
        for seed in 0..3 {
            let (of_table, of_data) =
                (|| table.split(shares).seed(seed), || split(&data, shares).seed(seed));
            for (tables, views) in [
                (of_table(), of_data()),
                (of_table().stratified("class"), of_data().stratified()),
                (of_table().by_group("group"), of_data().by_group(&groups)),
                (of_table().in_order(), of_data().in_order()),
            ] {
                let (tables, views) = (tables.tables().unwrap(), views.views().unwrap());
                assert_eq!(
                    tables.each_ref().map(rows),
                    views.each_ref().map(|view| view.rows().to_vec())
                );
            }
        }
    }

    #[test]
    fn a_column_with_missing_values_divides_nothing() {
        let table = table().with(Column::numbers("class", [f64::NAN; 103])).unwrap();
        let error = table.split([0.5, 0.5]).stratified("class").tables().unwrap_err().to_string();
        assert!(error.starts_with("column `class`: found 103 missing values"), "{error}");
        assert!(table.split([0.5, 0.5]).stratified("classes").tables().is_err());
        assert!(table.split([0.5, 0.4]).tables().is_err());
    }
}
