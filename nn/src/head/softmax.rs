//! Probabilities of exclusive classes.

use tensor::Float;

use super::{Head, Softmax};
use crate::data::Class;
use crate::loss::CrossEntropy;

impl<T: Float, const N: usize> Head<T> for Softmax<N> {
    type Target = Class<N>;
    type Loss = CrossEntropy;

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
        let mut best = 0;
        for (i, &z) in logits.iter().enumerate() {
            if z > logits[best] {
                best = i;
            }
        }
        Some(best == target.index())
    }

    fn example_target(mut random: impl FnMut() -> f64) -> Class<N> {
        let index = (random() * N as f64) as usize;
        Class::new(index.min(N - 1)).unwrap_or_else(|error| panic!("{error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Activate;
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
