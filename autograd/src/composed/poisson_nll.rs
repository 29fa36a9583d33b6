//! The negative log-likelihood of Poisson-distributed counts.
//!
//! y  = eˣ − t∘x, x the logarithm of the expected count; ln t! is left out: `exp`, `mul`, `sub`

use tensor::Float;

use super::reduced::same_shape;
use crate::error::Result;
use crate::ops::Reduction;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// eˣ − target∘x, reduced, where x = self is the logarithm of the expected count: PyTorch's
    /// `poisson_nll_loss(x, target)`. ln target!, which does not depend on x, is left out.
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    #[doc(alias = "poisson_nll_loss")]
    pub fn poisson_nll(self, target: Self, reduction: Reduction) -> Result<Self> {
        let x = same_shape("poisson_nll", self, target)?;
        x.exp()?.sub(target.mul(x)?)?.reduced(reduction)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("poisson_nll", |given| {
        given.x(0).poisson_nll(given.x(1), given.reduction().unwrap())
    })]
}
