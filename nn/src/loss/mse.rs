//! The mean squared error.

use tensor::Float;
use tensor::simd::vectorize;

use super::LinearLoss;

/// L = Σ (z − t)²/N, dL/dz = 2(z − t)/N: pulls hardest at what is farthest off.
///
/// As `torch.nn.MSELoss()`, its mean over units and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mse;

/// [`Mse`].
pub fn mse() -> Mse {
    Mse
}

#[diagnostic::do_not_recommend] // the error names what fits
impl<T: Float, const N: usize> LinearLoss<T, N> for Mse {
    const NAME: &'static str = "mean squared error";

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
            *loss = row.iter().fold(T::zero(), |sum, &d| sum + d * d) / units;
        }
        let slope = T::of(2.0) * scale / units;
        vectorize(|| gradient.iter_mut().for_each(|d| *d = *d * slope));
    }
}

#[cfg(test)]
mod tests {
    use super::super::check_gradient;
    use super::*;
    use crate::head::Linear;

    #[test]
    fn by_hand() {
        let (mut losses, mut gradient) = ([0.0], [0.0; 2]);
        mse().rows(&[1.0, 5.0], &[[3.0, 4.0]], 0.5, &mut losses, &mut gradient);
        assert_eq!((losses[0], gradient), (2.5, [-1.0, 0.5]));
    }

    #[test]
    fn gradient_against_differences() {
        let logits = [0.3, -1.2, 2.0, 0.5];
        check_gradient::<Linear<2>>(&mse(), &logits, &[[1.0, 0.0], [0.3, 0.4]]);
    }
}
