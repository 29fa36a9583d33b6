//! Converts columns to rows of numbers: inputs and targets.

use std::collections::HashMap;

use tensor::Float;

use super::super::{Dataset, FlatDataset};
use super::column::{Column, NO_WORD, Values};
use super::{At, Labels, Table, listed};
use crate::error::{Error, InvalidRows, Result, quoted};
use crate::head::Class;
use crate::row::Row;

impl Table {
    /// Takes this column as the target, and all others as inputs.
    ///
    /// ```
    /// use nn::data::{Class, Column, Dataset, Table};
    ///
    /// let table = Table::new([
    ///     Column::numbers("size", [50.0, 80.0]),
    ///     Column::yes_no("garden", [false, true]),
    ///     Column::numbers("price", [200.0, 350.0]),
    /// ])?;
    /// let prices: Dataset<[f32; 2], [f32; 1]> = table.target("price").dataset()?;
    /// assert_eq!(prices.get(1), Some((&[80.0, 1.0], &[350.0])));
    /// let gardens: Dataset<[f32; 2], Class<2>> = table.target("garden").dataset()?;
    /// assert_eq!(gardens.targets()[1].index(), 1);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn target<'n>(&self, at: impl Into<At<'n>>) -> WithTarget<'_> {
        self.targets([at])
    }

    /// Takes these columns as one target of several numbers, and all others as inputs.
    pub fn targets<'n, A: Into<At<'n>>>(&self, at: impl IntoIterator<Item = A>) -> WithTarget<'_> {
        WithTarget { table: self, places: self.places(at), labels: None }
    }

    /// All columns as inputs, in rows of `N` numbers. A date is its days since 1970-01-01, yes is 1
    /// and no is 0.
    ///
    /// # Errors
    ///
    /// If there are no columns, not `N` columns, a category, or a value that is missing or too
    /// large for `T`.
    pub fn inputs<T: Float, const N: usize>(&self) -> Result<Vec<[T; N]>> {
        if N == 0 {
            return Err(Error::value(
                "number of inputs",
                match self.columns.len() {
                    0 => "no column".to_owned(),
                    count => format!("{count} columns: {}, for `[_; 0]`", listed(self.names())),
                },
                "at least one, in the table and in the type of the data",
                "give the table an input column, and write `[f32; …]` for as many inputs",
            ));
        }
        if self.columns.len() != N {
            return Err(Error::value(
                "number of inputs",
                format!("{} columns: {}", self.columns.len(), listed(self.names())),
                format!("{N}, as the type of the data says"),
                "write `dense(… -> …)` and `[f32; …]` for as many inputs, or choose columns with \
                 `select` and `drop`",
            ));
        }
        let mut rows = <[T; N] as Row<T>>::zeroed_rows(self.rows);
        let mut missing = Missing::default();
        for (at, column) in self.columns.iter().enumerate() {
            missing.write(column, |row, number| rows[row][at] = number)?;
        }
        missing.none()?;
        Ok(rows)
    }

    /// All columns as inputs, in one flat vector.
    fn flat_inputs<T: Float>(&self) -> Result<Vec<T>> {
        let width = self.columns.len();
        let mut numbers = vec![T::zero(); width * self.rows];
        let mut missing = Missing::default();
        for (at, column) in self.columns.iter().enumerate() {
            missing.write(column, |row, number| numbers[row * width + at] = number)?;
        }
        missing.none()?;
        Ok(numbers)
    }
}

/// A table with its target columns; see [`Table::target`].
#[derive(Clone, Debug)]
#[must_use = "nothing is converted before `dataset` or `flat` is called"]
pub struct WithTarget<'t> {
    table: &'t Table,
    places: Result<Vec<usize>>,
    labels: Option<Labels>,
}

