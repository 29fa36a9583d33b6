//! Sigmoid head: probabilities of independent events.

use tensor::Float;
use tensor::activation::{self, Activation};

use super::HeadFunction;
#[cfg(feature = "std")]
use super::{Head, TargetKind};

/// The sigmoid head: `N` independent events, p = σ(z), with probabilities t in 0..=1 as targets.
#[derive(Debug)]
pub struct Sigmoid<const N: usize>;

impl<T: Float, const N: usize> HeadFunction<T> for Sigmoid<N> {
    const UNITS: usize = N;
    const NAME: &'static str = "sigmoid";

    fn activate(logits: &mut [T]) {
        activation::Sigmoid.forward(logits);
    }
}

#[cfg(feature = "std")]
impl<T: Float, const N: usize> Head<T> for Sigmoid<N> {
    type Target = [T; N];

    /// dz = dp ∘ p ∘ (1 − p)
    fn backward(gradient: &mut [T], outputs: &[T]) {
        activation::Sigmoid.backward(gradient, outputs, outputs);
    }

    const ALLOWED: &'static str = "probabilities, numbers from 0 to 1";

    fn refuses(target: &[T; N]) -> Option<String> {
        let refused = |t: &&T| !(**t >= T::zero() && **t <= T::one());
        target.iter().find(refused).map(|t| t.to_string())
    }

    fn is_right(logits: &[T], target: &[T; N]) -> Option<bool> {
        Some(are_on_the_side(logits, target))
    }

    const KIND: TargetKind = TargetKind::Events;

    fn see_numbers(target: &[T; N], see: &mut dyn FnMut(f64)) -> bool {
        target.iter().for_each(|t| see(t.as_f64()));
        true
    }

    fn example_target(mut random: impl FnMut() -> f64) -> [T; N] {
        std::array::from_fn(|_| T::of(random().round()))
    }
}
/// Whether every logit is on the same side of ½ as its target; false for NaN.
#[cfg(feature = "std")]
pub(crate) fn are_on_the_side<T: Float>(logits: &[T], target: &[T]) -> bool {
    let half = T::of(0.5);
    let right = |(&z, &t): (&T, &T)| !z.is_nan() && (z > T::zero()) == (t > half);
    logits.iter().zip(target).all(right)
}
