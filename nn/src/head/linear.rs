//! Numbers of any size.

use tensor::Float;
use tensor::simd::vectorize;

use super::Head;

/// `N` numbers, trained with the mean squared error: L = Σ (z − t)²/N, dL/dz = 2(z − t)/N.
#[derive(Debug)]
pub struct Linear<const N: usize>;

impl<T: Float, const N: usize> Head<T> for Linear<N> {
    type Target = [T; N];

    const UNITS: usize = N;
    const NAME: &'static str = "linear";
    const LOSS: &'static str = "mean squared error";

    fn activate(_logits: &mut [T]) {}

    fn loss(logits: &[T], targets: &[[T; N]], scale: T, losses: &mut [T], gradient: &mut [T]) {
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

    fn is_right(_logits: &[T], _target: &[T; N]) -> Option<bool> {
        None
    }

    fn example_target(mut random: impl FnMut() -> f64) -> [T; N] {
        std::array::from_fn(|_| T::of(random() * 2.0 - 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::super::check_gradient;
    use super::*;

    #[test]
    fn loss_by_hand() {
        let (mut losses, mut gradient) = ([0.0], [0.0; 2]);
        Linear::<2>::loss(&[1.0, 5.0], &[[3.0, 4.0]], 0.5, &mut losses, &mut gradient);
        assert_eq!((losses[0], gradient), (2.5, [-1.0, 0.5]));
    }

    #[test]
    fn gradient_against_differences() {
        let logits = [0.3, -1.2, 2.0, 0.5];
        check_gradient::<Linear<2>>(&logits, &[[1.0, 0.0], [0.3, 0.4]]);
    }
}
