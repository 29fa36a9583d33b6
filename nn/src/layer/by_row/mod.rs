//! Layers that answer each row by itself, with tensors of one number for each output: such a layer is its [`RowRule`], and
//! all else is here.

mod options;
#[cfg(feature = "std")]
mod train;

use core::marker::PhantomData;

use tensor::Float;

pub use options::Options;

use crate::layer::{Fixed, Inference, Info, LayerInfo, TensorInfo, Width};
use crate::parameters::{TensorKind, padded};

/// What a layer does with a row.
///
/// `parameters` are its tensors, one number for each output in each, padded to a multiple of 16. x and dx are one row of
/// inputs, y and dy one of outputs. `kept` are the numbers that the way forward keeps of the row for the way back. Functions of a row are
/// to be marked `#[inline(always)]`, so that they become part of the vectorised walk by rows.
pub trait RowRule: Copy + core::fmt::Debug + Send + Sync + 'static {
    /// The layer's word.
    const WORD: &'static str;

    /// Inputs for each output.
    const INPUTS_EACH: usize = 1;

    /// Names of the tensors, and what they are for.
    const TENSORS: &'static [(&'static str, TensorKind)] = &[];

    /// The numbers that the layer takes as options: `[f64; 1]`.
    type Options: Options;

    /// The parameters with their shapes.
    #[cfg(feature = "std")]
    type View<'a, T: Float, const N: usize>;

    /// With these numbers, which have been checked.
    fn new(options: Self::Options) -> Self;

    /// The parameters with their shapes.
    #[cfg(feature = "std")]
    fn view<T: Float, const N: usize>(parameters: &[T]) -> Self::View<'_, T, N>;

    /// What every number of the tensor at `index` is at first.
    fn first(&self, index: usize) -> f64 {
        let _ = index;
        0.0
    }

    /// How many numbers are kept of a row.
    fn kept(&self) -> usize {
        0
    }

    /// Fills y. `kept` is empty where nothing is to be kept.
    fn forward<T: Float>(&self, parameters: &[T], x: &[T], y: &mut [T], kept: &mut [T]);

    /// Fills dx.
    fn backward<T: Float>(&self, parameters: &[T], x: &[T], kept: &[T], dy: &[T], dx: &mut [T]);

    /// Adds the row's share of the gradient of the parameters to `gradient`.
    fn gradient<T: Float>(&self, x: &[T], kept: &[T], dy: &[T], gradient: &mut [T]) {
        let _ = (x, kept, dy, gradient);
    }
}

/// The tensor at `index` of `parameters`, for so many outputs.
#[inline(always)]
pub(super) fn column<T>(parameters: &[T], index: usize, outputs: usize) -> &[T] {
    &parameters[index * padded(outputs)..][..outputs]
}

/// [`column`], to be changed.
#[inline(always)]
pub(super) fn column_mut<T>(parameters: &mut [T], index: usize, outputs: usize) -> &mut [T] {
    &mut parameters[index * padded(outputs)..][..outputs]
}

/// The layer of `N` outputs by a rule, whose options are the numbers with the bits `A` and `B`, as far as it has any.
#[derive(Debug)]
pub struct ByRow<const N: usize, R, const A: u64 = 0, const B: u64 = 0>(PhantomData<fn() -> R>);

/// What [`ByRow`] computes, for rows of any width.
#[derive(Clone, Copy, Debug)]
pub struct ByRowFormula<R, W> {
    outputs: W,
    rule: R,
}

impl<R: RowRule, W: Width> ByRowFormula<R, W> {
    /// Of `outputs` outputs, with these numbers.
    pub(crate) fn new(outputs: W, options: R::Options) -> Self {
        ByRowFormula { outputs, rule: R::new(options) }
    }

    /// Inputs and outputs. Asked where rows are walked through, so that constants are constants there.
    #[inline(always)]
    fn row(&self) -> [usize; 2] {
        let outputs = self.outputs.get();
        [R::INPUTS_EACH * outputs, outputs]
    }
}

impl<const N: usize, R: RowRule, const A: u64, const B: u64> ByRow<N, R, A, B> {
    /// The numbers, each within its bounds.
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
