//! Tables: named columns of one kind each, before they are converted to numbers for a network.

mod column;
mod dates;
mod describe;
mod figures;
mod labels;
mod one_hot;
mod show;
mod split;
mod target;

use std::collections::BTreeSet;
use std::fmt;

use crate::labels::Labels;
pub use column::{Cell, Column, Kind};
#[cfg(any(feature = "csv", feature = "parquet"))]
pub(crate) use column::{NO_WORD, Values};
pub use dates::days;
pub(crate) use dates::parse as parse_date;
pub use describe::{Description, Summary};
pub use split::TableSplit;
pub use target::{ColumnTarget, WithTarget};

use crate::error::{Error, Result, quoted};

/// A table: named columns of equal length with numbers, categories, yes and no, or dates. Values
/// may be missing.
///
/// A table is read from a file (`Table::read_csv`, with the feature `csv`; `Table::read_parquet`,
/// with `parquet`) or built from [`Column`]s. Columns and rows can be selected;
/// [`target`](Self::target) converts a table to data for a network. Selecting columns copies
/// nothing.
///
/// ```
/// use nn::data::{Class, Column, Dataset, Table};
///
/// let table = Table::new([
///     Column::numbers("length", [1.4, 4.7, 5.9, 1.3]),
///     Column::numbers("width", [0.2, 1.4, 2.1, 0.3]),
///     Column::categories("species", ["setosa", "versicolor", "virginica", "setosa"]),
/// ])?;
/// println!("{}", table.describe());
/// let data: Dataset<[f32; 2], Class<3>> = table.target("species").dataset()?;
/// assert_eq!(data.inputs()[1], [4.7, 1.4]);
/// assert_eq!(table.labels("species")?.name(data.targets()[3]), "setosa");
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
    rows: usize,
}

/// A column, by its name or by its position, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum At<'n> {
    /// The column with this name.
    Name(&'n str),
    /// The column at this position.
    Place(usize),
}

impl<'n> From<&'n str> for At<'n> {
    fn from(name: &'n str) -> Self {
        At::Name(name)
    }
}

impl<'n> From<&'n String> for At<'n> {
    fn from(name: &'n String) -> Self {
        At::Name(name)
    }
}

impl From<usize> for At<'_> {
    fn from(place: usize) -> Self {
        At::Place(place)
    }
}

impl Table {
    /// Creates a table of these columns.
    ///
    /// # Errors
    ///
    /// If they differ in length, or two of them have the same name.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Result<Self> {
        let columns: Vec<Column> = columns.into_iter().collect();
        let rows = columns.first().map_or(0, Column::len);
        if let Some(other) = columns.iter().find(|column| column.len() != rows) {
            return Err(Error::value(
                format!("column {}", quoted(other.name())),
                format!("{} rows", other.len()),
                format!("{rows}, as in column {}", quoted(columns[0].name())),
                "give every column a value for each row, or a missing one",
            ));
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = columns.iter().find(|column| !names.insert(column.name())) {
            return Err(Error::value(
                "names of the columns",
                format!("{} twice", quoted(twice.name())),
                "a unique name for each column",
                "rename one of them with `Column::renamed`",
            ));
        }
        Ok(Table { columns, rows })
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.columns.iter().map(Column::name)
    }

