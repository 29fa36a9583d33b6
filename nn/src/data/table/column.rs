//! A column of a table: a name, a kind, and a value or a missing value in each row.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::dates::Days;

/// The kind of the values of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Numbers, `f64`.
    Number,
    /// Categories: one of several words, such as a city or a species.
    Category,
    /// Yes or no.
    YesNo,
    /// A date, optionally with a time of day. As a number it is the days since 1970-01-01.
    Date,
}

impl Kind {
    /// The name in messages.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Number => "number",
            Kind::Category => "category",
            Kind::YesNo => "yes/no",
            Kind::Date => "date",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The value of a column in one row.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cell<'c> {
    /// A missing value.
    Missing,
    /// A number.
    Number(f64),
    /// A word.
    Category(&'c str),
    /// Yes is `true`.
    YesNo(bool),
    /// Days since 1970-01-01.
    Date(f64),
}

impl<'c> Cell<'c> {
    /// The number: the days of a date, 1 for yes and 0 for no. `None` for words and missing values.
    pub fn number(self) -> Option<f64> {
        match self {
            Cell::Number(number) | Cell::Date(number) => Some(number),
            Cell::YesNo(yes) => Some(f64::from(u8::from(yes))),
            Cell::Category(_) | Cell::Missing => None,
        }
    }

    /// The word, of a category.
    pub fn word(self) -> Option<&'c str> {
        match self {
            Cell::Category(word) => Some(word),
            _ => None,
        }
    }

    /// Returns whether the value is missing.
    pub fn is_missing(self) -> bool {
        self == Cell::Missing
    }
}

/// Prints the value as in a file; a missing value is empty.
impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Missing => Ok(()),
            Cell::Number(number) => write!(f, "{number}"),
            Cell::Category(word) => f.write_str(word),
            Cell::YesNo(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Cell::Date(days) => Days(*days).fmt(f),
        }
    }
}

/// The code of a missing word.
pub(crate) const NO_WORD: u32 = u32::MAX;

/// The values of all rows.
#[derive(Clone, Debug)]
pub(crate) enum Values {
    /// NaN is a missing value.
    Numbers(Vec<f64>),
    /// For each row the index of its word among the sorted words; [`NO_WORD`] for a missing value.
    Words {
        codes: Vec<u32>,
        words: Arc<[String]>,
    },
    Flags(Vec<Option<bool>>),
    /// NaN is a missing value.
    Dates(Vec<f64>),
}

impl Values {
    pub(super) fn len(&self) -> usize {
        match self {
            Values::Numbers(numbers) | Values::Dates(numbers) => numbers.len(),
            Values::Words { codes, .. } => codes.len(),
            Values::Flags(flags) => flags.len(),
        }
    }

    /// Words in the order of their first appearance, to be sorted.
    pub(crate) fn sorted_words(mut codes: Vec<u32>, words: Vec<String>) -> Self {
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_unstable_by(|&a, &b| words[a].cmp(&words[b]));
        let mut place = vec![0; words.len()];
        order.iter().zip(0_u32..).for_each(|(&word, at)| place[word] = at);
        codes
            .iter_mut()
            .filter(|code| **code != NO_WORD)
            .for_each(|code| *code = place[*code as usize]);
        let mut words = words;
        words.sort_unstable();
        Values::Words { codes, words: words.into() }
    }

    /// The rows with these numbers, in this order.
    fn pick(&self, rows: &[usize]) -> Self {
        fn of<X: Copy>(column: &[X], rows: &[usize]) -> Vec<X> {
            rows.iter().map(|&row| column[row]).collect()
        }
        match self {
            Values::Numbers(numbers) => Values::Numbers(of(numbers, rows)),
            Values::Words { codes, words } => {
                Values::Words { codes: of(codes, rows), words: words.clone() }
            }
            Values::Flags(flags) => Values::Flags(of(flags, rows)),
            Values::Dates(days) => Values::Dates(of(days, rows)),
        }
    }
}

/// A column of a [`Table`](super::Table). Copies share its values.
///
/// ```
/// use nn::data::{Cell, Column, Kind};
///
/// let city = Column::categories("city", ["Rome", "Oslo", "", "Rome"]);
/// assert_eq!((city.kind(), city.missing()), (Kind::Category, 1));
/// assert_eq!(city.words(), ["Oslo", "Rome"]);
/// assert_eq!(city.get(3), Some(Cell::Category("Rome")));
/// let height = Column::numbers("height", [1.5, f64::NAN]);
/// assert_eq!(height.get(1), Some(Cell::Missing));
/// ```
#[derive(Clone)]
pub struct Column {
    name: String,
    values: Arc<Values>,
}

