//! Clamping with a pair of bounds for each element.
//!
//! y  = min(max(x, low), high): `maximum`, then `minimum`

use tensor::Float;

use crate::error::Result;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// min(max(x, `low`), `high`), the shapes broadcast together: PyTorch's `clamp` with tensors.
    /// The selected number gets the gradient, divided among equals, as in PyTorch. For numbers as
    /// bounds, [`clamp`](Var::clamp) is cheaper.
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    pub fn clamp_between(self, low: Self, high: Self) -> Result<Self> {
        self.maximum(low)?.minimum(high)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("clamp_between", |given| given.x(0).clamp_between(given.x(1), given.x(2)))]
}
