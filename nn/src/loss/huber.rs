//! Huber's loss: squared near the target, absolute far from it.

use tensor::Float;
use tensor::simd::vectorize;

use super::{LinearLoss, checked};

/// With d = z − t, per unit ½d² where |d| < δ and δ(|d| − ½δ) elsewhere, and the mean over units; dL/dz is
/// d/N clipped to ±δ/N. Differences up to δ are noise, larger ones outliers (Huber 1964).
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

    fn rows(
        &self,
        logits: &[T],
        targets: &[[T; N]],
        scale: T,
        losses: &mut [T],
        gradient: &mut [T],
    ) {
        let targets = targets.as_flattened();
        let (delta, half) = (T::of(self.delta), T::of(0.5));
        vectorize(|| {
            for ((difference, &z), &t) in gradient.iter_mut().zip(logits).zip(targets) {
                *difference = z - t;
            }
        });
        let units = T::of(N as f64);
        for (loss, row) in losses.iter_mut().zip(gradient.chunks_exact(N)) {
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
mod tests {
    use super::super::check_gradient;
    use super::*;
    use crate::head::Linear;

    #[test]
    fn by_hand() {
        let (mut losses, mut gradient) = ([0.0; 2], [0.0; 4]);
        let targets = [[3.0, 4.0], [0.0, 0.5]];
        huber(1.0).rows(&[1.0, 4.5, 0.0, -0.5], &targets, 1.0, &mut losses, &mut gradient);
        // 1·(2 − ½) and ½·½²; 0 and the seam, 1·(1 − ½).
        assert_eq!(losses, [(1.5 + 0.125) / 2.0, 0.5 / 2.0]);
        assert_eq!(gradient, [-0.5, 0.25, 0.0, -0.5]);
        // As `torch.nn.HuberLoss(delta=0.25)`: 0.25·(2 − 0.125) and 0.25·(0.5 − 0.125).
        huber(0.25).rows(&[1.0, 4.5], &[[3.0, 4.0]], 1.0, &mut losses[..1], &mut gradient[..2]);
        assert_eq!((losses[0], gradient[1]), ((0.46875 + 0.09375) / 2.0, 0.125));
    }

    #[test]
    fn gradient_against_differences() {
        let logits = [0.3, -1.2, 2.0, 0.5];
        let targets = [[1.0, 0.0], [0.3, 0.4]];
        check_gradient::<Linear<2>>(&huber(0.6), &logits, &targets);
        check_gradient::<Linear<2>>(&huber(3.0), &logits, &targets);
    }

    #[test]
    fn nan_is_not_swallowed() {
        let (mut losses, mut gradient) = ([0.0], [0.0]);
        huber(1.0).rows(&[f64::NAN], &[[0.0]], 1.0, &mut losses, &mut gradient);
        assert!(losses[0].is_nan() && gradient[0].is_nan());
    }

    #[test]
    #[should_panic(expected = "delta of the Huber loss: found 0, expected a number above 0")]
    fn delta_zero_is_refused() {
        huber(0.0);
    }
}
