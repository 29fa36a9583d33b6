//! Probabilities of exclusive classes.

use tensor::activation::Activation;
use tensor::simd::vectorize;
use tensor::{Float, math};

use super::Head;
use crate::data::Class;

/// `N` exclusive classes: pᵢ = e^zᵢ / Σⱼ e^zⱼ, trained with cross-entropy against a [`Class`].
///
/// For the logits z of a row, the class t and m = maxⱼ zⱼ: L = ln Σⱼ e^(zⱼ−m) − (z_t − m), and
/// dL/dzᵢ = pᵢ − \[i = t\]. Shifting by m keeps every exponential at most 1.
#[derive(Debug)]
pub struct Softmax<const N: usize>;

/// e^(z − m) for every element, where m is its row's largest; a NaN in a row makes the row NaN.
fn shifted_exponentials<T: Float, const N: usize>(logits: &[T], output: &mut [T]) {
    for (z, e) in logits.chunks_exact(N).zip(output.chunks_exact_mut(N)) {
        // `>` skips a NaN, which then reaches its own exponential and the row's sum all the same.
        let max = z.iter().fold(T::neg_infinity(), |max, &z| if z > max { z } else { max });
        for (e, &z) in e.iter_mut().zip(z) {
            *e = z - max;
        }
    }
    Exponential.forward(output);
}

/// eˣ as an activation, for its slice form that is compiled for the best instructions.
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

impl<T: Float, const N: usize> Head<T> for Softmax<N> {
    type Target = Class<N>;

    const UNITS: usize = N;
    const NAME: &'static str = "softmax";
    const LOSS: &'static str = "cross-entropy";

    fn activate(logits: &mut [T]) {
        for row in logits.chunks_exact_mut(N) {
            let max = row.iter().fold(T::neg_infinity(), |max, &z| if z > max { z } else { max });
            row.iter_mut().for_each(|z| *z = *z - max);
        }
        Exponential.forward(logits);
        for row in logits.chunks_exact_mut(N) {
            let share = T::one() / row.iter().fold(T::zero(), |sum, &e| sum + e);
            row.iter_mut().for_each(|e| *e = *e * share);
        }
    }

    fn loss(logits: &[T], targets: &[Class<N>], scale: T, losses: &mut [T], gradient: &mut [T]) {
        shifted_exponentials::<T, N>(logits, gradient);
        for (loss, row) in losses.iter_mut().zip(gradient.chunks_exact(N)) {
            *loss = row.iter().fold(T::zero(), |sum, &e| sum + e);
        }
        for ((&sum, row), target) in losses.iter().zip(gradient.chunks_exact_mut(N)).zip(targets) {
            let share = scale / sum;
            row.iter_mut().for_each(|e| *e = *e * share);
            row[target.index()] = row[target.index()] - scale;
        }
        vectorize(|| losses.iter_mut().for_each(|loss| *loss = math::ln(*loss)));
        for ((loss, z), target) in losses.iter_mut().zip(logits.chunks_exact(N)).zip(targets) {
            let max = z.iter().fold(T::neg_infinity(), |max, &z| if z > max { z } else { max });
            *loss = *loss - (z[target.index()] - max);
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
    use super::super::check_gradient;
    use super::*;

    fn class<const N: usize>(index: usize) -> Class<N> {
        Class::new(index).expect("a class in range")
    }

    #[test]
    fn loss_and_gradient_of_a_row_by_hand() {
        // p = (1, 2, 5)/8
        let logits = [0.0, 2.0_f64.ln(), 5.0_f64.ln()];
        let (mut losses, mut gradient) = ([0.0], [0.0; 3]);
        Softmax::<3>::loss(&logits, &[class(1)], 1.0, &mut losses, &mut gradient);
        assert!((losses[0] - 4.0_f64.ln()).abs() < 1e-15);
        for (got, expected) in gradient.iter().zip([0.125, 0.25 - 1.0, 0.625]) {
            assert!((got - expected).abs() < 1e-15);
        }
        let mut outputs = logits;
        Softmax::<3>::activate(&mut outputs);
        assert!((outputs[2] - 0.625).abs() < 1e-15);
    }

    #[test]
    fn gradient_against_differences() {
        let logits = [0.3, -1.2, 2.0, 0.0, 0.1, -0.7, 5.0, 1.0];
        check_gradient::<Softmax<4>>(&logits, &[class(2), class(0)]);
    }

    #[test]
    fn logits_of_a_hundred_stay_finite() {
        let (mut losses, mut gradient) = ([0.0_f32], [0.0; 2]);
        Softmax::<2>::loss(&[100.0, -100.0], &[class(1)], 1.0, &mut losses, &mut gradient);
        assert_eq!((losses[0], gradient), (200.0, [1.0, -1.0]));
    }

    #[test]
    fn nan_is_not_swallowed() {
        let (mut losses, mut gradient) = ([0.0_f32], [0.0; 3]);
        Softmax::<3>::loss(&[1.0, f32::NAN, 0.0], &[class(0)], 1.0, &mut losses, &mut gradient);
        assert!(losses[0].is_nan());
    }
}
