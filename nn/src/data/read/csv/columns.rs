//! A column while it is read. Its kind is given, or guessed from its first value.

use std::collections::HashMap;

use super::mistakes::{Mistake, Mistakes};
use super::number::number;
use crate::data::table::{Column, Kind, NO_WORD, Values, parse_date};
use crate::error::quoted;

/// Default texts of missing values.
pub(super) const MISSING: [&str; 10] =
    ["", "?", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "<NA>"];

/// Settings for reading fields.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    pub(super) missing: Vec<Vec<u8>>,
    /// Whether one of the `missing` texts is a number.
    pub(super) missing_numbers: bool,
    pub(super) is_decimal_comma: bool,
}

impl Fields {
    fn is_missing(&self, field: &[u8]) -> bool {
        self.missing.iter().any(|missing| missing == field)
    }

    /// The number in a trimmed field.
    pub(super) fn number(&self, field: &[u8]) -> Option<f64> {
        if !self.is_decimal_comma {
            return number(field);
        }
        // A point is not a decimal separator here: `1.000` may be one thousand.
        if field.contains(&b'.') {
            return None;
        }
        let point = |&byte: &u8| if byte == b',' { b'.' } else { byte };
        number(&field.iter().map(point).collect::<Vec<_>>())
    }
}

/// The values of a column read so far.
#[derive(Debug)]
enum Store {
    /// Only missing values: their number.
    Nothing(usize),
    Numbers(Vec<f64>),
    Dates(Vec<f64>),
    Flags(Vec<Option<bool>>),
    Words {
        codes: Vec<u32>,
        places: HashMap<Vec<u8>, u32>,
    },
}

/// A column while it is read.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) name: String,
    given: Option<Kind>,
    store: Store,
    /// Number of present values of the column's kind.
    fits: usize,
    /// The first values of another kind, in a column whose kind was guessed. In a category: those
    /// that are neither numbers nor dates.
    other: Vec<Mistake>,
    others: usize,
}

impl Reading {
    pub(super) fn new(name: String, given: Option<Kind>) -> Self {
        let mut reading = Reading {
            name,
            given,
            store: Store::Nothing(0),
            fits: 0,
            other: Vec::new(),
            others: 0,
        };
        if let Some(kind) = given {
            reading.begin(kind);
        }
        reading
    }

    /// Sets the kind of the values that follow.
    fn begin(&mut self, kind: Kind) {
        let Store::Nothing(missing) = self.store else { return };
        self.store = match kind {
            Kind::Number => Store::Numbers(vec![f64::NAN; missing]),
            Kind::Date => Store::Dates(vec![f64::NAN; missing]),
            Kind::YesNo => Store::Flags(vec![None; missing]),
            Kind::Category => {
                Store::Words { codes: vec![NO_WORD; missing], places: HashMap::new() }
            }
        };
    }

    /// Reserves memory for `rows` rows in total.
    pub(super) fn reserve(&mut self, rows: usize) {
        fn more<X>(column: &mut Vec<X>, rows: usize) {
            column.reserve_exact(rows.saturating_sub(column.len()));
        }
        match &mut self.store {
            Store::Nothing(_) => {}
            Store::Numbers(numbers) | Store::Dates(numbers) => more(numbers, rows),
            Store::Flags(flags) => more(flags, rows),
            Store::Words { codes, .. } => more(codes, rows),
        }
    }

    /// Appends the field of the next row.
    #[inline]
    pub(super) fn push(
        &mut self,
        field: &[u8],
        line: u64,
        fields: &Fields,
        mistakes: &mut Mistakes,
    ) {
        if let Store::Numbers(numbers) = &mut self.store
            && !fields.missing_numbers
            && !fields.is_decimal_comma
            && let Some(x) = number(field)
        {
            numbers.push(x);
            self.fits += 1;
            return;
        }
        self.push_any(field.trim_ascii(), line, fields, mistakes);
    }

    fn push_any(&mut self, field: &[u8], line: u64, fields: &Fields, mistakes: &mut Mistakes) {
        let is_missing = fields.is_missing(field);
        if let (Store::Nothing(missing), true) = (&mut self.store, is_missing) {
            *missing += 1;
            return;
        }
        if let Store::Nothing(_) = self.store {
            self.begin(guess(field, fields));
        }
        let is_given = self.given.is_some();
        let fits = match &mut self.store {
            Store::Nothing(_) => true,
            Store::Numbers(numbers) => {
                let x = if is_missing { None } else { fields.number(field) };
                numbers.push(x.unwrap_or(f64::NAN));
                x.is_some()
            }
            Store::Dates(days) => {
                let day = if is_missing { None } else { parse_date(field) };
                days.push(day.unwrap_or(f64::NAN));
                day.is_some()
            }
            Store::Flags(flags) => {
                let flag = if is_missing { None } else { flag(field, is_given) };
                flags.push(flag);
                flag.is_some()
            }
            Store::Words { codes, places } => {
                let next = u32::try_from(places.len()).unwrap_or(NO_WORD);
                match places.get(field) {
                    _ if is_missing => codes.push(NO_WORD),
                    Some(&code) => codes.push(code),
                    None => {
                        codes.push(next);
                        places.insert(field.to_vec(), next);
                        if str::from_utf8(field).is_err() {
                            mistakes.add(|| self.mistake(field, line, "text in UTF-8", NOT_UTF8));
                        } else if !is_given
                            && self.other.len() < Mistakes::NAMED
                            && matches!(guess(field, fields), Kind::Category | Kind::YesNo)
                        {
                            let mistake = self.mistake(field, line, "a number or a date", OTHER);
                            self.other.push(mistake);
                        }
                    }
                }
                true
            }
        };
        if is_missing {
            return;
        }
        self.fits += usize::from(fits);
        if fits {
            return;
        }
        let expected = match self.store {
            Store::Numbers(_) => "a number",
            Store::Dates(_) => "a date such as 2026-11-28",
            _ => "yes or no",
        };
        if is_given {
            mistakes.add(|| self.mistake(field, line, expected, GIVEN));
        } else {
            self.others += 1;
            if self.other.len() < Mistakes::NAMED {
                let mistake = self.mistake(field, line, expected, OTHER);
                self.other.push(mistake);
            }
        }
    }