impl WithTarget<'_> {
    /// Sets the class names and their indices, even if some do not occur in this table.
    pub fn labels(mut self, labels: &Labels) -> Self {
        self.labels = Some(labels.clone());
        self
    }

    /// Rows for a network with `N` inputs.
    ///
    /// The type `Y` determines the target: a [`Class`] for a category, yes and no, or integers; a
    /// `[f32; 1]` for numbers, the days of a date, or yes (1) and no (0); a `[f32; 2]` for two such
    /// columns.
    ///
    /// # Errors
    ///
    /// If a target column does not exist, or there are not `N` others. If an input is a category,
    /// or has missing values. If the target is of another kind, has missing values, or the number
    /// of its distinct values is not that of the classes.
    pub fn dataset<T: Float, const N: usize, Y: ColumnTarget>(self) -> Result<Dataset<[T; N], Y>> {
        let (inputs, targets) = self.parts()?;
        let (targets, names) = Y::read_named(&targets, self.labels.as_ref())?;
        Ok(Dataset::new(inputs.inputs()?, targets)?.named(names))
    }

    /// Rows for a [`Dynamic`](crate::Dynamic) network, whose inputs are all other columns. The
    /// target of a category is one number, the index of its class.
    ///
    /// # Errors
    ///
    /// If a target column does not exist, or there are no others. If an input is a category, or has
    /// missing values. If a target is missing, or is not one of the labels passed.
    pub fn flat<T: Float>(self) -> Result<FlatDataset<T>> {
        let (inputs, targets) = self.parts()?;
        let mut numbers = vec![T::zero(); targets.len() * self.table.rows];
        let width = targets.len();
        for (at, column) in targets.iter().enumerate() {
            if self.labels.is_some() || matches!(column.values(), Values::Words { .. }) {
                let classes = classes(column, self.labels.as_ref())?;
                for (number, class) in numbers.iter_mut().skip(at).step_by(width).zip(classes) {
                    *number = T::of(class as f64);
                }
            } else {
                let mut missing = Missing::default();
                missing.write(column, |row, number| numbers[row * width + at] = number)?;
                missing.none()?;
            }
        }
        FlatDataset::new(inputs.flat_inputs()?, inputs.columns.len(), numbers, width)
    }

    /// The columns of the inputs, and those of the target.
    fn parts(&self) -> Result<(Table, Vec<&Column>)> {
        let places = self.places.clone()?;
        let columns = places.iter().map(|&place| &self.table.columns[place]).collect();
        Ok((self.table.drop(places)?, columns))
    }
}

/// A type of targets that columns can be converted to.
pub trait ColumnTarget: Sized {
    /// The target of each row.
    ///
    /// # Errors
    ///
    /// If the columns are of another kind.
    fn read(columns: &[&Column], labels: Option<&Labels>) -> Result<Vec<Self>>;

    /// The names of the classes, if the target is a class with names.
    ///
    /// # Errors
    ///
    /// As [`ColumnTarget::read`].
    fn class_names(columns: &[&Column], labels: Option<&Labels>) -> Result<Option<Labels>> {
        let _ = (columns, labels);
        Ok(None)
    }

    /// The target of each row, and the names of its classes.
    ///
    /// # Errors
    ///
    /// As [`ColumnTarget::read`].
    fn read_named(
        columns: &[&Column],
        labels: Option<&Labels>,
    ) -> Result<(Vec<Self>, Option<Labels>)> {
        let names = Self::class_names(columns, labels)?;
        Ok((Self::read(columns, names.as_ref().or(labels))?, names))
    }
}

/// One column of words, of yes and no, or of integers. Each distinct value is a class.
impl<const C: usize> ColumnTarget for Class<C> {
    fn read(columns: &[&Column], labels: Option<&Labels>) -> Result<Vec<Self>> {
        let &[column] = columns else { return Err(wrong_count(columns, 1)) };
        let labels = match labels {
            Some(labels) => labels,
            None => &Labels::of(column)?,
        };
        if labels.len() != C {
            return Err(Error::value(
                format!("classes of column {}", quoted(column.name())),
                format!("{}: {}", labels.len(), listed(labels.names().iter().map(String::as_str))),
                format!("{C}, as the type of the data says"),
                "write `Class<…>` and `dense(…, softmax)` for as many; if these rows lack some \
                 classes, name all of them with `labels`",
            ));
        }
        Class::from_labels(&classes(column, Some(labels))?)
    }

    fn class_names(columns: &[&Column], labels: Option<&Labels>) -> Result<Option<Labels>> {
        let &[column] = columns else { return Err(wrong_count(columns, 1)) };
        labels.cloned().map_or_else(|| Labels::of(column), Ok).map(Some)
    }
}

