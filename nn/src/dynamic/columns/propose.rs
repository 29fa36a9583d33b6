//! Proposes the columns of a network for a table.

use super::form::{Goal, Target};
use crate::data::{Cell, Column, Kind, Table};
use crate::error::{Error, Result, quoted};
use crate::layer::columns::{ColumnForm, ColumnKind};

/// A column that carries no information for a network, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// The reason, as half a sentence.
    pub why: String,
}

/// Rows in which a word must occur to enter the vocabulary.
const LEAST_ROWS: usize = 3;
/// The largest vocabulary of a column.
const MOST_WORDS: usize = 10_000;
/// A number enters as its logarithm if its maximum lies this many interquartile ranges above the
/// median.
const LONG_TAIL: f64 = 8.0;

/// A column by its name.
pub(super) type Named = (String, ColumnForm);

/// Proposes the columns for predicting `target` from the others, each with its name; also returns
/// the columns that are left out.
pub(super) fn propose(table: &Table, target: &Column) -> Result<(Vec<Named>, Vec<LeftOut>)> {
    let (mut forms, mut left_out) = (Vec::new(), Vec::new());
    for column in table.columns().iter().filter(|column| column.name() != target.name()) {
        let others = table.columns().iter().take_while(|other| other.name() != column.name());
        let is_same = |other: &&Column| {
            other.name() != target.name()
                && other.kind() == column.kind()
                && other.missing() == column.missing()
                && other.iter().eq(column.iter())
        };
        let first = others.into_iter().find(is_same);
        match form(column).map_err(str::to_owned).and_then(|form| match first {
            Some(first) => Err(format!("has the values of {}", quoted(first.name()))),
            None => Ok(form),
        }) {
            Ok(form) => forms.push((column.name().to_owned(), form)),
            Err(why) => left_out.push(LeftOut { name: column.name().to_owned(), why }),
        }
    }
    if forms.is_empty() {
        return Err(Error::value(
            "columns to predict from",
            format!("none among {} columns", table.columns().len()),
            "at least one besides the target that is not the same in all rows",
            "choose another target, or give a table with more columns",
        ));
    }
    Ok((forms, left_out))
}

/// The target that a column is.
pub(super) fn target(column: &Column) -> Result<Target> {
    Ok(Target { name: column.name().to_owned(), goal: goal(column)? })
}

fn goal(target: &Column) -> Result<Goal> {
    match target.kind() {
        Kind::Number | Kind::Date => Ok(Goal::Number),
        Kind::YesNo => Ok(Goal::Classes(vec!["no".into(), "yes".into()])),
        Kind::Category => {
            let counts = counts(target);
            let seen = target.words().iter().zip(counts).filter(|(_, count)| *count > 0);
            let names: Vec<String> = seen.map(|(word, _)| word.clone()).collect();
            match names.len() {
                2.. => Ok(Goal::Classes(names)),
                count => Err(Error::value(
                    format!("classes of column {}", quoted(target.name())),
                    count.to_string(),
                    "at least 2",
                    "rows of a single class leave nothing to predict",
                )),
            }
        }
    }
}

/// The number of occurrences of each word.
fn counts(column: &Column) -> Vec<usize> {
    let words = column.words();
    let mut counts = vec![0; words.len()];
    for cell in column.iter() {
        if let Cell::Category(word) = cell
            && let Ok(at) = words.binary_search_by(|other| other.as_str().cmp(word))
        {
            counts[at] += 1;
        }
    }
    counts
}

/// The form of a column, or the reason to leave it out.
fn form(column: &Column) -> std::result::Result<ColumnForm, &'static str> {
    let (rows, missing) = (column.len(), column.missing());
    if missing == rows {
        return Err("is missing in all rows");
    }
    let kind = match column.kind() {
        Kind::Category => return words(column),
        Kind::YesNo => ColumnKind::Flag,
        Kind::Date => ColumnKind::Date,
        Kind::Number => ColumnKind::Number { log: false },
    };
    let mut numbers: Vec<f64> =
        column.iter().filter_map(Cell::number).filter(|x| x.is_finite()).collect();
    if numbers.is_empty() {
        return Err("is missing in all rows");
    }
    if is_row_number(column, &numbers) {
        return Err("counts the rows");
    }
    numbers.sort_unstable_by(f64::total_cmp);
    let (least, most) = (numbers[0], numbers[numbers.len() - 1]);
    if least == most && missing == 0 {
        return Err("is the same in all rows");
    }
    let at = |share: f64| numbers[(share * (numbers.len() - 1) as f64) as usize];
    let (lower, median, upper) = (at(0.25), at(0.5), at(0.75));
    let has_tail = least >= 0.0 && upper > lower && (most - median) / (upper - lower) > LONG_TAIL;
    let kind = match kind {
        ColumnKind::Number { .. } => ColumnKind::Number { log: has_tail },
        other => other,
    };
    Ok(ColumnForm { kind, complete: missing == 0 })
}

/// Whether a column only counts the rows, by its name and its values.
fn is_row_number(column: &Column, numbers: &[f64]) -> bool {
    let name = column.name().to_ascii_lowercase();
    let is_named = ["", "id", "index", "row", "rownames", "row_names", "row_id"]
        .contains(&name.as_str())
        || name.starts_with("unnamed");
    let is_whole = numbers.iter().all(|x| x.fract() == 0.0);
    is_named
        && column.missing() == 0
        && is_whole
        && numbers.windows(2).all(|pair| pair[0] < pair[1])
}

fn words(column: &Column) -> std::result::Result<ColumnForm, &'static str> {
    let (missing, counts) = (column.missing(), counts(column));
    let present = column.len() - missing;
    let seen: Vec<usize> = counts.into_iter().filter(|count| *count > 0).collect();
    if seen.len() < 2 && missing == 0 {
        return Err("is the same in all rows");
    }
    if seen.len() > 20 && seen.len() > present / 2 {
        return Err("is a different word in nearly every row");
    }
    let least = if present < 20 { 1 } else { LEAST_ROWS };
    // Words that are too rare to enter the vocabulary do not count.
    let kept = seen.iter().filter(|count| **count >= least).count().min(MOST_WORDS);
    if kept == 0 {
        return Err("is a different word in nearly every row");
    }
    Ok(ColumnForm { kind: ColumnKind::category(kept), complete: missing == 0 })
}
