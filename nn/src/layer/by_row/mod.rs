//! Layers that treat each row by itself, whose tensors have one number per output.
//!
//! Such a layer implements [`RowRule`], its formula for one row; everything else is in this folder.

mod options;
#[cfg(feature = "std")]
mod train;

use core::marker::PhantomData;

use tensor::Float;

pub use options::Options;

use crate::layer::{Fixed, Inference, Info, LayerInfo, TensorInfo, Width};
use crate::parameters::{TensorKind, padded};

/// The formula of a layer for one row.
///
/// `parameters` are its tensors, each with one number per output, padded to a multiple of 16. x and
/// dx are one row of inputs, y and dy one row of outputs. `kept` are the values of the row that the
/// forward pass caches for the backward pass.
///
/// Mark the functions of a row `#[inline(always)]`, so that they become part of the vectorized loop
/// over rows.
pub trait RowRule: Copy + core::fmt::Debug + Send + Sync + 'static {
    /// The layer's word.
    const WORD: &'static str;

    /// Inputs per output.
    const INPUTS_EACH: usize = 1;

    /// Names and roles of the tensors.
    const TENSORS: &'static [(&'static str, TensorKind)] = &[];

    /// The type of its numeric options: `[f64; 1]`.
    type Options: Options;

    /// The parameters with their shapes.
    #[cfg(feature = "std")]
    type View<'a, T: Float, const N: usize>;

    /// Creates the rule with these options, which have been checked.
    fn new(options: Self::Options) -> Self;

    /// Returns the parameters with their shapes.
    #[cfg(feature = "std")]
    fn view<T: Float, const N: usize>(parameters: &[T]) -> Self::View<'_, T, N>;

    /// The initial value of the tensor at `index`.
    fn first(&self, index: usize) -> f64 {
        let _ = index;
        0.0
    }

    /// Number of cached values per row.
    fn kept(&self) -> usize {
        0
    }

    /// Computes y. `kept` is empty where nothing needs to be cached.
    fn forward<T: Float>(&self, parameters: &[T], x: &[T], y: &mut [T], kept: &mut [T]);

    /// Computes dx.
    fn backward<T: Float>(&self, parameters: &[T], x: &[T], kept: &[T], dy: &[T], dx: &mut [T]);

    /// Adds the row's contribution to the gradient of the parameters.
    fn gradient<T: Float>(&self, x: &[T], kept: &[T], dy: &[T], gradient: &mut [T]) {
        let _ = (x, kept, dy, gradient);
    }
}

/// The tensor at `index` of `parameters`, for `outputs` outputs.
#[inline(always)]
pub(super) fn column<T>(parameters: &[T], index: usize, outputs: usize) -> &[T] {
    &parameters[index * padded(outputs)..][..outputs]
}

/// The same as [`column`], mutable.
#[inline(always)]
pub(super) fn column_mut<T>(parameters: &mut [T], index: usize, outputs: usize) -> &mut [T] {
    &mut parameters[index * padded(outputs)..][..outputs]
}

/// The layer of `N` outputs with the formula `R`, whose options have the bits `A` and `B`, as far
/// as it has any.
#[derive(Debug)]
pub struct ByRow<const N: usize, R, const A: u64 = 0, const B: u64 = 0>(PhantomData<fn() -> R>);

/// The formula of [`ByRow`], for rows of any width.
#[derive(Clone, Copy, Debug)]
pub struct ByRowFormula<R, W> {
    outputs: W,
    rule: R,
}

impl<R: RowRule, W: Width> ByRowFormula<R, W> {
    /// Creates the formula for `outputs` outputs and these options.
    pub(crate) fn new(outputs: W, options: R::Options) -> Self {
        ByRowFormula { outputs, rule: R::new(options) }
    }

    /// Inputs and outputs per row. Called inside the loop over rows, so that constants stay
    /// constants there.
    #[inline(always)]
    fn row(&self) -> [usize; 2] {
        let outputs = self.outputs.get();
        [R::INPUTS_EACH * outputs, outputs]
    }
}

impl<const N: usize, R: RowRule, const A: u64, const B: u64> ByRow<N, R, A, B> {
    /// The options, each within its bounds.
    const NUMBERS: [f64; 2] = options::checked(R::WORD, [A, B], N);

    const TENSORS: &'static [TensorInfo] = match R::TENSORS {
        [] => &[],
        [(a, of_a)] => &[TensorInfo::new(a, &[N], 0).kind(*of_a)],
        [(a, of_a), (b, of_b)] => &[
            TensorInfo::new(a, &[N], 0).kind(*of_a),
            TensorInfo::new(b, &[N], padded(N)).kind(*of_b),
        ],
        _ => panic!("a layer by rows has two tensors at most"),
    };

    #[inline(always)]
    fn formula() -> ByRowFormula<R, Fixed<N>> {
        ByRowFormula::new(Fixed, R::Options::first_of(const { Self::NUMBERS }))
    }
}

impl<const N: usize, R: RowRule, const A: u64, const B: u64> Inference for ByRow<N, R, A, B> {
    const INPUTS: usize = R::INPUTS_EACH * N;
    const OUTPUTS: usize = N;
    const LEN: usize = R::TENSORS.len() * padded(N);
    const STACK: usize = N;
    const INFO: Info = Info::Layer(LayerInfo {
        option: const { &options::shown(R::WORD, Self::NUMBERS) }.as_str(),
        params: R::TENSORS.len() * N,
        len: Self::LEN,
        tensors: Self::TENSORS,
        ..LayerInfo::of_notation(R::WORD, Self::INPUTS, N)
    });

    type Outputs<T: Float> = [T; N];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; N] {
        let mut y = [T::zero(); N];
        Self::formula().rule.forward(parameters, &x[..Self::INPUTS], &mut y, &mut []);
        y
    }
}
