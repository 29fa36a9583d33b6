//! The confusion matrix: how often each class is predicted as each other.

use std::fmt;

use super::picture::cut;
use super::{Metric, Observation};
use crate::error::{Error, Result};

/// How many rows of each class were predicted as each class.
///
/// As a [`Metric`] its value is itself. It prints as a table of at most 80 columns: a row for each
/// true class, a column for each predicted one, and the recall of each class. Many classes are
/// printed in several parts.
///
/// ```
/// use nn::metric::{Observation, ConfusionMatrix, Metric};
///
/// let mut matrix = ConfusionMatrix::named(["cat", "dog"]);
/// for (dog, class) in [(0.1, 0), (0.9, 1), (0.3, 1)] {
///     matrix.observe(&Observation::of_class(&[1.0 - dog, dog], class)?)?;
/// }
/// assert_eq!(matrix.count(1, 0), 1.0); // a dog that was predicted as a cat
/// println!("{matrix}");
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfusionMatrix {
    names: Vec<String>,
    classes: usize,
    /// Row by row, `[actual, chosen]`.
    counts: Vec<f64>,
}

impl ConfusionMatrix {
    /// A matrix with names of the classes, which appear in the table.
    pub fn named<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        ConfusionMatrix { names, ..Self::default() }
    }

    /// The number of classes; 0 before the first row.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The number of rows of the class `actual` that were predicted as `chosen`, or the sum of
    /// their weights. 0 if there is no such class.
    pub fn count(&self, actual: usize, chosen: usize) -> f64 {
        if actual.max(chosen) < self.classes {
            self.counts[actual * self.classes + chosen]
        } else {
            0.0
        }
    }

    /// The fraction of the rows of a class that were predicted correctly; `None` if there are no
    /// such rows.
    pub fn recall(&self, class: usize) -> Option<f64> {
        let rows: f64 = (0..self.classes).map(|chosen| self.count(class, chosen)).sum();
        (rows > 0.0).then(|| self.count(class, class) / rows)
    }

    /// The most frequent confusion of two different classes: (actual, chosen, count). `None` if
    /// every row is correct.
    pub fn worst(&self) -> Option<(usize, usize, f64)> {
        let pairs = (0..self.classes).flat_map(|a| (0..self.classes).map(move |b| (a, b)));
        let wrong = pairs.filter(|(a, b)| a != b).map(|(a, b)| (a, b, self.count(a, b)));
        let worst = |best: (usize, usize, f64), next: (usize, usize, f64)| {
            if next.2 > best.2 { next } else { best }
        };
        wrong.reduce(worst).filter(|worst| worst.2 > 0.0)
    }

    /// The weight of all rows, and of the rows predicted correctly.
    fn total(&self) -> (f64, f64) {
        (self.counts.iter().sum(), (0..self.classes).map(|class| self.count(class, class)).sum())
    }
}

impl Metric for ConfusionMatrix {
    type Value = ConfusionMatrix;
    const NAME: &'static str = "confusion matrix";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        let decision = row.decision()?;
        let (classes, names) = (decision.classes, self.names.len());
        if self.classes == 0 && (names == 0 || names == classes) {
            self.classes = classes;
            self.counts = vec![0.0; classes * classes];
        }
        if self.classes != classes {
            let (what, found) = match self.classes {
                0 => ("number of class names", names),
                before => ("number of classes in earlier rows", before),
            };
            let advice = "give one name for each class, and measure one model at a time";
            return Err(Error::value(what, found.to_string(), classes.to_string(), advice));
        }
        self.counts[decision.actual * classes + decision.chosen] += row.weight();
        Ok(())
    }

    fn finish(self) -> Self {
        self
    }
}

