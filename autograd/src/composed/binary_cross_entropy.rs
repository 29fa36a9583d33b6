//! The binary cross-entropy of probabilities, reduced.
//!
//! `Bce`, then a reduction

use tensor::Float;

use super::reduced::same_shape;
use crate::error::Result;
use crate::ops::{Bce, Reduction};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// −(t ln p + (1 − t) ln(1 − p)) for probabilities p = self and targets t, reduced: PyTorch's
    /// and Keras' `binary_cross_entropy`. For logits use
    /// [`bce_with_logits`](Var::bce_with_logits), which is exact for large ones.
    ///
    /// # Errors
    ///
    /// If the shapes differ, or a probability is not in 0..=1.
    #[doc(alias = "binary_crossentropy")]
    pub fn binary_cross_entropy(self, target: Self, reduction: Reduction) -> Result<Self> {
        let p = same_shape("binary_cross_entropy", self, target)?;
        p.tape().apply(Bce, [p, target])?.reduced(reduction)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("binary_cross_entropy", |given| {
        given.x(0).binary_cross_entropy(given.x(1), given.reduction().unwrap())
    })]
}
