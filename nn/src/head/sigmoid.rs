//! Probabilities of independent events.

use tensor::Float;
use tensor::activation::{self, Activation};

use super::{Head, Sigmoid};
use crate::loss::BinaryCrossEntropy;

impl<T: Float, const N: usize> Head<T> for Sigmoid<N> {
    type Target = [T; N];
    type Loss = BinaryCrossEntropy;

    /// dz = dp ∘ p ∘ (1 − p)
    fn backward(gradient: &mut [T], outputs: &[T]) {
        activation::Sigmoid.backward(gradient, outputs, outputs);
    }

    const ALLOWED: &'static str = "probabilities, numbers from 0 to 1";

    fn refuses(target: &[T; N]) -> Option<String> {
        let refused = |t: &&T| !(**t >= T::zero() && **t <= T::one());
        target.iter().find(refused).map(|t| t.to_string())
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
