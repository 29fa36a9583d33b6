//! Spectral norm: weights divided by their largest singular value, s = 1/σ, σ = Σᵢₒ v\[i]·V\[i,
//! o]·u\[o].
//!
//! dV = s·dW − s²·c·v uᵀ, c = Σ dW∘V
//!
//! shapes: V, W `[I, O]`, u `[O]`, v `[I]`; σ, s, c are numbers

use tensor::Float;
#[cfg(feature = "std")]
use tensor::{random::Random, simd::vectorize};

use super::DenseNorm;
#[cfg(feature = "std")]
use crate::parameters::array;
use crate::parameters::padded;

/// See [`SpectralNorm`](super::SpectralNorm).
#[derive(Clone, Copy, Debug)]
pub struct Spectral;

/// The parameters of a [`SpectralNorm`](super::SpectralNorm).
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub struct SpectralNormView<'a, D, T, const I: usize, const O: usize> {
    /// Those of the dense layer. Its weight V is divided by σ.
    pub dense: D,
    /// The estimated singular vector on the side of the outputs.
    pub u: &'a [T; O],
    /// The same on the side of the inputs.
    pub v: &'a [T; I],
}

/// Steps of power iteration before the first training step: PyTorch's 15, and the one that it takes
/// in the first pass.
#[cfg(feature = "std")]
const FIRST: usize = 16;

/// The least length that something is divided by.
#[cfg(feature = "std")]
const SHORTEST: f64 = 1e-12;

impl DenseNorm for Spectral {
    const WRITTEN: &'static str = "spectral norm";
    const OF_OUTPUTS: &'static str = "u";
    const OF_INPUTS: Option<&'static str> = Some("v");
    const TRAINED: bool = false;

    #[cfg(feature = "std")]
    type View<'a, D, T: Float, const I: usize, const O: usize> = SpectralNormView<'a, D, T, I, O>;

    #[inline(always)]
    fn factors<T: Float>(weight: &[T], own: &[T], factors: &mut [T]) {
        let (u, v) = (&own[..factors.len()], &own[padded(factors.len())..]);
        toward_outputs(weight, v, factors);
        let sigma = u.iter().zip(&*factors).fold(T::zero(), |sum, (&u, &x)| sum + u * x);
        factors.fill(if sigma == T::zero() { sigma } else { T::one() / sigma });
    }

    #[cfg(feature = "std")]
    fn init<T: Float>(weight: &[T], own: &mut [T], outputs: usize, random: Random) {
        let inputs = weight.len() / outputs;
        let v = &mut own[padded(outputs)..][..inputs];
        random.fill_normal(v, T::zero(), T::one());
        normalize(v);
        (0..FIRST).for_each(|_| Self::update_state(weight, own, outputs));
    }

    #[cfg(feature = "std")]
    fn gradient<T: Float>(
        [weight, own]: [&[T]; 2],
        outputs: usize,
        of_weights: &mut [T],
        _of_own: &mut [T],
    ) {
        let mut factor = tensor::Buffer::stale(outputs);
        Self::factors(weight, own, &mut factor);
        let factor = factor[0];
        let (u, v) = (&own[..outputs], &own[padded(outputs)..]);
        vectorize(|| {
            let c = sum_of_products(of_weights, weight);
            let along = c * factor * factor;
            for (dw, &v) in of_weights.chunks_exact_mut(outputs).zip(v) {
                let along = along * v;
                for (dw, &u) in dw.iter_mut().zip(u) {
                    *dw = *dw * factor - along * u;
                }
            }
        });
    }

    /// One step of power iteration.
    #[cfg(feature = "std")]
    fn update_state<T: Float>(weight: &[T], own: &mut [T], outputs: usize) {
        let (u, v) = own.split_at_mut(padded(outputs));
        let u = &mut u[..outputs];
        vectorize(|| {
            toward_outputs(weight, v, u);
            normalize(u);
            let rows = weight.chunks_exact(outputs);
            v.iter_mut().zip(rows).for_each(|(v, row)| *v = sum_of_products(row, u));
            normalize(&mut v[..weight.len() / outputs]);
        });
    }

    #[cfg(feature = "std")]
    fn view<'a, D, T: Float, const I: usize, const O: usize>(
        dense: D,
        own: &'a [T],
    ) -> SpectralNormView<'a, D, T, I, O> {
        SpectralNormView { dense, u: array(own, 0), v: array(own, padded(O)) }
    }
}

/// Computes Σᵢ v\[i]·V\[i, o] for each output.
#[inline(always)]
fn toward_outputs<T: Float>(weight: &[T], v: &[T], sums: &mut [T]) {
    sums.fill(T::zero());
    for (row, &v) in weight.chunks_exact(sums.len()).zip(v) {
        for (sum, &w) in sums.iter_mut().zip(row) {
            *sum = *sum + w * v;
        }
    }
}

