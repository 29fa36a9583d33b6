//! Dense layers with reparametrized weights: W\[·, o] = s\[o]·V\[·, o].
//!
//! | option | s |
//! |---|---|
//! | `weight_norm = true` | g\[o]/‖V\[·, o]‖, with learned lengths g |
//! | `spectral_norm = true` | 1/σ, with an estimate σ of the largest singular value of V |

mod length;
mod spectral;
#[cfg(feature = "std")]
mod train;

use core::fmt::Debug;
use core::marker::PhantomData;

use tensor::Float;
use tensor::activation::Activation;
#[cfg(feature = "std")]
use tensor::random::Random;

pub use length::Length;
#[cfg(feature = "std")]
pub use length::WeightNormView;
pub use spectral::Spectral;
#[cfg(feature = "std")]
pub use spectral::SpectralNormView;
#[cfg(feature = "onnx")]
pub(crate) use train::computed_weights;
#[cfg(feature = "std")]
pub use train::{HasFormula, NormedFormula};

use super::{Dense, DenseOptions};
use crate::layer::{Inference, Info, LayerInfo, TensorInfo};
use crate::parameters::{TensorKind, padded};
use crate::text::Text;

/// Weight norm of the dense layer `D`: the direction and the length of each output's weights are
/// learned separately (Salimans and Kingma 2016).
///
/// y = f(x·W + b), with the column W\[·, o] = g\[o]·V\[·, o]/‖V\[·, o]‖, where V `[I, O]` is the
/// parameter `weight` and g `[O]` the parameter `scale`. g is initialized to ‖V‖, so that W starts
/// as the initializer of `D` sets it. A column of zeros has no direction and stays zero.
pub type WeightNorm<D> = Normed<Length, D>;

/// Spectral norm of the dense layer `D`: the weights are divided by their largest singular value,
/// so that x·W never enlarges the distance of two inputs (Miyato et al. 2018).
///
/// y = f(x·W + b), W = V/σ, σ = Σᵢₒ v\[i]·V\[i, o]·u\[o], where V `[I, O]` is the parameter
/// `weight`. u `[O]` and v `[I]` are state that is saved with it. They approximate the singular
/// vectors of σ: one step of power iteration after each training step, u ← Vᵀv/‖Vᵀv‖, v ← Vu/‖Vu‖,
/// with lengths of at least 1e-12, and 16 such steps at initialization. The gradient treats u and v
/// as constants: ∂L/∂V = (∂L/∂W − (Σ ∂L/∂W∘W)·v uᵀ)/σ. Weights that are all zero stay zero.
///
/// The same as `torch.nn.utils.parametrizations.spectral_norm`, which takes its step before each
/// pass in training, not after the step before; u and v in a pass are the same. In evaluation they
/// are as training left them.
///
/// ```
/// use nn::network;
///
/// network! {
///     /// Tells samples from forgeries.
///     struct Critic(
///         dense(8 -> 32, leaky_relu(0.2), spectral_norm = true),
///         dense(1, spectral_norm = true),
///     );
/// }
/// assert!(Critic::init(1).predict(&[0.5; 8])[0].is_finite());
/// ```
pub type SpectralNorm<D> = Normed<Spectral, D>;

/// The dense layer `D` with weights that `K` computes from V.
#[derive(Debug)]
pub struct Normed<K, D>(PhantomData<(fn() -> K, D)>);

