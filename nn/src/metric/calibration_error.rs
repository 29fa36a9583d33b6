//! Expected calibration error: whether predicted probabilities match observed frequencies.

use super::gathered::Mean;
use super::{Metric, Observation};
use crate::error::{Error, Result};

/// The expected calibration error, from 0 to 1; lower is better.
///
/// Σ (weight of a bin / weight of all)·|accuracy − mean confidence| over bins of equal width of the
/// confidence, which is the probability of the predicted class, or of the predicted outcome of an
/// event (C. Guo et al., "On calibration of modern neural networks", 2017). A bin is open below and
/// closed above. `None` without rows. [`Calibration`](super::Calibration) draws it.
#[derive(Clone, Debug, PartialEq)]
pub struct CalibrationError {
    bins: Vec<Bin>,
}

/// The rows of one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Bin {
    pub(super) right: Mean,
    pub(super) confidence: Mean,
}

impl CalibrationError {
    /// With this many bins; the default is 15.
    ///
    /// # Panics
    ///
    /// If `bins` is 0.
    #[track_caller]
    pub fn with_bins(bins: usize) -> Self {
        assert!(bins > 0, "calibration error: found 0 bins, expected at least 1");
        CalibrationError { bins: vec![Bin::default(); bins] }
    }

    /// The bins, lowest confidence first.
    pub(super) fn bins(&self) -> &[Bin] {
        &self.bins
    }

    /// The value over the rows so far.
    pub(super) fn value(&self) -> Option<f64> {
        let mut mean = Mean::default();
        for bin in &self.bins {
            if let (Some(right), Some(confidence)) = (bin.right.value(), bin.confidence.value()) {
                mean.add((right - confidence).abs(), bin.right.weight());
            }
        }
        mean.value()
    }
}

impl Default for CalibrationError {
    /// 15 bins.
    fn default() -> Self {
        CalibrationError::with_bins(15)
    }
}

impl Metric for CalibrationError {
    type Value = Option<f64>;
    const NAME: &'static str = "calibration error";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        let decision = row.decision()?;
        let confidence = match row.outputs()? {
            &[p] if decision.classes == 2 => p.max(1.0 - p),
            outputs => outputs[decision.chosen],
        };
        // Rounding may leave a sum of probabilities a little above 1.
        if !(0.0..=1.0 + 1e-5).contains(&confidence) {
            return Err(Error::value(
                "confidence",
                confidence.to_string(),
                "a probability, from 0 to 1",
                "calibration is a property of models that end in softmax or sigmoid",
            ));
        }
        let bins = self.bins.len();
        let at = ((confidence * bins as f64).ceil() as usize).clamp(1, bins) - 1;
        let right = f64::from(decision.chosen == decision.actual);
        self.bins[at].right.add(right, row.weight());
        self.bins[at].confidence.add(confidence, row.weight());
        Ok(())
    }

    fn finish(self) -> Option<f64> {
        self.value()
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, class, events};

    let all = || CalibrationError::with_bins(4);
    let of = |p, t| class(&[1.0 - p, p], t);
    vec![
        // (½, ¾]: two rows of confidence ¾, one correct; (¾, 1]: one of confidence 0.9, correct.
        Example::new(all, &[of(0.75, 1), of(0.75, 0), of(0.1, 0)], Some((2.0 * 0.25 + 0.1) / 3.0)),
        Example::new(all, &[events(&[0.25], &[0.0]), events(&[0.25], &[1.0])], Some(0.25)),
        Example::new(CalibrationError::default, &[of(1.0, 1)], Some(0.0)),
    ]
}
