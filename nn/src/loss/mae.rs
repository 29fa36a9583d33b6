//! The mean absolute error.

use tensor::Float;
use tensor::simd::vectorize;

use super::LinearLoss;

/// L = Σ |z − t|/N, dL/dz = sign(z − t)/N, 0 where z = t: pulls alike at everything, so that a few
/// targets that are far off do not decide.
///
/// As `torch.nn.L1Loss()`, its mean over units and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mae;

/// [`Mae`].
pub fn mae() -> Mae {
    Mae
}

#[diagnostic::do_not_recommend] // the error names what fits
impl<T: Float, const N: usize> LinearLoss<T, N> for Mae {
    const NAME: &'static str = "mean absolute error";

    fn rows(
        &self,
        logits: &[T],
        targets: &[[T; N]],
        scale: T,
        losses: &mut [T],
        gradient: &mut [T],
    ) {
        let targets = targets.as_flattened();
        vectorize(|| {
            for ((difference, &z), &t) in gradient.iter_mut().zip(logits).zip(targets) {
                *difference = z - t;
            }
        });
        let units = T::of(N as f64);
        for (loss, row) in losses.iter_mut().zip(gradient.chunks_exact(N)) {
            *loss = row.iter().fold(T::zero(), |sum, &d| sum + d.abs()) / units;
        }
        let slope = scale / units;
        vectorize(|| gradient.iter_mut().for_each(|d| *d = sign(*d) * slope));
    }
}

/// −1, 0 or 1; NaN of NaN.
#[inline(always)]
pub(super) fn sign<T: Float>(x: T) -> T {
    match () {
        () if x > T::zero() => T::one(),
        () if x < T::zero() => -T::one(),
        () => x,
    }
}

#[cfg(test)]
mod tests {
    use super::super::check_gradient;
    use super::*;
    use crate::head::Linear;

    #[test]
    fn by_hand() {
        let (mut losses, mut gradient) = ([0.0; 2], [9.0; 4]);
        let targets = [[3.0, 4.0], [0.0, 0.5]];
        mae().rows(&[1.0, 5.0, 0.0, -0.5], &targets, 0.5, &mut losses, &mut gradient);
        assert_eq!((losses, gradient), ([1.5, 0.5], [-0.25, 0.25, 0.0, -0.25]));
    }

    #[test]
    fn gradient_against_differences() {
        let logits = [0.3, -1.2, 2.0, 0.5];
        check_gradient::<Linear<2>>(&mae(), &logits, &[[1.0, 0.0], [0.3, 0.4]]);
    }

    #[test]
    fn nan_is_not_swallowed() {
        let (mut losses, mut gradient) = ([0.0], [0.0]);
        mae().rows(&[f64::NAN], &[[0.0]], 1.0, &mut losses, &mut gradient);
        assert!(losses[0].is_nan() && gradient[0].is_nan());
    }
}
