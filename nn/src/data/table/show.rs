//! Prints the first rows of a table.

use std::fmt;

use super::figures::{fitting, plural, whole};
use super::{Column, Kind, Table};
use crate::text::cut;

/// Characters per line.
const LINE: usize = 80;
/// Number of printed rows.
const ROWS: usize = 5;

/// Prints the first rows, with the names and kinds of the columns, in lines of at most 80
/// characters. Columns that do not fit are listed below.
///
/// ```
/// use nn::data::{Column, Table};
///
/// let table = Table::new([
///     Column::categories("city", ["Rome", "Oslo", "Rome"]),
///     Column::numbers("age", [31.0, f64::NAN, 8.25]),
/// ])?;
/// let expected = "\
/// city         age
/// category  number
/// ────────  ──────
/// Rome          31
/// Oslo
/// Rome        8.25
/// 3 rows, 2 columns";
/// assert_eq!(table.to_string(), expected);
/// # Ok::<(), nn::Error>(())
/// ```
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![String::new(); 3 + self.rows.min(ROWS)];
        let (mut used, mut shown) = (0, 0);
        for column in &self.columns {
            let cells = cells(column);
            let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
            let gap = if shown == 0 { 0 } else { 2 };
            if used + gap + width > LINE {
                break;
            }
            for (at, (line, cell)) in lines.iter_mut().zip(&cells).enumerate() {
                *line += &" ".repeat(gap);
                *line += &match (at, column.kind()) {
                    (2, _) => "─".repeat(width),
                    (_, Kind::Number) => format!("{cell:>width$}"),
                    _ => format!("{cell:width$}"),
                };
            }
            used += gap + width;
            shown += 1;
        }
        for line in lines.iter().filter(|_| shown > 0) {
            writeln!(f, "{}", line.trim_end())?;
        }
        if self.rows > ROWS {
            writeln!(f, "… {} more rows", whole(self.rows - ROWS))?;
        }
        write!(f, "{}, {}", plural(self.rows, "row"), plural(self.columns.len(), "column"))?;
        // The columns that do not fit, grouped by kind.
        for kind in [Kind::Number, Kind::Date, Kind::YesNo, Kind::Category] {
            let hidden = self.columns[shown..].iter().filter(|column| column.kind() == kind);
            let names: Vec<String> = hidden.map(|column| cut(column.name(), 24)).collect();
            if !names.is_empty() {
                let head = format!("not shown, {}: ", plural(names.len(), kind.word()));
                write!(f, "\n{head}{}", fitting(&names, LINE - head.chars().count()))?;
            }
        }
        Ok(())
    }
}

/// Name, kind, an empty cell for the rule, and the first cells.
fn cells(column: &Column) -> Vec<String> {
    /// Longest cell that is not truncated.
    const LONGEST: usize = 24;
    let head = [column.name().to_string(), column.kind().word().to_string(), String::new()];
    let first = column.iter().take(ROWS).map(|cell| cell.to_string());
    head.into_iter().chain(first).map(|text| cut(&text, LONGEST)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_table_shows_what_fits_and_names_the_rest() {
        let name = |at: usize| format!("a number of the kind {at}");
        let columns = (0..40).map(|at| Column::numbers(&name(at), vec![1.0 / 3.0; 1234]));
        let table = Table::new(columns.chain([Column::yes_no("flag", vec![true; 1234])])).unwrap();
        let text = table.to_string();
        let longest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= 80, "{longest}:\n{text}");
        assert!(
            text.contains("\n… 1,229 more rows\n1,234 rows, 41 columns\nnot shown, 37 numbers: "),
            "{text}"
        );
        assert!(text.ends_with("\nnot shown, 1 yes/no: flag"), "{text}");
        assert_eq!(Table::new([]).unwrap().to_string(), "0 rows, 0 columns");
        assert_eq!(
            table.head(1).drop(0..40).unwrap().to_string(),
            "flag\nyes/no\n──────\nyes\n1 row, 1 column"
        );
    }
}
