//! Quantile transform: y = √3·(2p − 1), p the fraction of the training rows below x.

use tensor::Float;

use super::{Declared, Rule};

/// Number of quantiles per column: in steps of 1/32, both ends included.
pub(crate) const QUANTILES: usize = 33;

/// √3, so that the standard deviation is 1.
pub(crate) const ROOT_OF_3: f64 = 1.732_050_807_568_877_2;

/// See [`Quantile`](super::Quantile).
#[derive(Clone, Copy, Debug)]
pub struct QuantileRule;

impl Declared for QuantileRule {
    type Rule = Self;
    const RULE: Self = QuantileRule;
}

/// √3·(2p − 1). For equal quantiles, p is that of the middle one.
#[inline(always)]
fn rank<T: Float>(quantiles: &[T], x: T) -> T {
    let (mut below, mut upto) = (0, 0);
    for &quantile in quantiles {
        below += usize::from(quantile < x);
        upto += usize::from(quantile <= x);
    }
    let place = if upto > below {
        T::of((below + upto - 1) as f64 / 2.0)
    } else if below == 0 {
        T::zero()
    } else if below == quantiles.len() {
        T::of((quantiles.len() - 1) as f64)
    } else {
        let (a, b) = (quantiles[below - 1], quantiles[below]);
        T::of((below - 1) as f64) + (x - a) / (b - a)
    };
    let p = place / T::of((quantiles.len() - 1) as f64);
    T::of(ROOT_OF_3) * (p + p - T::one())
}

impl Rule for QuantileRule {
    const WORD: &'static str = "quantile";
    const STATE: &'static [(&'static str, usize)] = &[("quantiles", QUANTILES)];

    #[inline(always)]
    fn encode<T: Float>(self, state: &[T], row: &mut [T]) {
        for (x, quantiles) in row.iter_mut().zip(state.chunks_exact(QUANTILES)) {
            *x = rank(quantiles, *x);
        }
    }

    #[cfg(feature = "std")]
    fn find<T: Float>(self, state: &mut [T], seen: &super::Seen<'_, T>) -> Vec<super::FoundColumn> {
        let shares: [f64; QUANTILES] =
            core::array::from_fn(|at| at as f64 / (QUANTILES - 1) as f64);
        let (mut columns, quantiles) = (seen.columns(), seen.quantiles(&shares));
        for ((column, found), kept) in
            columns.iter_mut().zip(quantiles).zip(state.chunks_exact_mut(QUANTILES))
        {
            kept.iter_mut().zip(&found).for_each(|(kept, &found)| *kept = T::of(found));
            column.median = Some(found[QUANTILES / 2]);
        }
        columns
    }
}
