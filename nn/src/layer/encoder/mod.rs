//! Encoders: preprocessing that is fitted to the training rows and saved with the network.
//!
//! An encoder comes before the first layer. It is not part of the network's arithmetic:
//! [`Inference::encode`] is applied to a raw row wherever rows come in, when training gathers a
//! batch and in every prediction. As a layer of the tree it is the identity. Its statistics are
//! among the parameters and are saved with them, but no optimizer updates them.
//!
//! | word | y |
//! |---|---|
//! | `standardize` | (x − mean)/(standard deviation) |
//! | `min_max` | (x − least)/(most − least) |
//! | `robust` | z/√(1 + (z/3)²), z = (x − median)/(upper quartile − lower quartile) |
//! | `quantile` | √3·(2p − 1), p the fraction of the training rows below x |
//! | `scale(1/255)` | x/255 |

#[cfg(feature = "std")]
mod found;
mod min_max;
pub(crate) mod quantile;
mod robust;
mod scale;
mod standardize;
#[cfg(feature = "std")]
mod train;

use core::marker::PhantomData;

use tensor::Float;

#[cfg(feature = "std")]
pub use found::{FoundColumn, Seen};
pub use min_max::MinMaxRule;
pub use quantile::QuantileRule;
pub use robust::RobustRule;
#[cfg(feature = "std")]
pub(crate) use robust::robust_scale;
pub(crate) use robust::smooth_clip;
pub use scale::{ScaleBy, ScaleRule};
pub use standardize::StandardizeRule;
#[cfg(feature = "std")]
pub(crate) use train::{let_pass, record_nothing};

use super::{Fixed, Inference, Info, LayerInfo, TensorInfo, Width};
use crate::parameters::padded;

/// The computation of an encoder.
///
/// `state` has the statistics of the columns: its tensors, each `[width]` or `[width, count]`, one
/// after the other, each padded.
pub trait Rule: Copy + core::fmt::Debug + Send + Sync + 'static {
    /// The encoder's word.
    const WORD: &'static str;

    /// Names of the statistics of a column, and how many numbers each is.
    const STATE: &'static [(&'static str, usize)];

    /// Encodes a row in place.
    fn encode<T: Float>(self, state: &[T], row: &mut [T]);

    /// Computes the statistics of each column.
    #[cfg(feature = "std")]
    fn find<T: Float>(self, state: &mut [T], seen: &Seen<'_, T>) -> Vec<FoundColumn>;
}

/// A rule with its option, as a type.
pub trait Declared: 'static {
    /// The rule.
    type Rule: Rule;
    /// The rule with its option.
    const RULE: Self::Rule;
    /// The option, as text for tables.
    const OPTION: &'static str = "";
}

/// An encoder of `N` columns with the rule `R`.
#[derive(Debug)]
pub struct Encoded<R, const N: usize>(PhantomData<fn() -> R>);

/// Standardization of each column to mean 0 and standard deviation 1: y = (x − mean)·scale, with
/// scale = 1/(standard deviation), where the variance is the mean of (x − mean)². For a constant
/// column scale is 1, so y is 0.
pub type Standardize<const N: usize> = Encoded<StandardizeRule, N>;

/// Min-max scaling of each column to 0..1: y = (x − least)·scale, with scale = 1/(most − least)
/// over the training rows. Other rows may be outside. For a constant column scale is 1, so y is 0.
pub type MinMax<const N: usize> = Encoded<MinMaxRule, N>;

/// Robust scaling of each column by median and quartiles, smoothly clipped at ±3: z = (x −
/// median)·scale, y = z/√(1 + (z/3)²) (Holzmüller et al. 2024). scale is 1/(interquartile range);
/// if that is 0, 2/(most − least); for a constant column 1.
pub type Robust<const N: usize> = Encoded<RobustRule, N>;

/// Quantile transform of each column: y = √3·(2p − 1), with p the fraction of the training rows
/// below x, interpolated linearly between 33 quantiles. So y has mean 0, standard deviation 1, and
/// is never beyond ±√3.
pub type Quantile<const N: usize> = Encoded<QuantileRule, N>;

/// Scaling by a constant, the number whose bits are `FACTOR`: y = x·factor. It has no statistics.
pub type Scale<const N: usize, const FACTOR: u64> = Encoded<ScaleBy<FACTOR>, N>;