/// Returns Σ a∘b. Uses several partial sums, so that no addition waits for the one before it.
#[cfg(feature = "std")]
#[inline(always)]
fn sum_of_products<T: Float>(a: &[T], b: &[T]) -> T {
    const SUMS: usize = 32;
    let mut sums = [T::zero(); SUMS];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<SUMS>(), b.as_chunks::<SUMS>());
    for (a, b) in a.iter().zip(b) {
        for at in 0..SUMS {
            sums[at] = sums[at] + a[at] * b[at];
        }
    }
    for ((sum, &a), &b) in sums.iter_mut().zip(a_rest).zip(b_rest) {
        *sum = *sum + a * b;
    }
    sums.into_iter().fold(T::zero(), |all, sum| all + sum)
}

/// Divides a vector by its length.
#[cfg(feature = "std")]
#[inline(always)]
fn normalize<T: Float>(vector: &mut [T]) {
    let length = sum_of_products(vector, vector).sqrt();
    let length = if length > T::of(SHORTEST) { length } else { T::of(SHORTEST) };
    vector.iter_mut().for_each(|x| *x = *x / length);
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use tensor::activation::{Gelu, Identity, Relu};

    use super::super::SpectralNorm;
    use super::*;
    use crate::layer::dense::{Dense, DenseWith};
    use crate::layer::proof::prove_leaf;
    use crate::layer::{Formula as _, Inference as _, Leaf as _};

    #[test]
    fn spectral_norm() {
        prove_leaf::<SpectralNorm<Dense<5, 3, Gelu>>>();
        prove_leaf::<SpectralNorm<Dense<3, 17, Relu, DenseWith<crate::init::HeNormal, false, 0>>>>(
        );
        prove_leaf::<SpectralNorm<Dense<70, 70, Relu>>>();
    }

    /// V = diag(3, 2), whose singular vectors are the axes: one step by hand, and the limit of many
    /// steps.
    #[test]
    fn power_iteration_by_hand() {
        let weight = [3.0, 0.0, 0.0, 2.0_f64];
        let mut own = vec![0.0; padded(2) + padded(2)];
        own[padded(2)..][..2].copy_from_slice(&[0.6, 0.8]);
        Spectral::update_state(&weight, &mut own, 2);
        // u ~ (1.8, 1.6), v ~ (3·1.8, 2·1.6)
        let (of_u, of_v) = (f64::hypot(1.8, 1.6), f64::hypot(5.4, 3.2));
        let expected = [1.8 / of_u, 1.6 / of_u, 5.4 / of_v, 3.2 / of_v];
        let found = [own[0], own[1], own[padded(2)], own[padded(2) + 1]];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15), "{found:?}");
        (0..60).for_each(|_| Spectral::update_state(&weight, &mut own, 2));
        let mut factors = [0.0; 2];
        Spectral::factors(&weight, &own, &mut factors);
        assert!(factors.iter().all(|s| (s - 1.0 / 3.0).abs() < 1e-15), "{factors:?}");
    }

    /// After initialization the largest singular value of W is about 1, regardless of the initial
    /// weights.
    #[test]
    fn differences_do_not_grow() {
        type Wide =
            SpectralNorm<Dense<40, 60, Identity, DenseWith<crate::init::LecunNormal, false, 0>>>;
        let formula = Wide::formula::<f64>();
        let mut parameters = vec![0.0; Wide::LEN];
        formula.init(&mut parameters, 1, &mut 0);
        parameters[..40 * 60].iter_mut().for_each(|w| *w *= 17.0);
        let mut x = vec![0.0_f64; 40];
        Random::new(1, 1).fill_normal(&mut x, 0.0, 1.0);
        let mut y = vec![0.0_f64; 60];
        let mut ratio = 0.0;
        // Toward the worst input: x ← WᵀWx.
        for _ in 0..200 {
            let length = sum_of_products(&x, &x).sqrt();
            x.iter_mut().for_each(|x| *x /= length);
            formula.predict(&parameters, &x, &mut y);
            ratio = sum_of_products(&y, &y).sqrt();
            let weight = &parameters[..40 * 60];
            for (x, row) in x.iter_mut().zip(weight.chunks_exact(60)) {
                *x = sum_of_products(row, &y);
            }
        }
        assert!((0.999..1.1).contains(&ratio), "{ratio}");
    }

    #[test]
    fn weights_of_zero_stay_zero() {
        let mut own = vec![0.5; padded(3) + padded(2)];
        Spectral::update_state(&[0.0_f32; 6], &mut own, 3);
        let mut factors = [9.0; 3];
        Spectral::factors(&[0.0; 6], &own, &mut factors);
        assert_eq!(factors, [0.0; 3]);
    }
}
