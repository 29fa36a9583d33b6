//! Binary cross-entropy, from logits.
//!
//! y  = Σ −(t ln σ(x) + (1 − t) ln(1 − σ(x))) / n, n the number of elements,
//!      computed as Σ (max(x, 0) − x∘t + ln(1 + e^−|x|)) / n, which is exact for large |x|
//! dx = dy ∘ (σ(x) − t) / n
//! dt = −dy ∘ x / n
//!
//! shapes: x and t equal, y `[]`

use tensor::{Float, Tensor, math};

use super::mse::check_equal;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// The mean binary cross-entropy of σ(x) against targets t between 0 and 1;
/// dx = dy ∘ (σ(x) − t) / n, dt = −dy ∘ x / n.
///
/// x are logits, not probabilities, so that ln 0 cannot occur. The shapes must be equal.
#[derive(Clone, Copy, Debug)]
pub struct BceWithLogits;

impl<T: Float> Op<T, 2> for BceWithLogits {
    fn name(&self) -> &'static str {
        "bce_with_logits"
    }

    fn forward(&mut self, [x, t]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        check_equal("bce_with_logits", x, t)?;
        let loss = |x: T, t: T| {
            // Not `max`, which would ignore NaN.
            let above = if x < T::zero() { T::zero() } else { x };
            above - x * t + math::ln_1p(math::exp(-x.abs()))
        };
        Ok(Tensor::scalar(x.zip(t, loss)?.mean()))
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [x, t] = call.inputs;
        let scale = dy.item()? / T::of(x.len() as f64);
        Ok([
            call.wanted(0, || Ok(x.zip(t, |x, t| scale * (math::sigmoid(x) - t))?))?,
            call.wanted(1, || Ok(x.map(|x| -scale * x)))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// The mean binary cross-entropy of σ(self) for targets between 0 and 1.
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    #[doc(alias = "binary_cross_entropy_with_logits")]
    pub fn bce_with_logits(self, target: Self) -> Result<Self> {
        self.tape().apply(BceWithLogits, [self, target])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{normal, positive};
    vec![grad_case!(BceWithLogits, [normal([2, 3]), positive([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("bce_with_logits", |given| given.x(0).bce_with_logits(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn certainty_right_and_wrong() {
        let tape = Tape::new();
        let t = tape.constant(Tensor::from([1.0, 0.0]));
        for (x, loss, slope) in [([100.0, -100.0], 0.0, 0.0), ([-100.0, 100.0], 100.0_f64, 0.5)] {
            let x = tape.parameter(Tensor::from(x));
            let y = x.bce_with_logits(t).unwrap();
            assert!((y.value().item().unwrap() - loss).abs() < 1e-40);
            let gradients = y.backward().unwrap();
            let found = gradients.of(x).unwrap().to_vec();
            assert!((found[0] + slope).abs() < 1e-40 && (found[1] - slope).abs() < 1e-40);
        }
    }
}
