//! The margin ranking loss of pairs, one of which should rank above the other.
//!
//! y  = max(0, margin − t∘(a − b)): `sub`, then `hinge_reduced`

use tensor::Float;

use crate::error::Result;
use crate::ops::Reduction;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// max(0, `margin` − target∘(self − other)), reduced. The target is 1 where self should rank
    /// above other, −1 where below. PyTorch's `margin_ranking_loss`. At the kink the gradient is 0.
    ///
    /// # Errors
    ///
    /// If the shapes of self and other do not broadcast, or the target does not have the shape of
    /// their difference.
    #[doc(alias = "margin_ranking_loss")]
    pub fn margin_ranking(
        self,
        other: Self,
        target: Self,
        margin: T,
        reduction: Reduction,
    ) -> Result<Self> {
        self.sub(other)?.hinge_reduced(target, margin, reduction)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("margin_ranking", |given| {
        let (margin, reduction) = (given.number("margin"), given.reduction().unwrap());
        given.x(0).margin_ranking(given.x(1), given.x(2), margin, reduction)
    })]
}
