//! Precision, recall and F1 of every class.

use std::fmt;

use super::gathered::{Average, Label, Labels};
use super::picture::cut;
use super::{Metric, Observation};
use crate::error::{Error, Result};

/// Precision, recall and F1 of every class, and their means: a [`Metric`] whose value is itself.
///
/// It prints as a table, as scikit-learn's `classification_report`.
///
/// ```
/// use nn::metric::{Observation, ClassReport, Metric};
///
/// let mut report = ClassReport::default();
/// report.observe(&Observation::of_class(&[0.9, 0.1], 0)?)?;
/// report.observe(&Observation::of_class(&[0.7, 0.3], 1)?)?;
/// assert_eq!(report.class(0).map(|class| class.precision), Some(Some(0.5)));
/// println!("{report}");
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassReport {
    names: Vec<String>,
    labels: Labels,
}

/// One row of a [`ClassReport`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ClassScores {
    /// See [`Precision`](super::Precision).
    pub precision: Option<f64>,
    /// See [`Recall`](super::Recall).
    pub recall: Option<f64>,
    /// See [`F1`](super::F1).
    pub f1: Option<f64>,
    /// The number of rows of the class, or the sum of their weights.
    pub support: f64,
}

impl ClassReport {
    /// A report with names of the classes, which appear in the table.
    pub fn named<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        ClassReport { names, ..Self::default() }
    }

    /// The scores of the class with this number, or `None` if there is no such class.
    pub fn class(&self, class: usize) -> Option<ClassScores> {
        (class < self.labels.0.len()).then(|| self.scores(Average::Of(class)))
    }

    /// The scores of all classes, in order.
    pub fn by_class(&self) -> Vec<ClassScores> {
        (0..self.labels.0.len()).map(|class| self.scores(Average::Of(class))).collect()
    }

    fn scores(&self, average: Average) -> ClassScores {
        let labels = &self.labels;
        let supports = labels.0.iter().map(|label| label.support());
        ClassScores {
            precision: labels.average(average, Label::precision),
            recall: labels.average(average, Label::recall),
            f1: labels.average(average, Label::f1),
            support: match average {
                Average::Of(class) => labels.0.get(class).map_or(0.0, |label| label.support()),
                _ => supports.sum(),
            },
        }
    }
}

impl Metric for ClassReport {
    type Value = ClassReport;
    const NAME: &'static str = "class report";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        self.labels.observe(row)?;
        let (classes, names) = (self.labels.0.len(), self.names.len());
        if names != 0 && names != classes {
            return Err(Error::value(
                "number of class names",
                names.to_string(),
                classes.to_string(),
                "give one name for each class",
            ));
        }
        Ok(())
    }

    fn finish(self) -> Self {
        self
    }
}

/// A table of at most 80 columns.
impl fmt::Display for ClassReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// The longest name that leaves space for four numbers.
        const LONGEST: usize = 32;
        let name = |class: usize| match self.names.get(class) {
            Some(name) => cut(name, LONGEST),
            None => class.to_string(),
        };
        let names = (0..self.labels.0.len()).map(|class| name(class).chars().count());
        let width = names.max().unwrap_or(0).max("weighted".len());
        write!(f, "{:width$}  precision     recall         F1    support", "class")?;
        let mut line = |name: &str, scores: ClassScores| {
            let number = |x: Option<f64>| x.map_or_else(|| "-".to_string(), |x| format!("{x:.4}"));
            let ClassScores { precision, recall, f1, support } = scores;
            let support = match support {
                support if support.fract() == 0.0 && support < 1e10 => format!("{support:.0}"),
                support if support < 1e7 => format!("{support:.2}"),
                support => format!("{support:.3e}"),
            };
            let [precision, recall, f1] = [precision, recall, f1].map(number);
            write!(f, "\n{name:width$} {precision:>10} {recall:>10} {f1:>10} {support:>10}")
        };
        for (class, &scores) in self.by_class().iter().enumerate() {
            line(&name(class), scores)?;
        }
        for (name, average) in
            [("macro", Average::Macro), ("micro", Average::Micro), ("weighted", Average::Weighted)]
        {
            line(name, self.scores(average))?;
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, decisions};

    let rows = decisions::<3>(&[(0, 0), (0, 0), (0, 1), (1, 1)]);
    let all = ClassReport::default;
    vec![
        Example::of(all, &rows, |report| report.class(0)?.precision, Some(2.0 / 3.0)),
        Example::of(all, &rows, |report| report.class(1)?.recall, Some(0.5)),
        Example::of(all, &rows, |report| report.class(2)?.f1, None),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::checks::{decisions, fits_80_columns};
    use super::*;

    #[test]
    fn it_reads_as_a_table() {
        let mut report = ClassReport::named(["cat", "dog", "fox"]);
        for row in decisions::<3>(&[(0, 0), (0, 0), (0, 1), (1, 1)]) {
            report.observe(&row).unwrap();
        }
        let expected = "\
class     precision     recall         F1    support
cat          0.6667     1.0000     0.8000          2
dog          1.0000     0.5000     0.6667          2
fox               -          -          -          0
macro        0.8333     0.7500     0.7333          4
micro        0.7500     0.7500     0.7500          4
weighted     0.8333     0.7500     0.7333          4";
        assert_eq!(report.to_string(), expected);
        report.names = vec!["x".repeat(100); 3];
        fits_80_columns(&report);
    }
}
