//! The dense (fully connected) layer: y = f(x·W + b).
//!
//! y  = f(z), z = x·W + b
//! dz = dy ∘ f'(z), dx = dz·Wᵀ
//! dW = xᵀ·dz + 2·l2·W, db = Σ rows of dz
//!
//! Shapes: x, dx `[rows, I]`; W, dW `[I, O]`; b, db `[O]`; y, dy, z, dz `[rows, O]`.
//!
//! | file | |
//! |---|---|
//! | `options` | initializer, bias, penalty |
//! | `train` | the training pass, for fixed and run-time widths |
//! | `products` | the three matrix products, for any widths |
//! | `small` | the same for small layers, as loops of constant length |
//! | `penalty` | l2·Σw² and its gradient |
//! | `op`, `l2` | layer and penalty as operations of a tape |
//! | `normed` | weight norm and spectral norm |

#[cfg(feature = "std")]
mod l2;
mod normed;
#[cfg(feature = "std")]
mod op;
mod options;
#[cfg(feature = "std")]
mod penalty;
#[cfg(feature = "std")]
mod products;
#[cfg(feature = "std")]
mod small;
#[cfg(feature = "std")]
mod train;

use core::hint::black_box;
use core::marker::PhantomData;

use tensor::Float;
use tensor::activation::Activation;

#[cfg(feature = "onnx")]
pub(crate) use normed::computed_weights;
pub use normed::{DenseNorm, Length, Normed, Spectral, SpectralNorm, WeightNorm};
#[cfg(feature = "std")]
pub use normed::{HasFormula, NormedFormula, SpectralNormView, WeightNormView};
pub use options::{DenseOptions, DenseView, DenseWith, Plain, WeightView};

use crate::layer::{Inference, Info, LayerInfo, TensorInfo};
use crate::parameters::{TensorKind, padded};
#[cfg(feature = "std")]
pub use products::{FixedWidths, Widths as DenseWidths};
#[cfg(feature = "std")]
pub use train::{Declared, DenseFormula, DenseSettings};

/// Aligned to a cache line. A vector that crosses two lines takes two loads or stores.
#[repr(align(64))]
struct Aligned<T>(T);

/// A dense layer from `I` inputs to `O` outputs with the activation `A` and the options `P`: y =
/// f(x·W + b).
///
/// Shapes: W `[I, O]`, b `[O]`. Row `i` of W holds the weights from input `i` to every output
/// (PyTorch stores the transpose). In the flat buffer W comes first, row by row, then b, if there
/// is a bias.
#[derive(Debug)]
pub struct Dense<const I: usize, const O: usize, A, P = Plain>(PhantomData<(A, P)>);

impl<const I: usize, const O: usize, A: Activation, P: DenseOptions> Dense<I, O, A, P> {
    /// Index of the bias in the flat buffer.
    pub(crate) const BIAS: usize = padded(I * O);
    /// Its padded length; 0 without a bias.
    pub(crate) const BIAS_LEN: usize = if P::BIAS { padded(O) } else { 0 };
}

impl<const I: usize, const O: usize, A: Activation, P: DenseOptions> Inference
    for Dense<I, O, A, P>
{
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    const LEN: usize = Self::BIAS + Self::BIAS_LEN;
    const STACK: usize = O;
    const INFO: Info = Info::Layer(LayerInfo {
        activation: A::NAME,
        has_own_activation: A::IS_OWN,
        option: P::WRITTEN,
        params: I * O + if P::BIAS { O } else { 0 },
        flops: 2 * I * O,
        len: Self::LEN,
        tensors: match P::BIAS {
            true => &[
                TensorInfo::new("weight", &[I, O], 0),
                TensorInfo::new("bias", &[O], Self::BIAS).kind(TensorKind::Bias),
            ],
            false => &[TensorInfo::new("weight", &[I, O], 0)],
        },
        weight: Some([I, O]),
        ..LayerInfo::of_notation("dense", I, O)
    });

    type Outputs<T: Float> = [T; O];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; O] {
        let weight = parameters[..I * O].as_chunks::<O>().0;
        let mut y = [T::zero(); O];
        if P::BIAS {
            y.copy_from_slice(&parameters[Self::BIAS..][..O]);
        }
        // As in the product, each output is one chain of fused multiply-adds over the inputs. The
        // layer before left x in vector registers. With few outputs, extracting each x from a
        // register costs more instructions than the sums; loading it from memory costs none.
        let mut in_memory = Aligned([T::zero(); I]);
        let x = match const { O < 4 && I >= 8 && I <= 64 } {
            true => {
                in_memory.0.copy_from_slice(&x[..I]);
                &black_box(&in_memory).0[..]
            }
            false => &x[..I],
        };
        for (&x, row) in x.iter().zip(weight) {
            for o in 0..O {
                y[o] = x.mul_add(row[o], y[o]);
            }
        }
        for o in 0..O {
            y[o] = A::default().value(y[o]);
        }
        y
    }
}
