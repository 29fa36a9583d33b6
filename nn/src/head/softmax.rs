//! Softmax head: probabilities of exclusive classes.

use tensor::activation::Activation;
use tensor::{Float, math};

use super::HeadFunction;
#[cfg(feature = "std")]
use super::{Class, Head, TargetKind};

/// The softmax head: `N` exclusive classes, pᵢ = e^zᵢ / Σⱼ e^zⱼ, with a class label as target.
#[derive(Debug)]
pub struct Softmax<const N: usize>;

/// Computes e^(z − m) for every element, where m is its row's maximum. A NaN makes its whole row
/// NaN.
#[cfg(feature = "std")] // for the loss
#[inline(always)] // so that a declared network's number of classes is a constant in it
pub(crate) fn shifted_exponentials<T: Float>(classes: usize, logits: &[T], output: &mut [T]) {
    for (z, e) in logits.chunks_exact(classes).zip(output.chunks_exact_mut(classes)) {
        // `>` skips a NaN, which still reaches its own exponential and the row's sum.
        let max = z.iter().fold(T::neg_infinity(), |max, &z| if z > max { z } else { max });
        for (e, &z) in e.iter_mut().zip(z) {
            *e = z - max;
        }
    }
    Exponential.forward(output);
}

/// eˣ as an activation, for its slice function that is compiled for the best instructions.
#[derive(Clone, Copy, Debug, Default)]
struct Exponential;

impl Activation for Exponential {
    const NAME: &'static str = "exp";

    fn value<T: Float>(&self, x: T) -> T {
        math::exp(x)
    }

    fn derivative<T: Float>(&self, _x: T, y: T) -> T {
        y
    }
}

impl<T: Float, const N: usize> HeadFunction<T> for Softmax<N> {
    const UNITS: usize = N;
    const NAME: &'static str = "softmax";

    fn activate(logits: &mut [T]) {
        softmax(N, logits);
    }
}

/// Softmax of rows of `classes` logits, in place.
#[inline(always)]
pub(crate) fn softmax<T: Float>(classes: usize, logits: &mut [T]) {
    for row in logits.chunks_exact_mut(classes) {
        let max = row.iter().fold(T::neg_infinity(), |max, &z| if z > max { z } else { max });
        row.iter_mut().for_each(|z| *z = *z - max);
    }
    Exponential.forward(logits);
    for row in logits.chunks_exact_mut(classes) {
        let share = T::one() / row.iter().fold(T::zero(), |sum, &e| sum + e);
        row.iter_mut().for_each(|e| *e = *e * share);
    }
}

#[cfg(feature = "std")]
impl<T: Float, const N: usize> Head<T> for Softmax<N> {
    type Target = Class<N>;

    /// dz = p ∘ (dp − Σ dp∘p)
    fn backward(gradient: &mut [T], outputs: &[T]) {
        for (gradient, p) in gradient.chunks_exact_mut(N).zip(outputs.chunks_exact(N)) {
            let dot = gradient.iter().zip(p).fold(T::zero(), |sum, (&g, &p)| sum + g * p);
            for (g, &p) in gradient.iter_mut().zip(p) {
                *g = p * (*g - dot);
            }
        }
    }

    fn is_right(logits: &[T], target: &Class<N>) -> Option<bool> {
        Some(is_largest(logits, target.index()))
    }

    const KIND: TargetKind = TargetKind::Class;

    fn see_numbers(target: &Class<N>, see: &mut dyn FnMut(f64)) -> bool {
        see(target.index() as f64);
        true
    }

    fn example_target(mut random: impl FnMut() -> f64) -> Class<N> {
        let index = (random() * N as f64) as usize;
        Class::new(index.min(N - 1)).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// Whether the logit of a class is larger than those before it and not smaller than those after it;
/// false if one is NaN.
#[cfg(feature = "std")]
pub(crate) fn is_largest<T: Float>(logits: &[T], class: usize) -> bool {
    let (before, from) = logits.split_at(class);
    let z = from[0];
    before.iter().all(|&other| other < z) && from.iter().all(|&other| other <= z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_by_hand() {
        let mut outputs = [0.0, 2.0_f64.ln(), 5.0_f64.ln(), 100.0, 100.0, -800.0];
        Softmax::<3>::activate(&mut outputs);
        for (got, expected) in outputs.iter().zip([0.125, 0.25, 0.625, 0.5, 0.5, 0.0]) {
            assert!((got - expected).abs() < 1e-15);
        }
    }
}
