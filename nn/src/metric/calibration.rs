//! The reliability diagram: accuracy over confidence.

use std::fmt;

use super::calibration_error::CalibrationError;
use super::picture::bar;
use super::{Metric, Observation};
use crate::error::Result;

/// Confidence and accuracy, bin by bin: a [`Metric`] whose value is a [`Reliability`]. It is the
/// diagram of [`CalibrationError`](super::CalibrationError).
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    error: CalibrationError,
}

/// The value of [`Calibration`]. It prints as a picture of at most 80 columns.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reliability {
    /// The bins, lowest confidence first.
    pub bins: Vec<ReliabilityBin>,
    /// The calibration error; `None` without rows.
    pub error: Option<f64>,
}

/// The rows of similar confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReliabilityBin {
    /// Their number, or the sum of their weights.
    pub weight: f64,
    /// Their mean confidence; `None` if there are none.
    pub confidence: Option<f64>,
    /// The fraction of them predicted correctly; `None` if there are none.
    pub accuracy: Option<f64>,
}

impl Calibration {
    /// With this many bins; the default is 10.
    ///
    /// # Panics
    ///
    /// If `bins` is 0.
    #[track_caller]
    pub fn with_bins(bins: usize) -> Self {
        Calibration { error: CalibrationError::with_bins(bins) }
    }
}

impl Default for Calibration {
    /// 10 bins.
    fn default() -> Self {
        Calibration::with_bins(10)
    }
}

impl Metric for Calibration {
    type Value = Reliability;
    const NAME: &'static str = "calibration";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        self.error.observe(row)
    }

    fn finish(self) -> Reliability {
        let bins = self.error.bins().iter().map(|bin| ReliabilityBin {
            weight: bin.right.weight(),
            confidence: bin.confidence.value(),
            accuracy: bin.right.value(),
        });
        Reliability { bins: bins.collect(), error: self.error.value() }
    }
}

/// A picture of at most 80 columns: a bar as long as the accuracy, and `|` at the mean confidence.
impl fmt::Display for Reliability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WIDTH: usize = 40;
        match self.error {
            Some(error) => write!(f, "calibration error {error:.4}")?,
            None => write!(f, "calibration: no rows")?,
        }
        write!(f, "\nconfidence         rows  right  accuracy as a bar, | is the mean confidence")?;
        let count = self.bins.len() as f64;
        for (at, bin) in self.bins.iter().enumerate() {
            let (low, high) = (at as f64 / count, (at + 1) as f64 / count);
            let (Some(confidence), Some(accuracy)) = (bin.confidence, bin.accuracy) else {
                continue;
            };
            let mut bar: Vec<char> = format!("{:WIDTH$}", bar(accuracy, WIDTH)).chars().collect();
            bar[((confidence * WIDTH as f64) as usize).min(WIDTH - 1)] = '|';
            let bar: String = bar.into_iter().collect();
            let weight = match bin.weight {
                weight if weight < 1e9 && weight.fract() == 0.0 => format!("{weight:.0}"),
                weight => format!("{weight:.3e}"),
            };
            write!(f, "\n{low:.3}-{high:.3} {weight:>11} {accuracy:>6.3}  {}", bar.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, class};

    let all = || Calibration::with_bins(4);
    let of = |p, t| class(&[1.0 - p, p], t);
    let rows = [of(0.75, 1), of(0.75, 0), of(0.1, 0)];
    vec![
        Example::of(all, &rows, |r| r.bins[2].accuracy, Some(0.5)),
        Example::of(all, &rows, |r| r.bins[3].confidence, Some(0.9)),
        Example::of(all, &rows, |r| r.bins[0].accuracy, None),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::checks::{class, fits_80_columns};
    use super::*;

    #[test]
    fn it_is_a_picture() {
        let mut calibration = Calibration::with_bins(4);
        for (p, t) in [(0.7, 1), (0.7, 0), (0.1, 0), (1.0, 1)] {
            calibration.observe(&class(&[1.0 - p, p], t)).unwrap();
        }
        let found = calibration.finish();
        fits_80_columns(&found);
        let expected = "\
calibration error 0.1250
confidence         rows  right  accuracy as a bar, | is the mean confidence
0.500-0.750           2  0.500  ████████████████████        |
0.750-1.000           2  1.000  ██████████████████████████████████████|█";
        assert_eq!(found.to_string(), expected);
        fits_80_columns(&Calibration::default().finish());
    }
}
