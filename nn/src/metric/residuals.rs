//! The distribution of the errors.

use std::fmt;

use super::picture::bar;
use super::{Metric, Observation};
use crate::error::Result;

/// The errors y − t of numbers, all outputs together: a [`Metric`] whose value is itself.
///
/// It prints as a histogram of at most 80 columns, with mean, standard deviation and quantiles.
/// Weights do not affect the histogram, except that rows of weight 0 are left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Residuals {
    errors: Vec<f64>,
}

impl Residuals {
    /// All errors, in the order of the rows.
    pub fn errors(&self) -> &[f64] {
        &self.errors
    }

    /// The error below which a fraction `share` of all errors lies, interpolated linearly; `None`
    /// without rows.
    ///
    /// # Panics
    ///
    /// If `share` is not from 0 to 1.
    #[track_caller]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let allowed = (0.0..=1.0).contains(&share);
        assert!(allowed, "quantile: found {share}, expected a number from 0 to 1");
        quantile(&self.sorted(), share)
    }

    /// The mean error, positive if outputs are too large; `None` without rows.
    pub fn mean(&self) -> Option<f64> {
        let count = self.errors.len() as f64;
        (count > 0.0).then(|| self.errors.iter().map(|error| error / count).sum())
    }

    /// The standard deviation of the errors, √(mean (e − ē)²); `None` without rows.
    pub fn deviation(&self) -> Option<f64> {
        let mean = self.mean()?;
        let squares = self.errors.iter().map(|error| (error - mean).powi(2));
        Some((squares.sum::<f64>() / self.errors.len() as f64).sqrt())
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.errors.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted
    }
}

fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}

impl Metric for Residuals {
    type Value = Residuals;
    const NAME: &'static str = "residuals";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        let (outputs, targets) = row.numbers()?;
        if row.weight() > 0.0 {
            self.errors.extend(outputs.iter().zip(targets).map(|(y, t)| y - t));
        }
        Ok(())
    }

    fn finish(self) -> Self {
        self
    }
}

/// A histogram of at most 80 columns.
impl fmt::Display for Residuals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const BINS: usize = 15;
        const WIDTH: usize = 40;
        let sorted = self.sorted();
        let (Some(mean), Some(deviation)) = (self.mean(), self.deviation()) else {
            return write!(f, "residuals: no rows");
        };
        let [low, first, median, third, high] =
            [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| quantile(&sorted, share).unwrap_or(0.0));
        writeln!(
            f,
            "{} residuals (output - target), mean {mean:.4e}, std {deviation:.4e}",
            sorted.len()
        )?;
        write!(f, "quartiles {low:.3e} | {first:.3e} | {median:.3e} | {third:.3e} | {high:.3e}")?;
        // Halved first, because the difference of two numbers may overflow.
        let width = (high / 2.0 - low / 2.0) / BINS as f64 * 2.0;
        let mut counts = [0_usize; BINS];
        for error in &sorted {
            let at = if width > 0.0 { ((error - low) / width) as usize } else { BINS / 2 };
            counts[at.min(BINS - 1)] += 1;
        }
        let most = counts.iter().copied().max().unwrap_or(1).max(1);
        for (at, count) in counts.into_iter().enumerate() {
            let middle = low + (at as f64 + 0.5) * width;
            let bar = bar(count as f64 / most as f64, WIDTH);
            let line = format!("{middle:>12.3e} {count:>10}  {bar}");
            write!(f, "\n{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, numbers};

    let rows = [numbers(&[1.0, 2.0], &[0.0, 4.0]), numbers(&[3.0, 5.0], &[0.0, 5.0])];
    vec![
        Example::of(Residuals::default, &rows, |r| r.mean(), Some(0.5)),
        Example::of(Residuals::default, &rows, |r| r.quantile(0.5), Some(0.5)),
        Example::of(Residuals::default, &rows, |r| r.deviation(), Some((13.0_f64 / 4.0).sqrt())),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::checks::{fits_80_columns, numbers};
    use super::*;

    fn of(errors: &[f64]) -> Residuals {
        let mut residuals = Residuals::default();
        errors.iter().for_each(|&e| residuals.observe(&numbers(&[e], &[0.0])).unwrap());
        residuals
    }

    #[test]
    fn it_is_a_histogram() {
        let errors: Vec<f64> = (0..300).map(|i| f64::from(i * i % 91) - 30.0).collect();
        let text = of(&errors).to_string();
        fits_80_columns(&text);
        assert_eq!(text.lines().count(), 17, "{text}");
        assert!(text.contains(&"█".repeat(40)), "{text}");
        for errors in [&[][..], &[1.0], &[-1e300, 1e300], &[f64::MAX, f64::MIN], &[0.0; 9]] {
            fits_80_columns(&of(errors));
        }
    }
}
