//! Weight norm, where V gives the direction and g the length of each column: s = g/‖V‖.
//!
//! dV = s∘(dW − V∘c/‖V‖²), dg = c/‖V‖, c = Σᵢ dW∘V
//!
//! shapes: V, W `[I, O]`; g, s, c, ‖V‖ `[O]`, one number per column

use tensor::Float;
#[cfg(feature = "std")]
use tensor::{Buffer, random::Random, simd::vectorize};

use super::DenseNorm;
#[cfg(feature = "std")]
use crate::parameters::array;

/// See [`WeightNorm`](super::WeightNorm).
#[derive(Clone, Copy, Debug)]
pub struct Length;

/// The parameters of a [`WeightNorm`](super::WeightNorm).
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub struct WeightNormView<'a, D, T, const O: usize> {
    /// Those of the dense layer. Its weight V gives only the direction.
    pub dense: D,
    /// The length g of the weights of each output.
    pub scale: &'a [T; O],
}

impl DenseNorm for Length {
    const WRITTEN: &'static str = "weight norm";
    const OF_OUTPUTS: &'static str = "scale";
    const OF_INPUTS: Option<&'static str> = None;
    const TRAINED: bool = true;

    #[cfg(feature = "std")]
    type View<'a, D, T: Float, const I: usize, const O: usize> = WeightNormView<'a, D, T, O>;

    #[inline(always)]
    fn factors<T: Float>(v: &[T], own: &[T], factors: &mut [T]) {
        lengths(v, factors);
        factors_of(own, factors);
    }

    /// The lengths are initialized to those of the weights.
    #[cfg(feature = "std")]
    fn init<T: Float>(v: &[T], own: &mut [T], outputs: usize, _random: Random) {
        lengths(v, &mut own[..outputs]);
    }

    #[cfg(feature = "std")]
    fn gradient<T: Float>(
        [v, own]: [&[T]; 2],
        outputs: usize,
        dense: &mut [T],
        own_grad: &mut [T],
    ) {
        let of_scale = &mut own_grad[..outputs];
        let mut room = Buffer::stale(3 * outputs);
        let (length, rest) = room.split_at_mut(outputs);
        let (factor, along) = rest.split_at_mut(outputs);
        vectorize(|| {
            lengths(v, length);
            factor.copy_from_slice(length);
            factors_of(own, factor);
            // c, in the buffer of dg.
            for (dw, v) in dense.chunks_exact(outputs).zip(v.chunks_exact(outputs)) {
                for ((c, &dw), &v) in of_scale.iter_mut().zip(dw).zip(v) {
                    *c = *c + dw * v;
                }
            }
            for ((c, along), &length) in of_scale.iter_mut().zip(&mut *along).zip(&*length) {
                let rate = if length > T::zero() { T::one() / length } else { T::zero() };
                *c = *c * rate;
                *along = *c * rate;
            }
            for (dw, v) in dense.chunks_exact_mut(outputs).zip(v.chunks_exact(outputs)) {
                let columns = factor.iter().zip(&*along);
                for ((dw, &v), (&factor, &along)) in dw.iter_mut().zip(v).zip(columns) {
                    *dw = factor * (*dw - v * along);
                }
            }
        });
    }

    #[cfg(feature = "std")]
    fn view<'a, D, T: Float, const I: usize, const O: usize>(
        dense: D,
        own: &'a [T],
    ) -> WeightNormView<'a, D, T, O> {
        WeightNormView { dense, scale: array(own, 0) }
    }
}

/// Computes ‖V\[·, o]‖ of each column. There are as many columns as `lengths`.
#[inline(always)]
fn lengths<T: Float>(v: &[T], lengths: &mut [T]) {
    lengths.fill(T::zero());
    for row in v.chunks_exact(lengths.len()) {
        for (sum, &v) in lengths.iter_mut().zip(row) {
            *sum = *sum + v * v;
        }
    }
    for sum in lengths {
        *sum = sum.sqrt();
    }
}

/// Replaces each ‖v‖ by g/‖v‖; by 0 where ‖v‖ is 0.
#[inline(always)]
fn factors_of<T: Float>(scale: &[T], lengths: &mut [T]) {
    for (length, &scale) in lengths.iter_mut().zip(scale) {
        *length = if *length > T::zero() { scale / *length } else { *length };
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use tensor::activation::{Gelu, Relu};

    use super::super::WeightNorm;
    use super::super::train::computed_weights;
    use super::*;
    use crate::layer::dense::{Dense, DenseWith};
    use crate::layer::proof::prove_leaf;
    use crate::layer::{Formula as _, Inference as _, Leaf as _, Pass, Sums, Workspace};

    #[test]
    fn weight_norm() {
        prove_leaf::<WeightNorm<Dense<5, 3, Gelu>>>();
        prove_leaf::<WeightNorm<Dense<3, 17, Relu, DenseWith<crate::init::HeNormal, false, 0>>>>();
        prove_leaf::<WeightNorm<Dense<70, 70, Relu>>>();
    }

    /// The vector (3, 4) has length 5.
    #[test]
    fn weights_are_as_long_as_the_scale_says() {
        let mut w = [0.0; 4];
        computed_weights::<Length, f64>([&[3.0, 0.0, 4.0, 0.0], &[10.0, 2.0]], 2, &mut w);
        assert_eq!(w, [6.0, 0.0, 8.0, 0.0]);
    }

    /// A column of zeros has no direction, and its gradient is finite.
    #[test]
    fn what_is_zero_stays_zero() {
        type Zeros = WeightNorm<Dense<2, 3, Relu, DenseWith<crate::init::Zeros, true, 0>>>;
        let formula = Zeros::formula::<f64>();
        let mut parameters = vec![0.0; Zeros::LEN];
        formula.init(&mut parameters, 1, &mut 0);
        let mut memory = vec![0.0; Workspace::<f64>::len(1, 3, formula.extra())];
        let mut workspace = Workspace::take(&mut &mut memory[..], 1, 3, formula.extra());
        formula.forward(&parameters, &[1.0, 2.0], &mut workspace, Pass::Evaluation);
        workspace.dy.fill(1.0);
        let mut gradient = vec![f64::NAN; Zeros::LEN];
        formula.gradient(&parameters, &[1.0, 2.0], &workspace, 0, &mut gradient, Sums::WHOLE);
        assert!(gradient.iter().all(|g| g.is_finite()), "{gradient:?}");
    }
}
