//! Summary statistics of the columns of a table.

use std::fmt;

use super::column::{Column, NO_WORD, Values};
use super::dates::Days;
use super::figures::{figure, fitting, plural, whole};
use super::{Kind, Table};
use crate::text::{bar, cut};

/// Bins of a histogram.
const BINS: usize = 9;
/// Characters per line.
const LINE: usize = 80;

impl Table {
    /// Summary statistics of each column: the numbers of present and missing values; for numbers
    /// and dates the mean, standard deviation and quantiles; for others the frequency of each
    /// value. Prints as text of at most 80 columns.
    ///
    /// ```
    /// use nn::data::{Column, Table};
    ///
    /// let table = Table::new([
    ///     Column::numbers("age", [31.0, f64::NAN, 8.0, 64.0]),
    ///     Column::categories("city", ["Rome", "Oslo", "Rome", "Rome"]),
    /// ])?;
    /// let expected = "\
    /// 4 rows, 2 columns; 1 value is missing
    ///
    /// number count missing   mean    std min  25% 50%  75% max  histogram
    /// age        3       1 34.333 28.148   8 19.5  31 47.5  64  █  █    █
    ///
    /// category words  most frequent
    /// city         2  Rome 3, Oslo 1";
    /// assert_eq!(table.describe().to_string(), expected);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn describe(&self) -> Description {
        Description { rows: self.rows, columns: self.columns.iter().map(Summary::of).collect() }
    }
}

/// The result of [`Table::describe`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Description {
    /// The number of rows.
    pub rows: usize,
    /// The summary of each column, in order.
    pub columns: Vec<Summary>,
}

/// The summary of a column.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// The name of the column.
    pub name: String,
    /// The kind of the values.
    pub kind: Kind,
    /// The number of values that are present.
    pub count: usize,
    /// The number of missing values.
    pub missing: usize,
    /// The mean, for numbers and dates.
    pub mean: Option<f64>,
    /// The standard deviation of at least two numbers or dates: the square root of the sum of
    /// squares divided by `count − 1`.
    pub std: Option<f64>,
    /// Minimum, 25 %, 50 % and 75 % quantile, and maximum, for numbers and dates. Quantiles between
    /// two values are interpolated linearly.
    pub quantiles: Option<[f64; 5]>,
    /// Counts in nine equal bins from the minimum to the maximum, for numbers and dates.
    pub histogram: Vec<usize>,
    /// Each value with its count, the most frequent first, for categories and yes and no.
    pub counts: Vec<(String, usize)>,
}

impl Summary {
    fn of(column: &Column) -> Self {
        let missing = column.missing();
        let mut summary = Summary {
            name: column.name().to_string(),
            kind: column.kind(),
            count: column.len() - missing,
            missing,
            mean: None,
            std: None,
            quantiles: None,
            histogram: Vec::new(),
            counts: Vec::new(),
        };
        match column.values() {
            Values::Numbers(numbers) | Values::Dates(numbers) => summary.measure(numbers),
            Values::Words { codes, words } => {
                let mut counts = vec![0; words.len()];
                codes
                    .iter()
                    .filter(|code| **code != NO_WORD)
                    .for_each(|&c| counts[c as usize] += 1);
                summary.counts = words.iter().cloned().zip(counts).collect();
            }
            Values::Flags(flags) => {
                let count = |flag| flags.iter().filter(|other| **other == Some(flag)).count();
                summary.counts = vec![("no".into(), count(false)), ("yes".into(), count(true))];
            }
        }
        summary.counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        summary
    }

