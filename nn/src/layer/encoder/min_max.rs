//! Min-max scaling: y = (x − least)·scale.

use tensor::Float;

use super::standardize::affine;
use super::{Declared, Rule};

/// See [`MinMax`](super::MinMax).
#[derive(Clone, Copy, Debug)]
pub struct MinMaxRule;

impl Declared for MinMaxRule {
    type Rule = Self;
    const RULE: Self = MinMaxRule;
}

impl Rule for MinMaxRule {
    const WORD: &'static str = "min_max";
    const STATE: &'static [(&'static str, usize)] = &[("least", 1), ("scale", 1)];

    #[inline(always)]
    fn encode<T: Float>(self, state: &[T], row: &mut [T]) {
        affine(state, row);
    }

    #[cfg(feature = "std")]
    fn find<T: Float>(self, state: &mut [T], seen: &super::Seen<'_, T>) -> Vec<super::FoundColumn> {
        let columns = seen.columns();
        for (at, column) in columns.iter().enumerate() {
            let scale = super::found::rate(column.most - column.least);
            super::found::write(state, seen.width(), at, [column.least, scale]);
        }
        columns
    }
}
