//! Encoders: what stands in front of the first layer and prepares rows for it.
//!
//! An encoder is no step of the network's arithmetic: [`Inference::encode`] is applied to a raw row wherever rows come in,
//! in training where they are gathered and in every prediction, and the layers see what it gives. As a layer of the tree
//! it lets that pass. What it finds from the training data stands with the parameters, is saved with them, and is trained
//! by no optimizer.
//!
//! | word | y |
//! |---|---|
//! | `standardize` | (x − mean)/deviation |
//! | `min_max` | (x − least)/(most − least) |
//! | `robust` | z/√(1 + (z/3)²), z = (x − median)/(upper quartile − lower quartile) |
//! | `quantile` | √3·(2p − 1), p the share of the training rows below x |
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

/// What an encoder does with a row.
///
/// `state` is what it has found of the columns: its tensors, each `[width]` or `[width, count]`, one after the other, each
/// padded.
pub trait Rule: Copy + core::fmt::Debug + Send + Sync + 'static {
    /// The encoder's word.
    const WORD: &'static str;

    /// Names of what is found of each column, and how many numbers each is.
    const STATE: &'static [(&'static str, usize)];

    /// Replaces the numbers of a row.
    fn encode<T: Float>(self, state: &[T], row: &mut [T]);

    /// Finds what there is to find of each column.
    #[cfg(feature = "std")]
    fn find<T: Float>(self, state: &mut [T], seen: &Seen<'_, T>) -> Vec<FoundColumn>;
}

/// A rule with its number, as a type.
pub trait Declared: 'static {
    /// What it does.
    type Rule: Rule;
    /// With its number.
    const RULE: Self::Rule;
    /// The number, as tables show it.
    const OPTION: &'static str = "";
}

/// The encoder of `N` columns by a rule.
#[derive(Debug)]
pub struct Encoded<R, const N: usize>(PhantomData<fn() -> R>);

/// Each column with mean 0 and deviation 1: y = (x − mean)·scale, with scale = 1/deviation, the square of which is the mean
/// of (x − mean)². Of a constant column scale is 1, and so y is 0.
pub type Standardize<const N: usize> = Encoded<StandardizeRule, N>;

/// Each column from 0 to 1: y = (x − least)·scale, with scale = 1/(most − least) of the training rows; others may lie
/// outside. Of a constant column scale is 1, and so y is 0.
pub type MinMax<const N: usize> = Encoded<MinMaxRule, N>;

/// Each column by its median and quartiles, with its tails clipped smoothly at ±3: z = (x − median)·scale,
/// y = z/√(1 + (z/3)²) (Holzmüller et al. 2024). scale is 1 by the distance of the quartiles; if they are equal, 2 by that of
/// the least and the most; of a constant column 1.
pub type Robust<const N: usize> = Encoded<RobustRule, N>;

/// Each column by its rank: y = √3·(2p − 1), with p the share of the training rows below x, between 33 quantiles on the line
/// through the two next to it. So y has mean 0, deviation 1, and is never beyond ±√3.
pub type Quantile<const N: usize> = Encoded<QuantileRule, N>;

/// Every number by a factor, the number whose bits are `FACTOR`: y = x·factor. It finds nothing.
pub type Scale<const N: usize, const FACTOR: u64> = Encoded<ScaleBy<FACTOR>, N>;

/// What [`Standardize`] does, for any number of columns.
pub type StandardizeFormula<W> = EncoderFormula<StandardizeRule, W>;
/// What [`MinMax`] does, for any number of columns.
pub type MinMaxFormula<W> = EncoderFormula<MinMaxRule, W>;
/// What [`Robust`] does, for any number of columns.
pub type RobustFormula<W> = EncoderFormula<RobustRule, W>;
/// What [`Quantile`] does, for any number of columns.
pub type QuantileFormula<W> = EncoderFormula<QuantileRule, W>;
/// What [`Scale`] does, for any number of columns.
pub type ScaleFormula<W> = EncoderFormula<ScaleRule, W>;

/// An encoder of so many columns by a rule. In the flat buffer stand the number of rows that its state was found from, 0
/// before, and then what was found.
#[derive(Clone, Copy, Debug)]
pub struct EncoderFormula<R, W> {
    #[cfg_attr(not(feature = "std"), allow(dead_code))] // known by the type there
    width: W,
    rule: R,
}

/// The name of the number of rows that an encoder's state was found from.
pub(crate) const ROWS: &str = "rows";

impl<R: Rule, W: Width> EncoderFormula<R, W> {
    const fn of(width: W, rule: R) -> Self {
        EncoderFormula { width, rule }
    }

    /// Elements of the flat buffer for so many columns.
    const fn len_for(width: usize) -> usize {
        if R::STATE.is_empty() { 0 } else { Self::offset(R::STATE.len(), width) }
    }

    /// Where the tensor at `index` of the state begins.
    const fn offset(index: usize, width: usize) -> usize {
        let (mut offset, mut before) = (padded(1), 0);
        while before < index {
            offset += padded(width * R::STATE[before].1);
            before += 1;
        }
        offset
    }

    /// One row.
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

    /// What has been encoded, as it is.
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
