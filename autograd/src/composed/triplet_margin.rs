//! The triplet margin loss of an anchor that should be nearer to one vector than to another.
//!
//! y  = max(0, |a − p| − |a − n| + margin), lengths along the last axis: `norm_axes`, then `relu`

use tensor::Float;

use crate::error::Result;
use crate::ops::Reduction;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// max(0, |self − near + ε| − |self − far + ε| + `margin`), reduced, with Euclidean lengths
    /// along the last axis: PyTorch's `triplet_margin_loss`. As there, ε = 10⁻⁶ is added to each
    /// difference, so that equal vectors have a slope.
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast, or there is no axis.
    #[doc(alias = "triplet_margin_loss")]
    pub fn triplet_margin(
        self,
        near: Self,
        far: Self,
        margin: T,
        reduction: Reduction,
    ) -> Result<Self> {
        let distance = |other: Self| {
            self.sub(other)?.add_scalar(T::of(1e-6))?.norm_axes(&[-1], false, T::of(2.0))
        };
        distance(near)?.sub(distance(far)?)?.add_scalar(margin)?.relu()?.reduced(reduction)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("triplet_margin", |given| {
        let (margin, reduction) = (given.number("margin"), given.reduction().unwrap());
        given.x(0).triplet_margin(given.x(1), given.x(2), margin, reduction)
    })]
}