impl Column {
    pub(crate) fn new(name: String, values: Values) -> Self {
        Column { name, values: Arc::new(values) }
    }

    /// A column of numbers; NaN is a missing value.
    pub fn numbers<N: Into<f64>>(name: &str, numbers: impl IntoIterator<Item = N>) -> Self {
        Self::new(name.into(), Values::Numbers(numbers.into_iter().map(Into::into).collect()))
    }

    /// A column of categories; the empty word is a missing value.
    pub fn categories<W: AsRef<str>>(name: &str, words: impl IntoIterator<Item = W>) -> Self {
        let (mut found, mut places, mut codes) = (Vec::new(), HashMap::new(), Vec::new());
        for word in words {
            let word = word.as_ref();
            codes.push(match places.get(word) {
                Some(&code) => code,
                None if word.is_empty() => NO_WORD,
                None => {
                    let code = found.len() as u32;
                    found.push(word.to_string());
                    places.insert(word.to_string(), code);
                    code
                }
            });
        }
        Self::new(name.into(), Values::sorted_words(codes, found))
    }

    /// A column of yes and no: `true` is yes, `None` a missing value.
    pub fn yes_no<B: Into<Option<bool>>>(name: &str, flags: impl IntoIterator<Item = B>) -> Self {
        Self::new(name.into(), Values::Flags(flags.into_iter().map(Into::into).collect()))
    }

    /// A column of dates, as days since 1970-01-01; NaN is a missing value.
    pub fn dates<N: Into<f64>>(name: &str, days: impl IntoIterator<Item = N>) -> Self {
        Self::new(name.into(), Values::Dates(days.into_iter().map(Into::into).collect()))
    }

    /// Renames the column.
    #[must_use]
    pub fn renamed(mut self, name: &str) -> Self {
        self.name = name.into();
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kind of the values.
    pub fn kind(&self) -> Kind {
        match *self.values {
            Values::Numbers(_) => Kind::Number,
            Values::Words { .. } => Kind::Category,
            Values::Flags(_) => Kind::YesNo,
            Values::Dates(_) => Kind::Date,
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of missing values.
    pub fn missing(&self) -> usize {
        match &*self.values {
            Values::Numbers(numbers) | Values::Dates(numbers) => {
                numbers.iter().filter(|number| number.is_nan()).count()
            }
            Values::Words { codes, .. } => codes.iter().filter(|code| **code == NO_WORD).count(),
            Values::Flags(flags) => flags.iter().filter(|flag| flag.is_none()).count(),
        }
    }

    /// The value of row `row`, if the row exists.
    pub fn get(&self, row: usize) -> Option<Cell<'_>> {
        (row < self.len()).then(|| self.at(row))
    }

    /// The values of all rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Cell<'_>> {
        (0..self.len()).map(|row| self.at(row))
    }

    fn at(&self, row: usize) -> Cell<'_> {
        match &*self.values {
            Values::Numbers(numbers) if !numbers[row].is_nan() => Cell::Number(numbers[row]),
            Values::Dates(days) if !days[row].is_nan() => Cell::Date(days[row]),
            Values::Words { codes, words } if codes[row] != NO_WORD => {
                Cell::Category(&words[codes[row] as usize])
            }
            Values::Flags(flags) => flags[row].map_or(Cell::Missing, Cell::YesNo),
            _ => Cell::Missing,
        }
    }

    /// The sorted words of a category, including those that a selection of rows no longer has.
    /// Empty for other kinds.
    pub fn words(&self) -> &[String] {
        match &*self.values {
            Values::Words { words, .. } => words,
            _ => &[],
        }
    }

    /// The numbers, or the days of dates, without a copy; NaN is a missing value. `None` for other
    /// kinds.
    pub fn as_numbers(&self) -> Option<&[f64]> {
        match &*self.values {
            Values::Numbers(numbers) | Values::Dates(numbers) => Some(numbers),
            Values::Words { .. } | Values::Flags(_) => None,
        }
    }

    pub(super) fn values(&self) -> &Values {
        &self.values
    }

    /// The rows with these numbers.
    pub(super) fn pick(&self, rows: &[usize]) -> Self {
        Column::new(self.name.clone(), self.values.pick(rows))
    }
}

/// Compares names, kinds and cells; missing cells are equal.
impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.kind() == other.kind()
            && self.len() == other.len()
            && self.iter().eq(other.iter())
    }
}

/// Prints name, kind and length, not the cells.
impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Column")
            .field("name", &self.name)
            .field("kind", &self.kind())
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
