//! Normalization of vectors to length 1.
//!
//! y  = x/max(|x|, ε), lengths along an axis: `norm_axes`, `clamp`, `div`

use tensor::Float;

use crate::axis::Axis;
use crate::error::Result;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// x/max(|x|, `eps`), where |x| is the `p`-norm along `axis`: PyTorch's `normalize`. No
    /// gradient flows through a length below `eps`.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or `p` is below 1.
    pub fn normalize(self, p: T, axis: impl Axis, eps: T) -> Result<Self> {
        let axis = self.axis("normalize", axis)?;
        self.div(self.norm_axes(&[axis], true, p)?.clamp(eps, T::infinity())?)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("normalize", |given| {
        given.x(0).normalize(given.number("p"), given.whole("axis"), given.number("epsilon"))
    })]
}