/// A table of at most 80 columns.
impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Columns for the numbers of the predicted classes.
        const ROOM: usize = 80 - " recall".len();
        if self.classes == 0 {
            return write!(f, "confusion matrix: no rows");
        }
        let is_whole = self.counts.iter().all(|count| count.fract() == 0.0 && *count < 1e15);
        let number = |count: f64| match count {
            0.0 => "·".to_string(),
            _ if is_whole => format!("{count:.0}"),
            _ if count.abs() >= 1e7 => format!("{count:.1e}"),
            _ => format!("{count:.2}"),
        };
        let digits = (self.classes - 1).to_string().len();
        let longest = self.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let name_width = longest.min(16);
        let label = |class: usize| match self.names.get(class) {
            Some(name) => format!("{class:>digits$} {:<name_width$}", cut(name, name_width)),
            None => format!("{class:>digits$}"),
        };
        let label_width = label(0).chars().count().max("actual".len());
        let cells = self.counts.iter().map(|&count| number(count).chars().count());
        let width = cells.max().unwrap_or(1).max(digits).max(3) + 1;
        let at_once = ((ROOM - label_width) / width).max(1);
        let (all, right) = self.total();
        let share = if all > 0.0 { format!(", {:.4} right", right / all) } else { String::new() };
        writeln!(
            f,
            "{} rows{share}; rows: true class, columns: predicted",
            number(all).replace('·', "0")
        )?;
        for start in (0..self.classes).step_by(at_once) {
            let columns = start..self.classes.min(start + at_once);
            let is_last = columns.end == self.classes;
            write!(f, "{:label_width$}", "actual")?;
            columns.clone().try_for_each(|class| write!(f, "{class:>width$}"))?;
            writeln!(f, "{}", if is_last { " recall" } else { "" })?;
            for actual in 0..self.classes {
                write!(f, "{:label_width$}", label(actual))?;
                for chosen in columns.clone() {
                    write!(f, "{:>width$}", number(self.count(actual, chosen)))?;
                }
                match self.recall(actual) {
                    Some(recall) if is_last => writeln!(f, "{recall:>7.3}")?,
                    None if is_last => writeln!(f, "{:>7}", "-")?,
                    _ => writeln!(f)?,
                }
            }
        }
        if let Some((actual, chosen, count)) = self.worst() {
            let of = |class: usize| {
                self.names.get(class).map_or(class.to_string(), |name| cut(name, 24))
            };
            write!(f, "worst: {} predicted as {}, {}", of(actual), of(chosen), number(count))?;
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, decisions};

    let rows = decisions::<3>(&[(0, 0), (1, 0), (1, 0), (2, 2)]);
    vec![
        Example::of(ConfusionMatrix::default, &rows, |m| m.worst().map(|w| w.2), Some(2.0)),
        Example::of(ConfusionMatrix::default, &rows, |m| m.recall(0), Some(1.0 / 3.0)),
        Example::of(ConfusionMatrix::default, &rows, |m| m.recall(1), None),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::checks::{decisions, fits_80_columns};
    use super::*;

    fn of<const N: usize>(mut matrix: ConfusionMatrix, rows: &[(usize, usize)]) -> ConfusionMatrix {
        for row in decisions::<N>(rows) {
            matrix.observe(&row).unwrap();
        }
        matrix
    }

    #[test]
    fn it_reads_as_a_table() {
        let rows = [(0, 0), (0, 0), (1, 0), (1, 1), (2, 1)];
        let matrix =
            of::<3>(ConfusionMatrix::named(["cat", "dog", "a very long name indeed"]), &rows);
        let expected = "\
5 rows, 0.6000 right; rows: true class, columns: predicted
actual               0   1   2 recall
0 cat                2   1   ·  0.667
1 dog                ·   1   1  0.500
2 a very long nam…   ·   ·   ·      -
worst: cat predicted as dog, 1";
        assert_eq!(matrix.to_string(), expected);
        assert_eq!(ConfusionMatrix::default().to_string(), "confusion matrix: no rows");
    }

    #[test]
    fn many_classes_fit_in_80_columns() {
        let rows: Vec<(usize, usize)> = (0..2000).map(|i| (i * 7 % 40, i % 40)).collect();
        let matrix = of::<40>(ConfusionMatrix::default(), &rows);
        fits_80_columns(&matrix);
        let names = (0..40).map(|class| format!("a class with the long name {class}"));
        fits_80_columns(&of::<40>(ConfusionMatrix::named(names), &rows));
        let mut large = ConfusionMatrix::default();
        let row = || decisions::<2>(&[(0, 1)])[0].clone();
        large.observe(&row().weighted(1e300).unwrap()).unwrap();
        large.observe(&row().weighted(0.123).unwrap()).unwrap();
        fits_80_columns(&large);
    }

    #[test]
    fn names_that_are_not_as_many_as_classes_are_refused() {
        let row = &decisions::<3>(&[(0, 0)])[0];
        let error = ConfusionMatrix::named(["a", "b"]).observe(row).unwrap_err().to_string();
        assert!(
            error.starts_with("number of class names: found 2, expected 3; give one"),
            "{error}"
        );
        let mut matrix = of::<2>(ConfusionMatrix::default(), &[(0, 0)]);
        assert!(matrix.observe(row).is_err());
    }
}