    fn measure(&mut self, numbers: &[f64]) {
        let mut sorted: Vec<f64> = numbers.iter().copied().filter(|x| !x.is_nan()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (Some(&least), Some(&most)) = (sorted.first(), sorted.last()) else { return };
        let count = sorted.len() as f64;
        let mean = sorted.iter().sum::<f64>() / count;
        self.mean = Some(mean);
        if sorted.len() > 1 {
            let squares: f64 = sorted.iter().map(|x| (x - mean) * (x - mean)).sum();
            self.std = Some((squares / (count - 1.0)).sqrt());
        }
        self.quantiles = Some([0.0, 0.25, 0.5, 0.75, 1.0].map(|share| {
            let place = share * (count - 1.0);
            let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            if below == above { below } else { below + (above - below) * place.fract() }
        }));
        let range = most - least;
        if range.is_finite() {
            self.histogram = vec![0; BINS];
            for x in sorted {
                let bin = if range > 0.0 {
                    ((x - least) / range * BINS as f64) as usize
                } else {
                    BINS / 2
                };
                self.histogram[bin.min(BINS - 1)] += 1;
            }
        }
    }

    /// The histogram as block characters; the fullest bin is a full block.
    fn blocks(&self) -> String {
        const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let most = self.histogram.iter().copied().max().unwrap_or(0).max(1);
        let block = |&count: &usize| match count {
            0 => ' ',
            count => BLOCKS[(count * BLOCKS.len()).div_ceil(most) - 1],
        };
        self.histogram.iter().map(block).collect()
    }

    /// The cells of this column's line without its name.
    fn cells(&self, width: usize) -> Vec<String> {
        let quantiles = self.quantiles.unwrap_or([f64::NAN; 5]);
        let count = |value: &str| {
            let found = self.counts.iter().find(|(other, _)| other == value);
            found.map_or(0, |(_, count)| *count)
        };
        match self.kind {
            Kind::Number => {
                let [mean, std] = [self.mean, self.std].map(|x| x.unwrap_or(f64::NAN));
                let numbers = [mean, std].into_iter().chain(quantiles);
                numbers.map(|x| figure(x, width)).chain([self.blocks()]).collect()
            }
            Kind::Date => {
                let day = |days: f64| match days.is_nan() {
                    true => "-".to_string(),
                    false => Days(days.floor()).to_string(),
                };
                let [least, _, half, _, most] = quantiles;
                vec![day(least), day(half), day(most), self.blocks()]
            }
            Kind::Category => {
                let words = self.counts.iter().filter(|(_, count)| *count > 0);
                let words: Vec<String> = words
                    .map(|(word, count)| format!("{} {}", cut(word, 24), whole(*count)))
                    .collect();
                vec![whole(words.len()), fitting(&words, width)]
            }
            Kind::YesNo => {
                let share = count("yes") as f64 / self.count.max(1) as f64;
                let percent = format!("{:.0} %", 100.0 * share);
                vec![
                    whole(count("yes")),
                    whole(count("no")),
                    format!("{percent:>5} {}", bar(share, 20)),
                ]
            }
        }
    }
}

/// Prints one table for each kind.
impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = plural(self.columns.len(), "column");
        let missing = match self.columns.iter().map(|column| column.missing).sum() {
            0 => "no value is missing".to_string(),
            1 => "1 value is missing".to_string(),
            missing => format!("{} values are missing", whole(missing)),
        };
        write!(f, "{}, {columns}; {missing}", plural(self.rows, "row"))?;
        const NUMBERS: &[&str] = &["mean", "std", "min", "25%", "50%", "75%", "max", "histogram"];
        for (kind, heads) in [
            (Kind::Number, NUMBERS),
            (Kind::Date, &["min", "50%", "max", "histogram"]),
            (Kind::YesNo, &["yes", "no", "share of yes"]),
            (Kind::Category, &["words", "most frequent"]),
        ] {
            let of_kind: Vec<&Summary> = self.columns.iter().filter(|c| c.kind == kind).collect();
            if !of_kind.is_empty() {
                write!(f, "\n\n{}", section(kind, heads, &of_kind))?;
            }
        }
        Ok(())
    }
}

