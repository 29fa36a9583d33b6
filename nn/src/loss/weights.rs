//! Weights of classes or units.

use super::checked;
use crate::head::Class;

/// Weights of `N` classes or units.
///
/// Implemented by [`Equal`] and by `[f64; N]`, so that a wrong number of weights is a compile
/// error.
#[diagnostic::on_unimplemented(
    message = "a network of {N} outputs needs {N} weights, one for each",
    label = "a loss with weights of type `{Self}`"
)]
pub trait Weights<const N: usize>: Clone + Send + Sync + 'static {
    /// Whether all weights are 1, so that no multiplication is needed.
    const EQUAL: bool;

    /// The weight of the class or unit at `index`.
    fn at(&self, index: usize) -> f64;

    /// Multiplies all weights by `factor`.
    #[must_use]
    fn times(&self, factor: f64) -> Self;

    /// Appends to `sums` the sum of the class weights over the rows of a batch, each times the
    /// weight of its row. Appends nothing if all classes have the same weight.
    fn add_sum<'t>(&self, targets: impl Iterator<Item = (&'t Class<N>, f64)>, sums: &mut Vec<f64>) {
        if !Self::EQUAL {
            sums.push(targets.map(|(target, weight)| weight * self.at(target.index())).sum());
        }
    }

    /// The weights for a batch of `rows` rows, whose losses are later divided by that number. They
    /// are divided by the mean weight of the rows, so that the result is a weighted mean. The sum
    /// of these weights is taken from the front of `sums`.
    #[must_use]
    fn of_batch(&self, rows: usize, sums: &mut &[f64]) -> Self {
        if Self::EQUAL {
            return self.clone();
        }
        let total = sums.split_off_first().copied().unwrap_or_default();
        self.times(if total > 0.0 { rows as f64 / total } else { 0.0 })
    }
}

/// All weights are 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Equal;

impl<const N: usize> Weights<N> for Equal {
    const EQUAL: bool = true;

    fn at(&self, _index: usize) -> f64 {
        1.0
    }

    fn times(&self, _factor: f64) -> Self {
        Equal
    }
}

impl<const N: usize> Weights<N> for [f64; N] {
    const EQUAL: bool = false;

    fn at(&self, index: usize) -> f64 {
        self[index]
    }

    fn times(&self, factor: f64) -> Self {
        self.map(|weight| weight * factor)
    }
}

/// Returns `weights`, if all are numbers from 0.
///
/// # Panics
///
/// If one is not.
#[track_caller]
pub(super) fn all_checked<const N: usize>(what: &str, weights: [f64; N]) -> [f64; N] {
    for (index, &weight) in weights.iter().enumerate() {
        checked(&format!("{what} {index}"), weight, "a number from 0", |weight| weight >= 0.0);
    }
    weights
}