/// A reparametrization of a dense layer: computes the weights W from the parameter V, both
/// `[inputs, outputs]`. Each column has a factor that depends on V and on additional numbers.
///
/// There is one additional number per output. If there is also one per input, these follow, aligned
/// to a cache line.
pub trait DenseNorm: Copy + Debug + Send + Sync + 'static {
    /// The text in tables.
    const WRITTEN: &'static str;
    /// The name of its tensor `[outputs]`.
    const OF_OUTPUTS: &'static str;
    /// The name of its tensor `[inputs]`, if it has one.
    const OF_INPUTS: Option<&'static str>;
    /// Whether the additional numbers are trained by their gradient.
    const TRAINED: bool;

    /// The parameters with their shapes, given those of the dense layer.
    #[cfg(feature = "std")]
    type View<'a, D, T: Float, const I: usize, const O: usize>;

    /// Computes the factor s of each column. There are as many columns as `factors`.
    fn factors<T: Float>(v: &[T], own: &[T], factors: &mut [T]);

    /// Initializes the additional numbers from the initial V, for `outputs` outputs.
    #[cfg(feature = "std")]
    fn init<T: Float>(v: &[T], own: &mut [T], outputs: usize, random: Random);

    /// Turns the gradient `of_weights` with respect to W into that with respect to V, and writes
    /// the gradient of the additional numbers.
    #[cfg(feature = "std")]
    fn gradient<T: Float>(
        parameters: [&[T]; 2],
        outputs: usize,
        of_weights: &mut [T],
        of_own: &mut [T],
    );

    /// Updates the additional numbers after a step, if they are not trained.
    #[cfg(feature = "std")]
    fn update_state<T: Float>(v: &[T], own: &mut [T], outputs: usize) {
        let _ = (v, own, outputs);
    }

    /// Returns the parameters with their shapes.
    #[cfg(feature = "std")]
    fn view<'a, D, T: Float, const I: usize, const O: usize>(
        dense: D,
        own: &'a [T],
    ) -> Self::View<'a, D, T, I, O>;
}

impl<K, const I: usize, const O: usize, A, P> Normed<K, Dense<I, O, A, P>>
where
    K: DenseNorm,
    A: Activation,
    P: DenseOptions,
{
    /// Offset of the additional numbers in the flat buffer.
    pub(crate) const OWN: usize = <Dense<I, O, A, P>>::LEN;

    /// The text in tables.
    const WRITTEN: Text<64> = {
        let text = Text::new().text(P::WRITTEN);
        text.text(if P::WRITTEN.is_empty() { "" } else { ", " }).text(K::WRITTEN)
    };

    const WEIGHT: TensorInfo = TensorInfo::new("weight", &[I, O], 0);
    const BIAS: TensorInfo =
        TensorInfo::new("bias", &[O], Dense::<I, O, A, P>::BIAS).kind(TensorKind::Bias);
    const OF_OUTPUTS: TensorInfo = match K::TRAINED {
        true => TensorInfo::new(K::OF_OUTPUTS, &[O], Self::OWN).kind(TensorKind::Scale),
        false => TensorInfo::kept(K::OF_OUTPUTS, &[O], Self::OWN),
    };
    const OF_INPUTS: TensorInfo = match K::OF_INPUTS {
        Some(name) => TensorInfo::kept(name, &[I], Self::OWN + padded(O)),
        None => Self::OF_OUTPUTS,
    };
}

impl<K, const I: usize, const O: usize, A, P> Inference for Normed<K, Dense<I, O, A, P>>
where
    K: DenseNorm,
    A: Activation,
    P: DenseOptions,
{
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    const LEN: usize = Self::OWN + padded(O) + if K::OF_INPUTS.is_some() { padded(I) } else { 0 };
    const STACK: usize = 2 * O;
    const INFO: Info = Info::Layer(LayerInfo {
        activation: A::NAME,
        has_own_activation: A::IS_OWN,
        option: const { &Self::WRITTEN }.as_str(),
        params: I * O + if P::BIAS { O } else { 0 } + if K::TRAINED { O } else { 0 },
        flops: 2 * I * O,
        len: Self::LEN,
        tensors: match (P::BIAS, K::OF_INPUTS.is_some()) {
            (true, true) => &[Self::WEIGHT, Self::BIAS, Self::OF_OUTPUTS, Self::OF_INPUTS],
            (true, false) => &[Self::WEIGHT, Self::BIAS, Self::OF_OUTPUTS],
            (false, true) => &[Self::WEIGHT, Self::OF_OUTPUTS, Self::OF_INPUTS],
            (false, false) => &[Self::WEIGHT, Self::OF_OUTPUTS],
        },
        ..LayerInfo::of_notation("dense", I, O)
    });

    type Outputs<T: Float> = [T; O];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; O] {
        let weight = parameters[..I * O].as_chunks::<O>().0;
        let mut factors = [T::zero(); O];
        K::factors(weight.as_flattened(), &parameters[Self::OWN..Self::LEN], &mut factors);
        let mut y = [T::zero(); O];
        if P::BIAS {
            y.copy_from_slice(&parameters[Dense::<I, O, A, P>::BIAS..][..O]);
        }
        // As in the product, each output is one chain of fused multiply-adds over the inputs.
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