    /// The column with this name or at this position.
    ///
    /// # Errors
    ///
    /// If it does not exist; the message lists the columns that do.
    pub fn column<'n>(&self, at: impl Into<At<'n>>) -> Result<&Column> {
        Ok(&self.columns[self.place(at.into())?])
    }

    fn place(&self, at: At<'_>) -> Result<usize> {
        let (found, place) = match at {
            At::Name(name) => {
                (quoted(name), self.columns.iter().position(|column| column.name() == name))
            }
            At::Place(place) => (
                format!("position {place}"),
                Some(place).filter(|&place| place < self.columns.len()),
            ),
        };
        place.ok_or_else(|| {
            let expected = match (at, self.columns.len()) {
                (_, 0) => "none, since the table has no columns".to_string(),
                (At::Name(_), _) => format!("one of {}", listed(self.names())),
                (At::Place(_), count) => format!("a number below {count}, the number of columns"),
            };
            let advice = "`names` gives the names of all columns; positions are counted from 0";
            Error::value("column", found, expected, advice)
        })
    }

    fn places<'n, A: Into<At<'n>>>(&self, at: impl IntoIterator<Item = A>) -> Result<Vec<usize>> {
        at.into_iter().map(|at| self.place(at.into())).collect()
    }

    /// Selects these columns, in this order.
    ///
    /// ```
    /// # use nn::data::{Column, Table};
    /// let table = Table::new(["a", "b", "c"].map(|name| Column::numbers(name, [1.0])))?;
    /// assert!(table.select(["c", "a"])?.names().eq(["c", "a"]));
    /// assert!(table.drop([0])?.names().eq(["b", "c"]));
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a column does not exist, or is named twice.
    pub fn select<'n, A: Into<At<'n>>>(&self, at: impl IntoIterator<Item = A>) -> Result<Self> {
        let places = self.places(at)?;
        let columns = places.into_iter().map(|place| self.columns[place].clone());
        Ok(Table { rows: self.rows, ..Table::new(columns)? })
    }

    /// Removes these columns.
    ///
    /// # Errors
    ///
    /// If a column does not exist.
    pub fn drop<'n, A: Into<At<'n>>>(&self, at: impl IntoIterator<Item = A>) -> Result<Self> {
        let places = self.places(at)?;
        let kept = self.columns.iter().enumerate().filter(|(at, _)| !places.contains(at));
        Ok(Table { columns: kept.map(|(_, column)| column.clone()).collect(), rows: self.rows })
    }

    /// Adds a column, or replaces the one with the same name.
    ///
    /// ```
    /// # use nn::data::{Column, Table};
    /// let table = Table::new([Column::numbers("cm", [170.0, 181.0])])?;
    /// let metres =
    ///     table.column("cm")?.iter().map(|cell| cell.number().unwrap_or(f64::NAN) / 100.0);
    /// let table = table.with(Column::numbers("m", metres))?;
    /// assert_eq!(table.column("m")?.as_numbers(), Some(&[1.7, 1.81][..]));
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the number of its values is not that of the rows.
    pub fn with(&self, column: Column) -> Result<Self> {
        let mut columns = self.columns.clone();
        match columns.iter_mut().find(|other| other.name() == column.name()) {
            Some(other) => *other = column,
            None => columns.push(column),
        }
        Table::new(columns)
    }

    /// The first `count` rows, or all if there are fewer.
    #[must_use]
    pub fn head(&self, count: usize) -> Self {
        self.pick(&(0..self.rows.min(count)).collect::<Vec<_>>())
    }

    /// The rows with these numbers, in this order. A row may occur more than once.
    ///
    /// # Errors
    ///
    /// If a row does not exist.
    pub fn rows(&self, rows: &[usize]) -> Result<Self> {
        match rows.iter().find(|row| **row >= self.rows) {
            None => Ok(self.pick(rows)),
            Some(row) => Err(Error::value(
                "row",
                row.to_string(),
                format!("a number below {}, the number of rows", self.rows),
                "rows are counted from 0",
            )),
        }
    }

    fn pick(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|column| column.pick(rows)).collect();
        Table { columns, rows: rows.len() }
    }

    /// The rows for which `keep` returns `true` for the value of this column.
    ///
    /// ```
    /// # use nn::data::{Column, Table};
    /// let table = Table::new([Column::numbers("age", [20.0, f64::NAN, 60.0])])?;
    /// let old = table.filter("age", |age| age.number() > Some(30.0))?;
    /// assert_eq!(old.len(), 1);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the column does not exist.
    pub fn filter<'n>(
        &self,
        at: impl Into<At<'n>>,
        mut keep: impl FnMut(Cell<'_>) -> bool,
    ) -> Result<Self> {
        let cells = self.column(at)?.iter().enumerate();
        let rows: Vec<usize> = cells.filter_map(|(row, cell)| keep(cell).then_some(row)).collect();
        Ok(self.pick(&rows))
    }

    /// The rows without missing values.
    #[must_use]
    pub fn drop_missing(&self) -> Self {
        let mut is_whole = vec![true; self.rows];
        for column in &self.columns {
            for (is_whole, cell) in is_whole.iter_mut().zip(column.iter()) {
                *is_whole &= !cell.is_missing();
            }
        }
        let whole = is_whole.iter().enumerate().filter_map(|(row, whole)| whole.then_some(row));
        self.pick(&whole.collect::<Vec<_>>())
    }
}

