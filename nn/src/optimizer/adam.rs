//! Adam: steps scaled by running means of the gradient and its square.

use tensor::Float;
use tensor::simd::vectorize;

use super::{Optimizer, Step};

/// Adam (Kingma and Ba 2015).
///
/// m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,
/// p ← p − learning_rate · m̂ / (√v̂ + ε), with m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) at step t.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// The size of a step, 1e-3 usually.
    pub learning_rate: f64,
    /// How slowly the mean of the gradient changes, 0.9 usually.
    pub beta1: f64,
    /// How slowly the mean of its square changes, 0.999 usually.
    pub beta2: f64,
    /// Added to the root, 1e-8 usually.
    pub epsilon: f64,
}

impl Adam {
    /// β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
    pub const fn new(learning_rate: f64) -> Self {
        Adam { learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}

impl<T: Float> Optimizer<T> for Adam {
    const MEMORY: usize = 2;

    fn update(&self, step: Step, parameters: &mut [T], gradient: &[T], memory: &mut [&mut [T]]) {
        let [mean, square] = memory else { panic!("adam: two slices of memory are needed") };
        let (beta1, rest1) = (T::of(self.beta1), T::of(1.0 - self.beta1));
        let (beta2, rest2) = (T::of(self.beta2), T::of(1.0 - self.beta2));
        // The corrections are two numbers a step, so they are taken out of the loop and in f64.
        let correction1 = 1.0 - self.beta1.powf(step.number as f64);
        let correction2 = 1.0 - self.beta2.powf(step.number as f64);
        let rate = T::of(self.learning_rate * step.rate / correction1);
        let root_scale = T::of(1.0 / correction2.sqrt());
        let epsilon = T::of(self.epsilon);
        vectorize(|| {
            let memory = mean.iter_mut().zip(square.iter_mut());
            for ((p, &g), (m, v)) in parameters.iter_mut().zip(gradient).zip(memory) {
                *m = m.mul_add(beta1, rest1 * g);
                *v = v.mul_add(beta2, rest2 * g * g);
                let root = v.sqrt().mul_add(root_scale, epsilon);
                *p = *p - rate * *m / root;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(number: u64) -> Step {
        Step { number, rate: 1.0 }
    }

    #[test]
    fn first_steps_by_hand() {
        let adam = Adam::new(0.1);
        let (mut p, mut m, mut v) = ([1.0_f64], [0.0], [0.0]);
        adam.update(step(1), &mut p, &[2.0], &mut [&mut m, &mut v]);
        // The first step is learning_rate · sign(g), but for ε.
        assert!((p[0] - 0.9).abs() < 1e-9, "{p:?}");
        assert!((m[0] - 0.2).abs() < 1e-15 && (v[0] - 0.004).abs() < 1e-15);
        adam.update(step(2), &mut p, &[-1.0], &mut [&mut m, &mut v]);
        let (mean, square) =
            ((0.9 * 0.2 - 0.1) / 0.19, (0.999 * 0.004 + 0.001) / (1.0 - 0.998_001));
        assert!((p[0] - (0.9 - 0.1 * mean / f64::sqrt(square))).abs() < 1e-8, "{p:?}");
    }

    #[test]
    fn what_has_no_gradient_does_not_move() {
        let (mut p, mut m, mut v) = ([0.0_f32; 3], [0.0; 3], [0.0; 3]);
        for number in 1..10 {
            Adam::new(0.1).update(step(number), &mut p, &[0.0; 3], &mut [&mut m, &mut v]);
        }
        assert_eq!(p, [0.0; 3]);
    }
}
