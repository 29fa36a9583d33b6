//! Dense layers whose weights are directions and lengths: w = g·v/‖v‖.

#[cfg(feature = "std")]
mod train;

use core::marker::PhantomData;

use tensor::Float;
use tensor::activation::Activation;

#[cfg(feature = "onnx")]
pub(crate) use train::weights;
#[cfg(feature = "std")]
pub use train::{HasFormula, WeightNormFormula, WeightNormView};

use super::{Dense, DenseOptions};
use crate::layer::{Inference, Info, LayerInfo, TensorInfo};
use crate::parameters::{TensorKind, padded};
use crate::text::Text;

/// The dense layer `D` whose weights towards each output are a direction and a length that are learned by themselves
/// (Salimans and Kingma 2016).
///
/// y = f(x·W + b), with the column W\[·, o] = g\[o]·V\[·, o]/‖V\[·, o]‖, where V `[I, O]` is the parameter `weight` and g `[O]` the
/// parameter `scale`. At first g is ‖V‖, so that W is what the initialiser of `D` makes. A column of zeros has no direction: it stays
/// zero.
#[derive(Debug)]
pub struct WeightNorm<D>(PhantomData<D>);

impl<const I: usize, const O: usize, A: Activation, P: DenseOptions> WeightNorm<Dense<I, O, A, P>> {
    /// Where the scale begins in the flat buffer.
    pub(crate) const SCALE: usize = <Dense<I, O, A, P>>::LEN;

    /// What tables show.
    const WRITTEN: Text<64> = {
        let text = Text::new().text(P::WRITTEN);
        text.text(if P::WRITTEN.is_empty() { "weight norm" } else { ", weight norm" })
    };
}

impl<const I: usize, const O: usize, A: Activation, P: DenseOptions> Inference
    for WeightNorm<Dense<I, O, A, P>>
{
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    const LEN: usize = Self::SCALE + padded(O);
    const STACK: usize = 2 * O;
    const INFO: Info = Info::Layer(LayerInfo {
        activation: A::NAME,
        has_own_activation: A::IS_OWN,
        option: const { &Self::WRITTEN }.as_str(),
        params: I * O + if P::BIAS { 2 * O } else { O },
        flops: 2 * I * O,
        len: Self::LEN,
        tensors: match P::BIAS {
            true => &[
                TensorInfo::new("weight", &[I, O], 0),
                TensorInfo::new("bias", &[O], Dense::<I, O, A, P>::BIAS).kind(TensorKind::Bias),
                TensorInfo::new("scale", &[O], Self::SCALE).kind(TensorKind::Scale),
            ],
            false => &[
                TensorInfo::new("weight", &[I, O], 0),
                TensorInfo::new("scale", &[O], Self::SCALE).kind(TensorKind::Scale),
            ],
        },
        ..LayerInfo::of_notation("dense", I, O)
    });

    type Outputs<T: Float> = [T; O];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; O] {
        let weight = parameters[..I * O].as_chunks::<O>().0;
        let mut factors = [T::zero(); O];
        lengths(weight.as_flattened(), &mut factors);
        factors_of(&parameters[Self::SCALE..][..O], &mut factors);
        let mut y = [T::zero(); O];
        if P::BIAS {
            y.copy_from_slice(&parameters[Dense::<I, O, A, P>::BIAS..][..O]);
        }
        // As in the product: each output is one chain of fused multiply-adds over the inputs.
        for (&x, row) in x[..I].iter().zip(weight) {
            for o in 0..O {
                y[o] = x.mul_add(row[o] * factors[o], y[o]);
            }
        }
        for o in 0..O {
            y[o] = A::default().value(y[o]);
        }
        y
    }
}

/// ‖V\[·, o]‖ of each column, which are as many as there are `lengths`.
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

/// g/‖v‖ in the place of each ‖v‖; 0 where that is 0.
#[inline(always)]
fn factors_of<T: Float>(scale: &[T], lengths: &mut [T]) {
    for (length, &scale) in lengths.iter_mut().zip(scale) {
        *length = if *length > T::zero() { scale / *length } else { *length };
    }
}
