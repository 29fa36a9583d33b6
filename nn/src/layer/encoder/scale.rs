//! Scaling by a constant: y = x·factor.

use tensor::Float;
use tensor::decimal::Written;

use super::{Declared, Rule};
use crate::layer::option::checked;

/// See [`Scale`](super::Scale).
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a number and nothing else")]
pub struct ScaleRule {
    /// The factor.
    pub factor: f64,
}

/// The rule with the factor whose bits are `FACTOR`, as a type.
#[derive(Clone, Copy, Debug)]
pub struct ScaleBy<const FACTOR: u64>;

impl<const FACTOR: u64> Declared for ScaleBy<FACTOR> {
    type Rule = ScaleRule;
    const RULE: ScaleRule = ScaleRule { factor: checked("scale", "factor", FACTOR) };
    const OPTION: &'static str = const { &Written::number(Self::RULE.factor) }.as_str();
}

impl Rule for ScaleRule {
    const WORD: &'static str = "scale";
    const STATE: &'static [(&'static str, usize)] = &[];

    #[inline(always)]
    fn encode<T: Float>(self, _state: &[T], row: &mut [T]) {
        let factor = T::of(self.factor);
        for x in row {
            *x = *x * factor;
        }
    }

    #[cfg(feature = "std")]
    fn find<T: Float>(
        self,
        _state: &mut [T],
        _seen: &super::Seen<'_, T>,
    ) -> Vec<super::FoundColumn> {
        Vec::new()
    }
}
