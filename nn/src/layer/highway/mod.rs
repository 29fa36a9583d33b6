//! Highway layer: a gate mixes a transformation of the inputs with the inputs themselves.

#[cfg(feature = "std")]
mod train;

use tensor::Float;
use tensor::activation::{Activation, Relu, Sigmoid};
use tensor::decimal::Written;

#[cfg(feature = "std")]
pub use train::HighwayView;

use crate::layer::option::checked;
use crate::layer::{Fixed, Inference, Info, LayerInfo, TensorInfo, Width};
use crate::parameters::{TensorKind, padded};

/// A highway layer of `N` inputs and outputs, each with a gate (Srivastava et al. 2015).
///
/// y = t∘relu(h) + (1 − t)∘x, where h and then σ⁻¹(t) are the two halves of x·W + b, with W
/// `[N, 2N]` and b `[2N]`. The biases of the gates start at the number whose bits are `BIAS`. Below
/// 0 it lets mostly x pass at first.
#[derive(Debug)]
pub struct Highway<const N: usize, const BIAS: u64>;

/// The formula of [`Highway`], for rows of any width.
#[derive(Clone, Copy, Debug)]
pub struct HighwayFormula<W> {
    width: W,
    /// The initial bias of the gates.
    bias: f64,
}

impl<W: Width> HighwayFormula<W> {
    /// Creates the formula for rows of `width` numbers, with this initial bias of the gates.
    pub(crate) const fn new(width: W, [bias]: [f64; 1]) -> Self {
        HighwayFormula { width, bias }
    }
}

/// Returns one element of y, given its two weighted sums.
#[inline(always)]
fn pass<T: Float>(x: T, h: T, gate: T) -> T {
    let open = Sigmoid.value(gate);
    open * Relu.value(h) + (T::one() - open) * x
}

impl<const N: usize, const BIAS: u64> Highway<N, BIAS> {
    const FORMULA: HighwayFormula<Fixed<N>> =
        HighwayFormula::new(Fixed, [checked("highway", "bias", BIAS)]);
}

impl<const N: usize, const BIAS: u64> Inference for Highway<N, BIAS> {
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = padded(2 * N * N) + padded(2 * N);
    const STACK: usize = 3 * N;
    const INFO: Info = Info::Layer(LayerInfo {
        option: const { &Written::number(Self::FORMULA.bias) }.as_str(),
        params: 2 * N * N + 2 * N,
        flops: 4 * N * N,
        len: Self::LEN,
        tensors: &[
            TensorInfo::new("weight", &[N, 2 * N], 0),
            TensorInfo::new("bias", &[2 * N], padded(2 * N * N)).kind(TensorKind::Bias),
        ],
        ..LayerInfo::of_notation("highway", N, N)
    });

    type Outputs<T: Float> = [T; N];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; N] {
        let (weight, bias) =
            (parameters[..2 * N * N].as_chunks::<N>().0, &parameters[padded(2 * N * N)..]);
        let mut sums = [[T::zero(); N]; 2];
        sums.as_flattened_mut().copy_from_slice(&bias[..2 * N]);
        // As in the product, each sum is one chain of fused multiply-adds over the inputs.
        for (&x, rows) in x[..N].iter().zip(weight.chunks_exact(2)) {
            for (sums, row) in sums.iter_mut().zip(rows) {
                for o in 0..N {
                    sums[o] = x.mul_add(row[o], sums[o]);
                }
            }
        }
        let mut y = [T::zero(); N];
        for o in 0..N {
            y[o] = pass(x[o], sums[0][o], sums[1][o]);
        }
        y
    }
}
