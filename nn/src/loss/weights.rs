//! Weights of classes or units.

use super::checked;
use crate::head::Class;

/// How much each of `N` classes or units counts.
///
/// Implemented by [`Equal`] and by `[f64; N]`, so that a wrong number of weights is a compile error.
#[diagnostic::on_unimplemented(
    message = "a network of {N} outputs needs {N} weights, one for each",
    label = "a loss with weights of type `{Self}`"
)]
pub trait Weights<const N: usize>: Clone + Send + Sync + 'static {
    /// All 1: what need not be multiplied.
    const EQUAL: bool;

    /// The weight of the class or unit at `index`.
    fn at(&self, index: usize) -> f64;

    /// All of them times `factor`.
    #[must_use]
    fn times(&self, factor: f64) -> Self;

    /// The weights for a batch of rows of these classes, whose losses are divided by their number later on: by the mean of
    /// the rows' weights, so that they are a weighted mean.
    #[must_use]
    fn of_batch<'t>(&self, targets: impl ExactSizeIterator<Item = &'t Class<N>>) -> Self {
        if Self::EQUAL {
            return self.clone();
        }
        let rows = targets.len() as f64;
        let total: f64 = targets.map(|target| self.at(target.index())).sum();
        self.times(if total > 0.0 { rows / total } else { 0.0 })
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

/// `weights`, if all are numbers from 0.
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
