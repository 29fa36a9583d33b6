//! The binary cross-entropy of each logit, not reduced.
//!
//! y  = −(t ln σ(x) + (1 − t) ln(1 − σ(x))) = max(x, 0) − x∘t + ln(1 + e^−|x|)
//! dx = dy ∘ (σ(x) − t)
//! dt = −dy ∘ x
//!
//! shapes: x and t broadcast together; y has the broadcast shape

use crate::elementwise;

use tensor::math;

elementwise!(
    /// y = −(t ln σ(x) + (1 − t) ln(1 − σ(x))) of each logit x and target t, the shapes broadcast
    /// together; dx = dy ∘ (σ(x) − t), dt = −dy ∘ x. The method is
    /// [`bce_with_logits_reduced`](crate::Var::bce_with_logits_reduced).
    /// [`BceWithLogits`](super::BceWithLogits) computes the mean in one operation.
    pub BceOfLogits, "bce_of_logits", |x: T, t: T| {
        // Without `max` and `abs`, whose slopes at ±0 and NaN differ.
        let (above, size) = if x < T::zero() { (T::zero(), -x) } else { (x, x) };
        above - x * t + math::ln_1p(math::exp(-size))
    }
);

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{normal, positive};
    vec![
        grad_case!(BceOfLogits, [normal([2, 3]), positive([2, 3])]),
        grad_case!(BceOfLogits, [normal([2, 1]), positive([3])]).named("broadcast"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("bce_of_logits", |given| given
        .tape
        .apply(BceOfLogits, [given.x(0), given.x(1)]))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;
    use tensor::Tensor;

    #[test]
    fn certainty_right_and_wrong_and_a_coin_toss() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([40.0, -40.0, 0.0, -0.0]));
        let t = tape.constant(Tensor::from([1.0, 1.0, 0.5, 0.0]));
        let y = tape.apply(BceOfLogits, [x, t]).unwrap();
        let ln_2 = std::f64::consts::LN_2;
        let tiny = (-40.0_f64).exp();
        let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
        for (found, expected) in
            [(y.value(), [tiny, 40.0, ln_2, ln_2]), (dx, [-tiny, -1.0, 0.0, 0.5])]
        {
            for (found, expected) in found.to_vec().into_iter().zip(expected) {
                assert!((found - expected).abs() <= 1e-15 * expected.abs(), "{found} {expected}");
            }
        }
    }
}
