//! The names of the classes of a column.

use std::collections::BTreeSet;

use super::column::{Column, Values};
use super::{At, Kind, Table};
use crate::error::{Error, Result, quoted};
use crate::labels::Labels;
use crate::words::Words;

impl Labels {
    /// The distinct values of a column, in order.
    pub(super) fn of(column: &Column) -> Result<Self> {
        /// A column with more values is not meant as classes.
        const MOST: usize = 10_000;
        let names: Vec<String> = match column.values() {
            Values::Words { words, .. } => return Ok(Labels::of_different(words.clone())),
            Values::Flags(_) => vec!["no".into(), "yes".into()],
            Values::Numbers(numbers) => {
                let mut different = BTreeSet::new();
                for &number in numbers.iter().filter(|number| !number.is_nan()) {
                    if number.fract() != 0.0 || number.abs() > 9e15 {
                        return Err(no_classes(column, format!("the number {number}")));
                    }
                    different.insert(number as i64);
                    if different.len() > MOST {
                        return Err(no_classes(column, format!("more than {MOST} different ones")));
                    }
                }
                different.into_iter().map(|number| number.to_string()).collect()
            }
            Values::Dates(_) => return Err(no_classes(column, "dates".to_string())),
        };
        Ok(Labels::of_different(names.into()))
    }
}

fn no_classes(column: &Column, found: String) -> Error {
    Error::value(
        format!("classes of column {}", quoted(column.name())),
        found,
        "words, yes and no, or integers",
        "a target of numbers is a `[f32; 1]`, for a network that does not end in softmax",
    )
}

impl Table {
    /// The names of the classes of a column: its words in order, `no` and `yes`, or its integers in
    /// increasing order.
    ///
    /// # Errors
    ///
    /// If the column does not exist, or its values are not classes.
    pub fn labels<'n>(&self, at: impl Into<At<'n>>) -> Result<Labels> {
        Labels::of(self.column(at)?)
    }

    /// The words of all categories, for [`Dataset::with_words`](crate::data::Dataset::with_words).
    pub fn words(&self) -> Words {
        let categories = self.columns().iter().filter(|column| column.kind() == Kind::Category);
        Words::from_lists(categories.filter_map(|column| Labels::of(column).ok()).collect())
    }

    /// Converts a column to a category: its numbers, dates or flags become words. Classes that are
    /// numbers then keep their index even if a part of the data lacks some of them.
    ///
    /// # Errors
    ///
    /// If the column does not exist.
    pub fn as_category<'n>(&self, at: impl Into<At<'n>>) -> Result<Self> {
        let column = self.column(at)?;
        if column.kind() == Kind::Category {
            return Ok(self.clone());
        }
        let words = column.iter().map(|cell| cell.to_string());
        let name = column.name();
        self.with(Column::categories(name, words))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::people;
    use super::*;

    #[test]
    fn the_names_are_the_different_values_in_order() {
        let table = people().with(Column::numbers("grade", [10.0, 2.0, f64::NAN, -1.0])).unwrap();
        assert_eq!(table.labels("city").unwrap().names(), ["Oslo", "Rome"]);
        assert_eq!(table.labels("member").unwrap().names(), ["no", "yes"]);
        assert_eq!(table.labels("grade").unwrap().names(), ["-1", "2", "10"]);
        let as_words = table.as_category("grade").unwrap();
        assert_eq!(as_words.labels("grade").unwrap().names(), ["-1", "10", "2"]);
        assert_eq!(as_words.column("grade").unwrap().missing(), 1);
        let half = table.with(Column::numbers("grade", [0.5; 4])).unwrap();
        assert_eq!(
            half.labels("grade").unwrap_err().to_string(),
            "classes of column `grade`: found the number 0.5, expected words, yes and no, or \
             integers; a target of numbers is a `[f32; 1]`, for a network that does not end in \
             softmax"
        );
        assert!(table.labels("born").is_err());
    }
}
