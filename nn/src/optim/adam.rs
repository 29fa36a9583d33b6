//! Adam: steps scaled by running means of the gradient and its square.

use tensor::Float;
use tensor::math::reciprocal;
use tensor::simd::{Inline, vectorize_inline};

use super::{Optimizer, Step, negligible};

/// Adam (Kingma and Ba 2015).
///
/// m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,
/// p ← p − learning_rate · m̂ / (√v̂ + ε), with m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) at step t.
///
/// Means stop decaying before they are so small that they could only slow the CPU down (1e-34 in `f32`).
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
        let (epsilon, negligible) = (T::of(self.epsilon), negligible());
        vectorize_inline(Update {
            parameters,
            gradient,
            mean,
            square,
            beta1: (beta1, rest1),
            beta2: (beta2, rest2),
            rate,
            root_scale,
            epsilon,
            negligible,
        });
    }
}

/// The loop over the parameters.
struct Update<'a, T> {
    parameters: &'a mut [T],
    gradient: &'a [T],
    mean: &'a mut [T],
    square: &'a mut [T],
    /// β and 1 − β.
    beta1: (T, T),
    beta2: (T, T),
    /// The learning rate over the correction of m.
    rate: T,
    /// One over the root of the correction of v.
    root_scale: T,
    epsilon: T,
    negligible: T,
}

impl<T: Float> Inline for Update<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let memory = self.mean.iter_mut().zip(self.square);
        for ((p, &g), (m, v)) in self.parameters.iter_mut().zip(self.gradient).zip(memory) {
            let (beta, rest) = self.beta1;
            *m = m.mul_add(beta, rest.mul_add(g, self.negligible)) - self.negligible;
            let (beta, rest) = self.beta2;
            *v = v.mul_add(beta, (rest * g).mul_add(g, self.negligible)) - self.negligible;
            let root = v.sqrt().mul_add(self.root_scale, self.epsilon);
            *p = (*m * reciprocal(root)).mul_add(-self.rate, *p);
        }
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

    /// A parameter without gradient whose means decay, as the weights of a pixel that is always black.
    #[test]
    fn decaying_means_never_become_subnormal() {
        fn check<T: Float>(steps: u64) {
            let (mut p, mut m, mut v) = ([T::one()], [T::of(1e-3)], [T::of(1e-6)]);
            for number in 1..steps {
                Adam::new(1e-3).update(step(number), &mut p, &[T::zero()], &mut [&mut m, &mut v]);
                assert!(!m[0].is_subnormal() && !v[0].is_subnormal(), "step {number}");
            }
            let nothing = T::of(1e4) * T::min_positive_value();
            assert!(m[0] <= nothing && v[0] <= nothing, "{m:?} {v:?}");
        }
        check::<f32>(80_000);
        check::<f64>(800_000);
    }

    /// The same bits whatever the length, that is, in vectors and one by one; and near the formula in `f64`.
    #[test]
    fn vectors_and_single_elements_agree() {
        let random = tensor::random::Random::new(1, 2);
        let numbers = |scale: f64, offset: u64| -> Vec<f32> {
            (0..67).map(|i| (random.normal::<f64>(offset + i) * scale) as f32).collect()
        };
        let (p, g, m) = (numbers(1.0, 0), numbers(1e-3, 100), numbers(1e-3, 200));
        let v: Vec<f32> = numbers(1e-3, 300).iter().map(|x| x * x).collect();
        let adam = Adam::new(1e-2);
        let (mut together, mut mean, mut square) = (p.clone(), m.clone(), v.clone());
        adam.update(step(7), &mut together, &g, &mut [&mut mean, &mut square]);
        for i in 0..p.len() {
            let (mut one, mut mean, mut square) = ([p[i]], [m[i]], [v[i]]);
            adam.update(step(7), &mut one, &[g[i]], &mut [&mut mean, &mut square]);
            assert_eq!(one[0].to_bits(), together[i].to_bits());
            let mut exact = [f64::from(p[i])];
            let (mut mean, mut square) = ([f64::from(m[i])], [f64::from(v[i])]);
            adam.update(step(7), &mut exact, &[f64::from(g[i])], &mut [&mut mean, &mut square]);
            let moved = (exact[0] - f64::from(p[i])).abs();
            let error = (exact[0] - f64::from(one[0])).abs();
            assert!(error <= 6e-7 * moved + 6e-8 * exact[0].abs(), "{i}: {exact:?} {one:?}");
        }
    }
}