/// The table of the columns of one kind. The last cell of a line is left-aligned, the others
/// right-aligned.
fn section(kind: Kind, heads: &[&str], columns: &[&Summary]) -> String {
    /// Shortest length to which a name is truncated before numbers lose digits.
    const SHORTEST: usize = 16;
    let any_missing = columns.iter().any(|column| column.missing > 0);
    let counts: &[&str] = if any_missing { &["count", "missing"] } else { &[] };
    let table = |width: usize| -> Vec<Vec<String>> {
        let heads = counts.iter().chain(heads).map(|head| head.to_string()).collect();
        let lines = columns.iter().map(|column| {
            let counts = [column.count, column.missing];
            counts[..counts.len().min(2 * usize::from(any_missing))]
                .iter()
                .map(|&count| whole(count))
                .chain(column.cells(width))
                .collect()
        });
        std::iter::once(heads).chain(lines).collect()
    };
    let longest = columns.iter().map(|column| column.name.chars().count()).max().unwrap_or(0);
    let longest = longest.max(kind.word().len());
    // The widths of the cells without the name, with a blank before each.
    let widths = |table: &[Vec<String>]| -> Vec<usize> {
        let width =
            |at: usize| table.iter().map(|line: &Vec<String>| line[at].chars().count()).max();
        (0..table[0].len()).map(|at| width(at).unwrap_or(0)).collect()
    };
    let last = heads.len() + counts.len() - 1;
    let room = |widths: &[usize]| {
        LINE.saturating_sub(widths.iter().map(|width| width + 1).sum::<usize>() + 1)
    };
    let mut lines = table(6);
    if kind == Kind::Category {
        // The words get the remaining width.
        let before: usize = widths(&lines)[..last].iter().map(|width| width + 1).sum();
        lines = table(LINE.saturating_sub(before + longest.min(24) + 2));
    } else if room(&widths(&lines)) < longest.min(SHORTEST) {
        lines = table(5);
    }
    let widths = widths(&lines);
    let name_width = longest.min(room(&widths).max(8));
    let mut text = Vec::new();
    let names = columns.iter().map(|column| column.name.as_str());
    for (name, cells) in std::iter::once(kind.word()).chain(names).zip(&lines) {
        let mut line = format!("{:name_width$}", cut(name, name_width));
        for (at, (cell, &width)) in cells.iter().zip(&widths).enumerate() {
            line += &if at == last { format!("  {cell}") } else { format!(" {cell:>width$}") };
        }
        text.push(line.trim_end().to_string());
    }
    text.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::tests::people;
    use super::*;

    /// `rows` numbers with a bell-shaped distribution: sums of sines, so that they are the same on
    /// every machine.
    fn wave(rows: usize, scale: f64) -> impl Iterator<Item = f64> {
        (0..rows).map(move |row| ((row * row % 97) as f64 / 97.0).powi(2) * scale)
    }

    #[test]
    fn the_figures_are_those_of_numpy() {
        // numpy.random is not needed: x = [1, 2, 2.5, 7, 11]; x.mean(), x.std(ddof=1),
        // numpy.quantile(x, ...).
        let column = Column::numbers("x", [7.0, 1.0, f64::NAN, 2.5, 11.0, 2.0]);
        let summary = Summary::of(&column);
        assert_eq!((summary.count, summary.missing), (5, 1));
        assert_eq!(summary.mean, Some(4.7));
        assert!((summary.std.unwrap() - 4.207_136_793_592_526).abs() < 1e-14);
        assert_eq!(summary.quantiles, Some([1.0, 2.0, 2.5, 7.0, 11.0]));
        assert_eq!(summary.histogram, [2, 1, 0, 0, 0, 1, 0, 0, 1]);
        let two = Summary::of(&Column::numbers("x", [0.0, 1.0]));
        assert_eq!(two.quantiles, Some([0.0, 0.25, 0.5, 0.75, 1.0]));
        let one = Summary::of(&Column::numbers("x", [3.0]));
        assert_eq!((one.std, one.quantiles, one.histogram[4]), (None, Some([3.0; 5]), 1));
        let none = Summary::of(&Column::numbers("x", [f64::NAN]));
        assert_eq!((none.mean, none.quantiles, none.histogram.len()), (None, None, 0));
        let far = Summary::of(&Column::numbers("x", [f64::MAX, f64::MIN, f64::INFINITY]));
        assert!(far.histogram.is_empty());
    }

    #[test]
    fn it_reads_as_a_table() {
        let table = people()
            .with(Column::numbers("income of the household", [12_345.678, -3.0, 1e7, 0.001]))
            .unwrap();
        let expected = "\
4 rows, 5 columns; 4 values are missing

number             count missing  mean   std min   25%  50%   75% max  histogram
age                    3       1 34.33 28.15   8  19.5   31  47.5  64  █  █    █
income of the hou…     4       0 2.5e6   5e6  -3 -0.75 6173 2.5e6 1e7  █       ▃

date count missing        min        50%        max  histogram
born     3       1 1994-08-23 2002-11-09 2016-07-18  █  █    █

yes/no count missing yes no  share of yes
member     3       1   2  1   67 % █████████████▍

category count missing words  most frequent
city         3       1     2  Rome 2, Oslo 1";
        let text = table.describe().to_string();
        assert_eq!(text, expected);
    }

    #[test]
    fn no_line_is_longer_than_80_characters() {
        let long =
            "a name that is longer than any that a reader of tables has patience for".repeat(2);
        for rows in [0, 1, 5, 1000] {
            let words = (0..rows).map(|row| format!("{long} {}", row % 50));
            let table = Table::new([
                Column::numbers(&long, wave(rows, -1.234_567e-9)),
                Column::numbers(
                    "n",
                    wave(rows, 1e300).map(|x| if x > 5e299 { f64::NAN } else { x }),
                ),
                Column::categories("words", words),
                Column::categories(&format!("c{long}"), (0..rows).map(|row| (row % 3).to_string())),
                Column::yes_no(&format!("y{long}"), (0..rows).map(|row| row % 3 == 0)),
                Column::dates(&format!("d{long}"), wave(rows, 20_000.0)),
                Column::dates("far", wave(rows, 1e12)),
            ])
            .unwrap();
            let text = table.describe().to_string();
            let longest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(longest <= 80, "{longest}:\n{text}");
        }
    }
}
