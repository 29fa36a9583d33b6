//! Huber loss: squared near the target, absolute far from it.

use tensor::Float;
use tensor::simd::vectorize;

#[cfg(test)]
use super::{
    Linear,
    checks::{ByHand, Examples, of},
};
use super::{LinearLoss, LossRows, checked};

/// With d = z − t, per unit ½d² where |d| < δ and δ(|d| − ½δ) elsewhere, and the mean over units;
/// dL/dz is d/N clipped to ±δ/N. Differences up to δ are noise, larger ones outliers (Huber 1964).
///
/// As `torch.nn.HuberLoss(delta=δ)`, its mean over units and rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    delta: f64,
}

/// [`Huber`] with this δ.
///
/// # Panics
///
/// If δ is not above 0.
#[track_caller]
pub fn huber(delta: f64) -> Huber {
    Huber {
        delta: checked("delta of the Huber loss", delta, "a number above 0", |delta| delta > 0.0),
    }
}

#[diagnostic::do_not_recommend] // the error names what fits
impl<T: Float, const N: usize> LinearLoss<T, N> for Huber {
    const NAME: &'static str = "Huber loss";

    fn evaluate(&self, rows: LossRows<'_, T, [T; N]>) {
        let LossRows { logits, targets, scale, losses, gradient, smoothing } = rows;
        let targets = targets.as_flattened();
        self.of_units(N, LossRows { logits, targets, scale, losses, gradient, smoothing });
    }
}

impl Huber {
    /// [`Huber`] of rows of `row_units` units, with a target for each.
    #[inline(always)] // so that a declared network's number of units is a constant in it
    pub(super) fn of_units<T: Float>(self, row_units: usize, rows: LossRows<'_, T, T>) {
        let LossRows { logits, targets, scale, losses, gradient, .. } = rows;
        let (delta, half) = (T::of(self.delta), T::of(0.5));
        vectorize(|| {
            for ((difference, &z), &t) in gradient.iter_mut().zip(logits).zip(targets) {
                *difference = z - t;
            }
        });
        let units = T::of(row_units as f64);
        for (loss, row) in losses.iter_mut().zip(gradient.chunks_exact(row_units)) {
            *loss = row.iter().fold(T::zero(), |sum, &d| {
                let distance = d.abs();
                let far = delta * (distance - half * delta);
                sum + if distance < delta { half * d * d } else { far }
            }) / units;
        }
        let slope = scale / units;
        vectorize(|| {
            for d in gradient.iter_mut() {
                let clipped = match () {
                    () if *d > delta => delta,
                    () if *d < -delta => -delta,
                    () => *d,
                };
                *d = clipped * slope;
            }
        });
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Linear<4>> {
    Examples {
        by_hand: vec![
            // 1·(2 − ½), ½·½², 0, and the seam, 1·(1 − ½)
            ByHand {
                loss: of(huber(1.0)),
                logits: [1.0, 4.5, 0.0, -0.5],
                target: [3.0, 4.0, 0.0, 0.5],
                value: (1.5 + 0.125 + 0.0 + 0.5) / 4.0,
                gradient: [-0.25, 0.125, 0.0, -0.25],
            },
            // ¼·(2 − ⅛), ¼·(½ − ⅛), ½·⅛², and the seam, ¼·(¼ − ⅛)
            ByHand {
                loss: of(huber(0.25)),
                logits: [1.0, 4.5, 0.125, 0.25],
                target: [3.0, 4.0, 0.0, 0.5],
                value: (0.46875 + 0.09375 + 0.0078125 + 0.03125) / 4.0,
                gradient: [-0.0625, 0.0625, 0.03125, -0.0625],
            },
        ],
        pytorch: Ok(vec![("huber", of(huber(0.7)))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "delta of the Huber loss: found 0, expected a number above 0")]
    fn delta_zero_is_refused() {
        huber(0.0);
    }
}
