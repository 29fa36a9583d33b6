//! Standardization: y = (x − mean)·scale.

use tensor::Float;

use super::{Declared, Rule};
use crate::parameters::padded;

/// See [`Standardize`](super::Standardize).
#[derive(Clone, Copy, Debug)]
pub struct StandardizeRule;

impl Declared for StandardizeRule {
    type Rule = Self;
    const RULE: Self = StandardizeRule;
}

/// (x − center)·scale of each column.
#[inline(always)]
pub(super) fn affine<T: Float>(state: &[T], row: &mut [T]) {
    let (center, scale) = (&state[..row.len()], &state[padded(row.len())..][..row.len()]);
    for ((x, &center), &scale) in row.iter_mut().zip(center).zip(scale) {
        *x = (*x - center) * scale;
    }
}

impl Rule for StandardizeRule {
    const WORD: &'static str = "standardize";
    const STATE: &'static [(&'static str, usize)] = &[("mean", 1), ("scale", 1)];

    #[inline(always)]
    fn encode<T: Float>(self, state: &[T], row: &mut [T]) {
        affine(state, row);
    }

    #[cfg(feature = "std")]
    fn find<T: Float>(self, state: &mut [T], seen: &super::Seen<'_, T>) -> Vec<super::FoundColumn> {
        let columns = seen.columns();
        for (at, column) in columns.iter().enumerate() {
            super::found::write(
                state,
                seen.width(),
                at,
                [column.mean, super::found::rate(column.deviation)],
            );
        }
        columns
    }
}
