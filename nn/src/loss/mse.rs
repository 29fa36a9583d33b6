//! Mean squared error.

use tensor::Float;
use tensor::simd::vectorize;

#[cfg(test)]
use super::{
    Linear,
    checks::{ByHand, Examples, of},
};
use super::{LinearLoss, LossRows};

/// Mean squared error: L = Σ (z − t)²/N, dL/dz = 2(z − t)/N. The largest errors have the largest
/// gradients.
///
/// As `torch.nn.MSELoss()`, its mean over units and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mse;

/// Returns [`Mse`].
pub fn mse() -> Mse {
    Mse
}

#[diagnostic::do_not_recommend] // the error names what fits
impl<T: Float, const N: usize> LinearLoss<T, N> for Mse {
    const NAME: &'static str = "mean squared error";

    fn evaluate(&self, rows: LossRows<'_, T, [T; N]>) {
        let LossRows { logits, targets, scale, losses, gradient, smoothing } = rows;
        let targets = targets.as_flattened();
        mse_rows(N, LossRows { logits, targets, scale, losses, gradient, smoothing });
    }
}

/// [`Mse`] of `units` units, with a target for each.
#[inline(always)] // so that a declared network's number of units is a constant in it
pub(crate) fn mse_rows<T: Float>(units: usize, rows: LossRows<'_, T, T>) {
    let LossRows { logits, targets, scale, losses, gradient, .. } = rows;
    let row_units = units;
    vectorize(|| {
        for ((difference, &z), &t) in gradient.iter_mut().zip(logits).zip(targets) {
            *difference = z - t;
        }
    });
    let units = T::of(units as f64);
    for (loss, row) in losses.iter_mut().zip(gradient.chunks_exact(row_units)) {
        *loss = row.iter().fold(T::zero(), |sum, &d| sum + d * d) / units;
    }
    let slope = T::of(2.0) * scale / units;
    vectorize(|| gradient.iter_mut().for_each(|d| *d = *d * slope));
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Linear<4>> {
    Examples {
        by_hand: vec![ByHand {
            loss: of(mse()),
            logits: [1.0, 5.0, 0.0, -0.5],
            target: [3.0, 4.0, 0.0, 0.5],
            value: (4.0 + 1.0 + 0.0 + 1.0) / 4.0,
            gradient: [-1.0, 0.5, 0.0, -0.5],
        }],
        pytorch: Ok(vec![("mse", of(mse()))]),
    }
}
