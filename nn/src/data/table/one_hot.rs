//! One-hot encoding of categories.

use super::column::{Column, NO_WORD, Values};
use super::{At, Table};
use crate::error::{Error, Result, quoted};

impl Table {
    /// Replaces each of these categories by one column of yes and no for each of its words, named
    /// `city=Rome`. Where the word is missing, all of them are missing.
    ///
    /// ```
    /// use nn::data::{Column, Table};
    ///
    /// let table = Table::new([
    ///     Column::categories("city", ["Rome", "Oslo", "Rome"]),
    ///     Column::numbers("age", [31.0, 8.0, 64.0]),
    /// ])?;
    /// let table = table.one_hot(["city"])?;
    /// assert!(table.names().eq(["city=Oslo", "city=Rome", "age"]));
    /// assert_eq!(table.inputs::<f32, 3>()?[1], [1.0, 0.0, 8.0]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a column does not exist, or is not a category.
    pub fn one_hot<'n, A: Into<At<'n>>>(&self, at: impl IntoIterator<Item = A>) -> Result<Self> {
        let places = self.places(at)?;
        let mut columns = Vec::new();
        for (place, column) in self.columns.iter().enumerate() {
            if !places.contains(&place) {
                columns.push(column.clone());
                continue;
            }
            let Values::Words { codes, words } = column.values() else {
                return Err(Error::value(
                    format!("column {}", quoted(column.name())),
                    format!("a {}", column.kind()),
                    "a category",
                    "other columns are already numbers; `as_category` converts one to a category",
                ));
            };
            for (word, code) in words.iter().zip(0_u32..) {
                let flags = codes.iter().map(|&of| (of != NO_WORD).then_some(of == code));
                columns.push(Column::yes_no(&format!("{}={word}", column.name()), flags));
            }
        }
        Ok(Table { rows: self.rows, ..Table::new(columns)? })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::people;
    use super::super::{Cell, Kind};

    #[test]
    fn a_category_becomes_a_flag_for_each_word() {
        let table = people().one_hot(["city"]).unwrap();
        assert!(table.names().eq(["age", "city=Oslo", "city=Rome", "member", "born"]));
        let rome: Vec<_> = table.column("city=Rome").unwrap().iter().collect();
        let expected = [Cell::YesNo(true), Cell::YesNo(false), Cell::Missing, Cell::YesNo(true)];
        assert_eq!(rome, expected);
        assert_eq!(table.column(1).unwrap().kind(), Kind::YesNo);
        assert_eq!(
            people().one_hot(["age"]).unwrap_err().to_string(),
            "column `age`: found a number, expected a category; other columns are already numbers; \
             `as_category` converts one to a category"
        );
    }
}
