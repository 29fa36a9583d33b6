//! Mean absolute error.

use tensor::Float;
use tensor::simd::vectorize;

#[cfg(test)]
use super::{
    Linear,
    checks::{ByHand, Examples, of},
};
use super::{LinearLoss, LossRows};

/// Mean absolute error: L = Σ |z − t|/N, dL/dz = sign(z − t)/N, 0 where z = t. All errors have the
/// same gradient, so a few outliers among the targets do not dominate.
///
/// As `torch.nn.L1Loss()`, its mean over units and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mae;

/// Returns [`Mae`].
pub fn mae() -> Mae {
    Mae
}

#[diagnostic::do_not_recommend] // the error names what fits
impl<T: Float, const N: usize> LinearLoss<T, N> for Mae {
    const NAME: &'static str = "mean absolute error";

    fn evaluate(&self, rows: LossRows<'_, T, [T; N]>) {
        let LossRows { logits, targets, scale, losses, gradient, smoothing } = rows;
        let targets = targets.as_flattened();
        self.of_units(N, LossRows { logits, targets, scale, losses, gradient, smoothing });
    }
}

impl Mae {
    /// [`Mae`] of rows of `row_units` units, with a target for each.
    #[inline(always)] // so that a declared network's number of units is a constant in it
    pub(super) fn of_units<T: Float>(self, row_units: usize, rows: LossRows<'_, T, T>) {
        let LossRows { logits, targets, scale, losses, gradient, .. } = rows;
        vectorize(|| {
            for ((difference, &z), &t) in gradient.iter_mut().zip(logits).zip(targets) {
                *difference = z - t;
            }
        });
        let units = T::of(row_units as f64);
        for (loss, row) in losses.iter_mut().zip(gradient.chunks_exact(row_units)) {
            *loss = row.iter().fold(T::zero(), |sum, &d| sum + d.abs()) / units;
        }
        let slope = scale / units;
        vectorize(|| gradient.iter_mut().for_each(|d| *d = sign(*d) * slope));
    }
}

/// −1, 0 or 1; NaN of NaN.
#[inline(always)]
fn sign<T: Float>(x: T) -> T {
    match () {
        () if x > T::zero() => T::one(),
        () if x < T::zero() => -T::one(),
        () => x,
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Linear<4>> {
    Examples {
        by_hand: vec![ByHand {
            loss: of(mae()),
            logits: [1.0, 5.0, 0.0, -0.5],
            target: [3.0, 4.0, 0.0, 1.0],
            value: (2.0 + 1.0 + 0.0 + 1.5) / 4.0,
            gradient: [-0.25, 0.25, 0.0, -0.25],
        }],
        pytorch: Ok(vec![("mae", of(mae()))]),
    }
}
