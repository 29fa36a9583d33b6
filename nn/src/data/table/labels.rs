//! The names of classes.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::column::{Column, Values};
use super::{At, Kind, Table};
use crate::error::{Error, Result, quoted};
use crate::head::Class;

/// The names of some classes, in the order of their numbers.
///
/// [`Table::labels`] gives those of a column. They are what a metric's `named` takes, and
/// [`WithTarget::labels`](super::WithTarget::labels), which gives the classes of another table the same numbers.
///
/// ```
/// use nn::data::{Class, Labels};
///
/// let labels = Labels::new(["cat", "dog", "fox"])?;
/// assert_eq!(labels.name(Class::<3>::new(2)?), "fox");
/// assert_eq!(labels.index("dog"), Some(1));
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Labels {
    names: Arc<[String]>,
}

impl Labels {
    /// These names: the first is that of class 0.
    ///
    /// # Errors
    ///
    /// If a name is there twice.
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Result<Self> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let mut seen = BTreeSet::new();
        match names.iter().find(|name| !seen.insert(*name)) {
            None => Ok(Labels { names: names.into() }),
            Some(twice) => Err(Error::value(
                "names of the classes",
                format!("{} twice", quoted(twice)),
                "a name of its own for each class",
                "name each class once, in the order of their numbers",
            )),
        }
    }

    /// The number of classes.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no class at all.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The name of a class.
    ///
    /// # Panics
    ///
    /// If there are names of fewer classes. Where data came from the same table, there is one for each.
    #[track_caller]
    pub fn name<const C: usize>(&self, class: Class<C>) -> &str {
        match self.names.get(class.index()) {
            Some(name) => name,
            None => panic!(
                "class {class}: found {} names of classes, expected {C}; take the labels of the table that the data are \
                 from",
                self.len()
            ),
        }
    }

    /// The number of the class of this name.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|other| other == name)
    }

    /// The values of a column that are different, in order.
    pub(super) fn of(column: &Column) -> Result<Self> {
        /// More classes than anybody means.
        const MOST: usize = 10_000;
        let names: Vec<String> = match column.values() {
            Values::Words { words, .. } => return Ok(Labels { names: words.clone() }),
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
        Ok(Labels { names: names.into() })
    }
}

fn no_classes(column: &Column, found: String) -> Error {
    Error::value(
        format!("classes of column {}", quoted(column.name())),
        found,
        "words, yes and no, or whole numbers",
        "a target of numbers is a `[f32; 1]`, for a network that does not end in softmax",
    )
}

impl Table {
    /// The names of the classes of a column: its words in order, `no` and `yes`, or its whole numbers from the smallest on.
    ///
    /// # Errors
    ///
    /// If there is no such column, or it holds something else.
    pub fn labels<'n>(&self, at: impl Into<At<'n>>) -> Result<Labels> {
        Labels::of(self.column(at)?)
    }

    /// The same with a column as a category: its numbers, dates or flags as words. A number of a class whose rows may not
    /// all be in one part of the data keeps its class this way.
    ///
    /// # Errors
    ///
    /// If there is no such column.
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

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Labels").field(&self.names).finish()
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
            "classes of column `grade`: found the number 0.5, expected words, yes and no, or whole numbers; a target of \
             numbers is a `[f32; 1]`, for a network that does not end in softmax"
        );
        assert!(table.labels("born").is_err());
        assert!(Labels::new(["a", "b", "a"]).is_err());
    }

    #[test]
    #[should_panic(expected = "class 2: found 2 names of classes, expected 3")]
    fn a_class_without_a_name_panics() {
        let labels = Labels::new(["a", "b"]).unwrap();
        labels.name(Class::<3>::new(2).unwrap());
    }
}
