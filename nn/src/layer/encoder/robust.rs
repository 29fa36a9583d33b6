//! Robust scaling: z = (x − median)·scale, y = z/√(1 + (z/3)²).

use tensor::Float;

use super::standardize::affine;
use super::{Declared, Rule};

/// See [`Robust`](super::Robust).
#[derive(Clone, Copy, Debug)]
pub struct RobustRule;

impl Declared for RobustRule {
    type Rule = Self;
    const RULE: Self = RobustRule;
}

/// z/√(1 + (z/3)²), which is about z near 0 and never beyond ±3.
#[inline(always)]
pub(crate) fn smooth_clip<T: Float>(z: T) -> T {
    let share = z * T::of(1.0 / 3.0);
    z / (T::one() + share * share).sqrt()
}

impl Rule for RobustRule {
    const WORD: &'static str = "robust";
    const STATE: &'static [(&'static str, usize)] = &[("median", 1), ("scale", 1)];

    #[inline(always)]
    fn encode<T: Float>(self, state: &[T], row: &mut [T]) {
        affine(state, row);
        for x in row {
            *x = smooth_clip(*x);
        }
    }

    #[cfg(feature = "std")]
    fn find<T: Float>(self, state: &mut [T], seen: &super::Seen<'_, T>) -> Vec<super::FoundColumn> {
        let (mut columns, quartiles) = (seen.columns(), seen.quantiles(&[0.25, 0.5, 0.75]));
        for (at, (column, quartiles)) in columns.iter_mut().zip(quartiles).enumerate() {
            let median = quartiles[1];
            super::found::write(
                state,
                seen.width(),
                at,
                [median, robust_scale(column, &quartiles)],
            );
            column.median = Some(median);
        }
        columns
    }
}

/// 1/(interquartile range), or 2/(most − least) if that is 0.
#[cfg(feature = "std")]
pub(crate) fn robust_scale(column: &super::FoundColumn, quartiles: &[f64]) -> f64 {
    match quartiles[2] - quartiles[0] {
        distance if distance > 0.0 => super::found::rate(distance),
        _ => super::found::rate((column.most - column.least) / 2.0),
    }
}