/// The formula of [`Standardize`], for any number of columns.
pub type StandardizeFormula<W> = EncoderFormula<StandardizeRule, W>;
/// The formula of [`MinMax`], for any number of columns.
pub type MinMaxFormula<W> = EncoderFormula<MinMaxRule, W>;
/// The formula of [`Robust`], for any number of columns.
pub type RobustFormula<W> = EncoderFormula<RobustRule, W>;
/// The formula of [`Quantile`], for any number of columns.
pub type QuantileFormula<W> = EncoderFormula<QuantileRule, W>;
/// The formula of [`Scale`], for any number of columns.
pub type ScaleFormula<W> = EncoderFormula<ScaleRule, W>;

/// The formula of an encoder for any number of columns. The flat buffer has the number of rows that
/// the statistics were computed from (0 before), then the statistics.
#[derive(Clone, Copy, Debug)]
pub struct EncoderFormula<R, W> {
    #[cfg_attr(not(feature = "std"), allow(dead_code))] // known by the type there
    width: W,
    rule: R,
}

/// The name of the tensor with the number of rows that an encoder's statistics were computed from.
pub(crate) const ROWS: &str = "rows";

impl<R: Rule, W: Width> EncoderFormula<R, W> {
    const fn of(width: W, rule: R) -> Self {
        EncoderFormula { width, rule }
    }

    /// Elements of the flat buffer for `width` columns.
    const fn len_for(width: usize) -> usize {
        if R::STATE.is_empty() { 0 } else { Self::offset(R::STATE.len(), width) }
    }

    /// Offset of the tensor at `index` of the state.
    const fn offset(index: usize, width: usize) -> usize {
        let (mut offset, mut before) = (padded(1), 0);
        while before < index {
            offset += padded(width * R::STATE[before].1);
            before += 1;
        }
        offset
    }

    /// Encodes one row.
    #[inline(always)]
    fn encode<T: Float>(&self, parameters: &[T], row: &mut [T]) {
        let state = if R::STATE.is_empty() { &[] } else { &parameters[padded(1)..] };
        self.rule.encode(state, row);
    }
}

impl<R: Declared, const N: usize> Encoded<R, N> {
    const FORMULA: EncoderFormula<R::Rule, Fixed<N>> = EncoderFormula::of(Fixed, R::RULE);

    /// The tensors of the state, as constants.
    const TENSORS: &'static [TensorInfo] = match <R::Rule as Rule>::STATE {
        [] => &[],
        [(a, 1)] => &[Self::TENSOR_ROWS, TensorInfo::found(a, &[N], padded(1))],
        [(a, 33)] => &[Self::TENSOR_ROWS, TensorInfo::found(a, &[N, 33], padded(1))],
        [(a, 1), (b, 1)] => &[
            Self::TENSOR_ROWS,
            TensorInfo::found(a, &[N], padded(1)),
            TensorInfo::found(b, &[N], padded(1) + padded(N)),
        ],
        _ => panic!("encoder: a state of this form has no tensors"),
    };
    const TENSOR_ROWS: TensorInfo = TensorInfo::found(ROWS, &[], 0);
}

impl<R: Declared, const N: usize> Inference for Encoded<R, N> {
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = EncoderFormula::<R::Rule, Fixed<N>>::len_for(N);
    const STACK: usize = N;
    const INFO: Info = Info::Layer(LayerInfo {
        option: R::OPTION,
        len: Self::LEN,
        tensors: Self::TENSORS,
        encodes: true,
        ..LayerInfo::of_notation(<R::Rule as Rule>::WORD, N, N)
    });
    const ENCODES: bool = true;
    const IS_ENCODER: bool = true;

    type Outputs<T: Float> = [T; N];

    /// The identity: rows have been encoded before.
    #[inline(always)]
    fn predict_inline<T: Float>(_parameters: &[T], x: &[T]) -> [T; N] {
        let mut y = [T::zero(); N];
        y.copy_from_slice(x);
        y
    }

    #[inline(always)]
    fn encode<T: Float>(parameters: &[T], row: &mut [T]) {
        Self::FORMULA.encode(parameters, row);
    }

    #[inline(always)]
    fn is_adapted<T: Float>(parameters: &[T]) -> bool {
        Self::LEN == 0 || parameters[0] > T::zero()
    }
}
