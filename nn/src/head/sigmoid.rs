//! Probabilities of independent events.

use tensor::activation::{self, Activation};
use tensor::simd::vectorize;
use tensor::{Float, math};

use super::Head;

/// `N` independent yes-or-no questions: p = σ(z), trained with binary cross-entropy against
/// probabilities t in 0..=1.
///
/// L = mean over units of max(z, 0) − z·t + ln(1 + e^−|z|), which is −t ln p − (1−t) ln(1−p) without its
/// overflow; dL/dz = (σ(z) − t)/N.
#[derive(Debug)]
pub struct Sigmoid<const N: usize>;

impl<T: Float, const N: usize> Head<T> for Sigmoid<N> {
    type Target = [T; N];

    const UNITS: usize = N;
    const NAME: &'static str = "sigmoid";
    const LOSS: &'static str = "binary cross-entropy";

    fn activate(logits: &mut [T]) {
        activation::Sigmoid.forward(logits);
    }

    fn loss(logits: &[T], targets: &[[T; N]], scale: T, losses: &mut [T], gradient: &mut [T]) {
        let targets = targets.as_flattened();
        let units = T::of(N as f64);
        // max(z, 0) + ln(1 + e^−|z|) is softplus(z).
        vectorize(|| {
            for ((value, &z), &t) in gradient.iter_mut().zip(logits).zip(targets) {
                *value = math::softplus(z) - z * t;
            }
        });
        for (loss, row) in losses.iter_mut().zip(gradient.chunks_exact(N)) {
            *loss = row.iter().fold(T::zero(), |sum, &value| sum + value) / units;
        }
        let scale = scale / units;
        vectorize(|| {
            for ((slope, &z), &t) in gradient.iter_mut().zip(logits).zip(targets) {
                *slope = (math::sigmoid(z) - t) * scale;
            }
        });
    }

    /// Right if every unit is on the side of ½ where its target is.
    fn is_right(logits: &[T], target: &[T; N]) -> Option<bool> {
        let half = T::of(0.5);
        Some(logits.iter().zip(target).all(|(&z, &t)| (z > T::zero()) == (t > half)))
    }

    fn example_target(mut random: impl FnMut() -> f64) -> [T; N] {
        std::array::from_fn(|_| T::of(random().round()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::check_gradient;
    use super::*;

    #[test]
    fn loss_by_hand() {
        let (mut losses, mut gradient) = ([0.0_f64], [0.0; 2]);
        // p = ½ and ¾
        let logits = [0.0, 3.0_f64.ln()];
        Sigmoid::<2>::loss(&logits, &[[1.0, 0.0]], 1.0, &mut losses, &mut gradient);
        let expected = (2.0_f64.ln() + 4.0_f64.ln()) / 2.0;
        assert!((losses[0] - expected).abs() < 1e-15);
        assert!((gradient[0] + 0.25).abs() < 1e-15 && (gradient[1] - 0.375).abs() < 1e-15);
    }

    #[test]
    fn gradient_against_differences() {
        let logits = [0.3, -1.2, 2.0, 0.5, 4.0, -3.0];
        check_gradient::<Sigmoid<3>>(&logits, &[[1.0, 0.0, 0.3], [0.0, 1.0, 1.0]]);
    }

    #[test]
    fn logits_of_a_hundred_stay_finite() {
        let (mut losses, mut gradient) = ([0.0_f32], [0.0; 2]);
        Sigmoid::<2>::loss(&[100.0, -100.0], &[[0.0, 1.0]], 1.0, &mut losses, &mut gradient);
        assert_eq!((losses[0], gradient), (100.0, [0.5, -0.5]));
    }
}