/// `N` columns of numbers, dates, or yes and no.
impl<T: Float, const M: usize> ColumnTarget for [T; M] {
    fn read(columns: &[&Column], labels: Option<&Labels>) -> Result<Vec<Self>> {
        if columns.len() != M || M == 0 {
            return Err(wrong_count(columns, M));
        }
        if let Some(labels) = labels {
            return Err(Error::value(
                "labels of a target of numbers",
                format!("{} of them", labels.len()),
                "none, since only classes have names",
                "leave `labels` out, or take a `Class` as the target",
            ));
        }
        let rows = columns.first().map_or(0, |column| column.len());
        let mut targets = <[T; M] as Row<T>>::zeroed_rows(rows);
        for (at, column) in columns.iter().enumerate() {
            if let Values::Words { words, .. } = column.values() {
                return Err(Error::value(
                    format!("target {}", quoted(column.name())),
                    format!("a category of {} words", words.len()),
                    "numbers",
                    format!(
                        "take `Class<{}>` as the target, and end the network in softmax",
                        words.len()
                    ),
                ));
            }
            let mut missing = Missing::default();
            missing.write(column, |row, number| targets[row][at] = number)?;
            missing.none()?;
        }
        Ok(targets)
    }
}

fn wrong_count(columns: &[&Column], expected: usize) -> Error {
    Error::value(
        "columns of the target",
        match columns.len() {
            0 => "none".to_owned(),
            count => format!("{count}: {}", listed(columns.iter().map(|column| column.name()))),
        },
        match expected {
            0 => "at least one, in the type of the data, too".to_owned(),
            _ => format!("{expected}, as the type of the data says"),
        },
        "name one with `target` or several with `targets`; only numbers are predicted together",
    )
}

/// The class index of each row.
fn classes(column: &Column, labels: Option<&Labels>) -> Result<Vec<usize>> {
    let places: Option<HashMap<&str, usize>> = labels.map(|labels| {
        labels.names().iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect()
    });
    let place = |name: &str| places.as_ref().and_then(|places| places.get(name).copied());
    let classes: Vec<Option<usize>> = match column.values() {
        Values::Words { codes, words } => {
            let of_word: Vec<Option<usize>> = match places {
                Some(_) => words.iter().map(|word| place(word)).collect(),
                None => (0..words.len()).map(Some).collect(),
            };
            let class = |&code: &u32| (code != NO_WORD).then(|| of_word[code as usize]).flatten();
            codes.iter().map(class).collect()
        }
        _ => column.iter().map(|cell| place(&cell.to_string())).collect(),
    };
    let rows: Vec<usize> = (0..classes.len()).collect();
    let wrong = InvalidRows::among(&rows, |&row| match classes[row] {
        Some(_) => None,
        None => Some(match column.get(row) {
            Some(cell) if !cell.is_missing() => quoted(&cell.to_string()),
            _ => "a missing value".to_string(),
        }),
    });
    match wrong {
        None => Ok(classes.into_iter().flatten().collect()),
        Some(wrong) => Err(Error::value(
            format!("target {}: {}", quoted(column.name()), wrong.what("value")),
            wrong.found("value"),
            match labels {
                Some(labels) => {
                    format!("one of {}", listed(labels.names().iter().map(String::as_str)))
                }
                None => "a word".to_string(),
            },
            "remove rows without a target with `filter`; other classes need other labels",
        )),
    }
}

/// Columns with missing numbers.
#[derive(Default)]
struct Missing {
    first: Option<(String, InvalidRows)>,
    others: Vec<String>,
}

impl Missing {
    /// Writes the number of each row of a column, and records missing ones.
    fn write<T: Float>(&mut self, column: &Column, mut write: impl FnMut(usize, T)) -> Result<()> {
        let mut wrong = InvalidRows::none();
        match column.values() {
            Values::Numbers(numbers) | Values::Dates(numbers) => {
                numbers.iter().enumerate().for_each(|(row, &number)| write(row, T::of(number)));
                wrong.look(0, numbers, |&number| {
                    let is_fine = T::of(number).is_finite();
                    (!is_fine).then(|| match number.is_nan() {
                        true => "a missing value".to_string(),
                        false => number.to_string(),
                    })
                });
            }
            Values::Flags(flags) => {
                for (row, &flag) in flags.iter().enumerate() {
                    write(row, if flag == Some(true) { T::one() } else { T::zero() });
                }
                wrong.look(0, flags, |flag| flag.is_none().then(|| "a missing value".to_string()));
            }
            Values::Words { words, .. } => {
                return Err(Error::value(
                    format!("input {}", quoted(column.name())),
                    format!("a category of {} words", words.len()),
                    "numbers",
                    format!(
                        "convert each word to a flag with `one_hot([{0:?}])`, or drop the column \
                         with `drop([{0:?}])`",
                        column.name()
                    ),
                ));
            }
        }
        let Some(wrong) = wrong.any() else { return Ok(()) };
        match self.first {
            None => self.first = Some((column.name().to_string(), wrong)),
            Some(_) => self.others.push(column.name().to_string()),
        }
        Ok(())
    }