    fn mistake(&self, field: &[u8], line: u64, expected: &str, advice: &'static str) -> Mistake {
        Mistake {
            line,
            column: Some(quoted(&self.name)),
            found: quoted(&String::from_utf8_lossy(field)),
            expected: expected.to_string(),
            advice,
        }
    }

    /// Returns whether the guess was wrong and the values must be read again as words. Where nearly
    /// all values are numbers or dates, the others are mistakes instead.
    pub(super) fn must_be_words(&mut self, fields: &Fields, mistakes: &mut Mistakes) -> bool {
        /// Values of another kind are mistakes if they are at most one in `FEW`.
        const FEW: usize = 10;
        if self.given.is_some() {
            return false;
        }
        if let Store::Words { codes, places } = &self.store {
            let mut kinds = vec![Kind::Category; places.len()];
            places.iter().for_each(|(word, &code)| kinds[code as usize] = guess(word, fields));
            let of_kind = |kind| {
                codes
                    .iter()
                    .filter(|code| **code != NO_WORD && kinds[**code as usize] == kind)
                    .count()
            };
            let most = of_kind(Kind::Number).max(of_kind(Kind::Date));
            if most == 0 {
                return false;
            }
            self.others = self.fits - most;
            self.fits = most;
        }
        let few = self.others > 0
            && self.others.saturating_mul(FEW) <= self.fits.saturating_add(self.others);
        match (&self.store, few) {
            (Store::Numbers(_) | Store::Dates(_) | Store::Words { .. }, true) => {
                mistakes.add_all(std::mem::take(&mut self.other), self.others);
                false
            }
            (Store::Words { .. }, false) => false,
            _ => self.others > 0,
        }
    }

    /// Returns the column.
    pub(super) fn finish(self) -> Column {
        let values = match self.store {
            Store::Nothing(missing) => Values::Numbers(vec![f64::NAN; missing]),
            Store::Numbers(numbers) => Values::Numbers(fitted(numbers)),
            Store::Dates(days) => Values::Dates(fitted(days)),
            Store::Flags(flags) => Values::Flags(fitted(flags)),
            Store::Words { codes, places } => {
                let mut words = vec![String::new(); places.len()];
                for (word, code) in places {
                    words[code as usize] = String::from_utf8_lossy(&word).into_owned();
                }
                Values::sorted_words(fitted(codes), words)
            }
        };
        Column::new(self.name, values)
    }
}

pub(super) const NOT_UTF8: &str = "convert the file, for example with `iconv -f LATIN1 -t UTF-8`";
const GIVEN: &str = "correct the file, or declare the text as a missing value with `missing`";
const OTHER: &str = "nearly all values of the column fit: correct the others, declare them as \
                     missing values with `missing`, or set another kind with `kind`";

/// Shrinks the vector if much of its capacity is unused.
fn fitted<X>(mut column: Vec<X>) -> Vec<X> {
    if column.capacity() > column.len() + column.len() / 8 {
        column.shrink_to_fit();
    }
    column
}

/// Guesses the kind of a value.
pub(super) fn guess(field: &[u8], fields: &Fields) -> Kind {
    if fields.number(field).is_some() {
        Kind::Number
    } else if flag(field, false).is_some() {
        Kind::YesNo
    } else if parse_date(field).is_some() {
        Kind::Date
    } else {
        Kind::Category
    }
}

/// Parses yes or no. Ambiguous texts such as `y` and `1` count only if the field `must_be` a flag.
fn flag(field: &[u8], must_be: bool) -> Option<bool> {
    let is_one =
        |words: &[&str]| words.iter().any(|word| field.eq_ignore_ascii_case(word.as_bytes()));
    if is_one(&["yes", "true"]) || (must_be && is_one(&["y", "t", "1"])) {
        Some(true)
    } else if is_one(&["no", "false"]) || (must_be && is_one(&["n", "f", "0"])) {
        Some(false)
    } else {
        None
    }
}