/// Quoted names for a message: the first few of many.
pub(crate) fn listed<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    /// Number of listed names.
    const LISTED: usize = 12;
    let count = names.len();
    let mut text = names.take(LISTED).map(quoted).collect::<Vec<_>>().join(", ");
    if count > LISTED {
        text += &format!(", … ({count} in all)");
    }
    text
}

/// Prints the number of rows and the columns, not the cells.
impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("len", &self.rows).field("columns", &self.columns).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(in super::super) fn people() -> Table {
        Table::new([
            Column::numbers("age", [31.0, f64::NAN, 8.0, 64.0]),
            Column::categories("city", ["Rome", "Oslo", "", "Rome"]),
            Column::yes_no("member", [Some(true), None, Some(false), Some(true)]),
            Column::dates("born", [9000.0, 12000.0, 17000.5, f64::NAN]),
        ])
        .unwrap()
    }

    fn says<T: fmt::Debug>(result: Result<T>, text: &str) {
        assert_eq!(result.unwrap_err().to_string(), text);
    }

    #[test]
    fn columns_are_found_by_name_and_by_place() {
        let table = people();
        assert_eq!(table.column("city").unwrap(), table.column(1).unwrap());
        assert_eq!(table.names().collect::<Vec<_>>(), ["age", "city", "member", "born"]);
        says(
            table.column("town"),
            "column: found `town`, expected one of `age`, `city`, `member`, `born`; `names` gives \
             the names of all columns; positions are counted from 0",
        );
        says(
            table.column(4),
            "column: found position 4, expected a number below 4, the number of columns; `names` \
             gives the names of all columns; positions are counted from 0",
        );
        assert!(Table::new([]).unwrap().column(0).is_err());
    }

    #[test]
    fn selected_rows_keep_what_belongs_together() {
        let table = people();
        let chosen = table.rows(&[3, 0, 0]).unwrap();
        assert_eq!(chosen.len(), 3);
        assert_eq!(chosen.column("age").unwrap().as_numbers(), Some(&[64.0, 31.0, 31.0][..]));
        assert_eq!(chosen.column("member").unwrap().get(2), Some(Cell::YesNo(true)));
        assert_eq!(chosen.column("city").unwrap().words(), ["Oslo", "Rome"], "all words are kept");
        assert_eq!(table.head(2), table.rows(&[0, 1]).unwrap());
        assert_eq!(table.head(9), table);
        assert_eq!(table.drop_missing(), table.rows(&[0]).unwrap());
        let romans = table.filter("city", |city| city.word() == Some("Rome")).unwrap();
        assert_eq!(romans, table.rows(&[0, 3]).unwrap());
        says(
            table.rows(&[1, 4]),
            "row: found 4, expected a number below 4, the number of rows; rows are counted from 0",
        );
    }

    #[test]
    fn selected_columns_share_their_values() {
        let table = people();
        let chosen = table.select(["born", "age"]).unwrap();
        assert!(chosen.names().eq(["born", "age"]));
        let place = |table: &Table| table.column("age").unwrap().as_numbers().unwrap().as_ptr();
        assert_eq!(place(&chosen), place(&table));
        assert!(table.drop(["city", "born"]).unwrap().names().eq(["age", "member"]));
        assert_eq!(table.drop([0, 1, 2, 3]).unwrap().len(), 4);
        assert!(table.select(["age", "age"]).is_err());
        assert!(table.drop(["agee"]).is_err());
    }

    #[test]
    fn columns_that_do_not_fit_are_refused() {
        says(
            people().with(Column::numbers("x", [1.0])),
            "column `x`: found 1 rows, expected 4, as in column `age`; give every column a value \
             for each row, or a missing one",
        );
        says(
            Table::new([Column::numbers("x", [1.0]), Column::dates("x", [1.0])]),
            "names of the columns: found `x` twice, expected a unique name for each column; rename \
             one of them with `Column::renamed`",
        );
        let other = people().with(Column::numbers("age", [1.0, 2.0, 3.0, 4.0])).unwrap();
        assert!(other.names().eq(people().names()));
        assert_eq!(other.column(0).unwrap().missing(), 0);
    }
}