    /// The error, if numbers are missing.
    fn none(self) -> Result<()> {
        let Some((name, wrong)) = self.first else { return Ok(()) };
        let others = match self.others.len() {
            0 => String::new(),
            _ => {
                let names = listed(self.others.iter().map(String::as_str));
                format!("; columns {names} also have such rows")
            }
        };
        Err(Error::value(
            format!("column {}: {}", quoted(&name), wrong.what("number")),
            wrong.found("number") + &others,
            "a finite number that fits into the type of the data",
            "remove such rows with `drop_missing` or the column with `drop`, or fill in numbers \
             with `with`",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::people;
    use super::*;
    use crate::data::Source as _;
    use tensor::threads::Threads;

    fn flowers() -> Table {
        Table::new([
            Column::numbers("length", [1.4, 4.7, 5.9]),
            Column::categories("species", ["setosa", "versicolor", "virginica"]),
            Column::yes_no("rare", [false, false, true]),
            Column::dates("seen", [1.0, 2.5, 3.0]),
            Column::numbers("grade", [7.0, 3.0, 7.0]),
        ])
        .unwrap()
    }

    fn says<T>(result: Result<T>, text: &str) {
        assert_eq!(result.err().expect("an error").to_string(), text);
    }

    #[test]
    fn every_kind_of_target_becomes_what_the_type_says() {
        let table = flowers();
        let species: Dataset<[f32; 4], Class<3>> = table.target("species").dataset().unwrap();
        assert_eq!(species.inputs()[1], [4.7, 0.0, 2.5, 3.0]);
        assert_eq!(species.targets().iter().map(|c| c.index()).collect::<Vec<_>>(), [0, 1, 2]);
        let numbers = table.drop(["species"]).unwrap();
        let rare: Dataset<[f64; 3], Class<2>> = numbers.target("rare").dataset().unwrap();
        assert_eq!(rare.targets()[2].index(), 1);
        let grade: Dataset<[f32; 3], Class<2>> = numbers.target("grade").dataset().unwrap();
        assert_eq!(grade.targets().iter().map(|c| c.index()).collect::<Vec<_>>(), [1, 0, 1]);
        let both: Dataset<[f64; 2], [f64; 2]> =
            numbers.targets(["rare", "seen"]).dataset().unwrap();
        assert_eq!(both.targets()[1], [0.0, 2.5]);
        let by_place: Dataset<[f32; 3], [f32; 1]> = numbers.target(3).dataset().unwrap();
        assert_eq!(by_place.targets()[0], [7.0]);
    }

    #[test]
    fn the_flat_form_has_the_same_numbers() {
        let table = flowers();
        let flat = table.target("species").flat::<f32>().unwrap();
        let typed: Dataset<[f32; 4], Class<3>> = table.target("species").dataset().unwrap();
        assert_eq!(flat.inputs(), typed.inputs().as_flattened());
        assert_eq!(flat.targets(), [0.0, 1.0, 2.0]);
        let table = table.drop(["species"]).unwrap();
        let flat = table.targets(["grade", "rare"]).flat::<f64>().unwrap();
        let (mut x, mut y) = (Vec::new(), Vec::new());
        flat.fill(&[2], &mut x, &mut y, &Threads::new(1));
        assert_eq!((&x[..], &y[..]), (&[5.9, 3.0][..], &[7.0, 1.0][..]));
    }

    #[test]
    fn labels_give_classes_the_same_numbers_in_every_table() {
        let labels = Labels::new(["virginica", "setosa", "versicolor", "other"]).unwrap();
        let two = flowers().head(2);
        let data: Dataset<[f32; 4], Class<4>> =
            two.target("species").labels(&labels).dataset().unwrap();
        assert_eq!(data.targets().iter().map(|c| c.index()).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(
            two.target("species").labels(&labels).flat::<f32>().unwrap().targets(),
            [1.0, 2.0]
        );
        // A selection of rows retains the words, and so the classes.
        let data: Dataset<[f32; 4], Class<3>> = two.target("species").dataset().unwrap();
        assert_eq!(data.targets()[1].index(), 1);
        let grades = Labels::new(["3", "5", "7"]).unwrap();
        let table = flowers().drop(["species"]).unwrap();
        let data: Dataset<[f32; 3], Class<3>> =
            table.target("grade").labels(&grades).dataset().unwrap();
        assert_eq!(data.targets().iter().map(|c| c.index()).collect::<Vec<_>>(), [2, 0, 2]);
        let short = Labels::new(["3", "5"]).unwrap();
        says(
            table.target("grade").labels(&short).dataset::<f32, 3, Class<2>>(),
            "target `grade`: values of rows 0, 2 (counted from 0): found `7`, `7` (2 of 3 values \
             are invalid), expected one of `3`, `5`; remove rows without a target with `filter`; \
             other classes need other labels",
        );
    }

    #[test]
    fn what_does_not_fit_is_an_error_that_says_what_to_do() {
        let table = flowers();
        says(
            table.target("grade").dataset::<f32, 4, [f32; 1]>(),
            "input `species`: found a category of 3 words, expected numbers; convert each word to \
             a flag with `one_hot([\"species\"])`, or drop the column with `drop([\"species\"])`",
        );
        says(
            table.target("species").dataset::<f32, 5, Class<3>>(),
            "number of inputs: found 4 columns: `length`, `rare`, `seen`, `grade`, expected 5, as \
             the type of the data says; write `dense(… -> …)` and `[f32; …]` for as many inputs, \
             or choose columns with `select` and `drop`",
        );
        says(
            table.select(["grade"]).unwrap().target("grade").dataset::<f32, 0, [f32; 1]>(),
            "number of inputs: found no column, expected at least one, in the table and in the \
             type of the data; give the table an input column, and write `[f32; …]` for as many \
             inputs",
        );
        assert!(table.target("grade").dataset::<f32, 0, [f32; 1]>().is_err());
        says(
            table.drop(["species"]).unwrap().targets::<&str>([]).dataset::<f32, 4, [f32; 0]>(),
            "columns of the target: found none, expected at least one, in the type of the data, \
             too; name one with `target` or several with `targets`; only numbers are predicted \
             together",
        );
        says(
            table.target("species").dataset::<f32, 4, Class<2>>(),
            "classes of column `species`: found 3: `setosa`, `versicolor`, `virginica`, expected \
             2, as the type of the data says; write `Class<…>` and `dense(…, softmax)` for as \
             many; if these rows lack some classes, name all of them with `labels`",
        );
        says(
            table.target("species").dataset::<f32, 4, [f32; 1]>(),
            "target `species`: found a category of 3 words, expected numbers; take `Class<3>` as \
             the target, and end the network in softmax",
        );
        says(
            people().drop(["city"]).unwrap().target("age").dataset::<f32, 2, [f32; 1]>(),
            "column `age`: number of row 1 (counted from 0): found a missing value (1 of 4 numbers \
             is invalid), expected a finite number that fits into the type of the data; remove \
             such rows with `drop_missing` or the column with `drop`, or fill in numbers with \
             `with`",
        );
        let error =
            people().drop(["city", "age"]).unwrap().inputs::<f32, 2>().unwrap_err().to_string();
        let start = "column `member`: number of row 1 (counted from 0): found a missing value (1 \
                     of 4 numbers is invalid); columns `born` also have such rows";
        assert!(error.starts_with(start), "{error}");
        let large = Table::new([Column::numbers("x", [1e300])]).unwrap();
        assert!(large.inputs::<f32, 1>().is_err());
        assert!(large.inputs::<f64, 1>().is_ok());
        assert!(people().target("city").dataset::<f32, 3, Class<2>>().is_err());
        assert!(table.target("specie").flat::<f32>().is_err());
        assert!(table.select(["grade"]).unwrap().target("grade").flat::<f32>().is_err());
    }
}
