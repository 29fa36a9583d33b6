//! The binary cross-entropy of each probability.
//!
//! y  = −(t ln p + (1 − t) ln(1 − p)), a logarithm being at least −100
//! dp = dy ∘ (p − t)/(p(1 − p)), the divisor being at least 10⁻¹²
//! dt = dy ∘ (ln(1 − p) − ln p)
//!
//! shapes: p and t broadcast together; y has the broadcast shape

use tensor::{Float, Tensor, math};

use crate::error::{Error, Result};
use crate::op::{Call, Op};

/// y = −(t ln p + (1 − t) ln(1 − p)) of each probability p and target t, the shapes broadcast
/// together; dp = dy ∘ (p − t)/(p(1 − p)), dt = dy ∘ (ln(1 − p) − ln p). The method is
/// [`binary_cross_entropy`](crate::Var::binary_cross_entropy).
///
/// As in PyTorch, a logarithm is at least −100 and the divisor of dp at least 10⁻¹² (there the
/// nearest number in single precision, also in `f64`), so that the loss of a certain but wrong
/// prediction is 100 and not ∞. If p is computed from a logit,
/// [`BceWithLogits`](super::BceWithLogits) is more precise.
#[derive(Clone, Copy, Debug)]
pub struct Bce;

/// ln p and ln(1 − p), at least −100.
fn logarithms<T: Float>(p: T) -> (T, T) {
    let least = T::of(-100.0);
    let bounded = |ln: T| if ln < least { least } else { ln };
    (bounded(math::ln(p)), bounded(math::ln_1p(-p)))
}

impl<T: Float> Op<T, 2> for Bce {
    fn name(&self) -> &'static str {
        "bce"
    }

    fn forward(&mut self, [p, t]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        let inside = |p: &T| (T::zero()..=T::one()).contains(p) || p.is_nan();
        if let Some(p) = p.to_vec().into_iter().find(|p| !inside(p)) {
            let rule = format!(
                "found the probability {p}, expected 0..=1; for logits use `bce_with_logits`"
            );
            return Err(Error::invalid("bce", rule));
        }
        Ok(p.zip(t, |p, t| {
            let (ln_p, ln_rest) = logarithms(p);
            (t - T::one()) * ln_rest - t * ln_p
        })?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [p, t] = call.inputs;
        let slope = |p: T, t: T| {
            let (product, least) = (p * (T::one() - p), T::of(1e-12));
            (p - t) / if product < least { least } else { product }
        };
        let by_target = |p: T, dy: T| {
            let (ln_p, ln_rest) = logarithms(p);
            dy * (ln_rest - ln_p)
        };
        Ok([
            call.wanted(0, || Ok(p.zip(t, slope)?.zip(dy, |slope, dy| slope * dy)?))?,
            call.wanted(1, || Ok(p.zip(dy, by_target)?))?,
        ])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    let p = || Tensor::from([[0.01, 0.3, 0.5], [0.7, 0.9, 0.98]]);
    vec![
        grad_case!(Bce, [p().into(), normal([2, 3])]),
        grad_case!(Bce, [p().into(), normal([2, 1])]).named("a column of targets"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("bce", |given| given.tape.apply(Bce, [given.x(0), given.x(1)]))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_wrong_certainty_costs_a_hundred() {
        let tape = Tape::new();
        let p = tape.parameter(Tensor::from([0.5, 1.0, 0.0, 0.25]));
        let t = tape.constant(Tensor::from([1.0, 0.0, 1.0, 0.25]));
        let y = tape.apply(Bce, [p, t]).unwrap();
        let found = y.value().to_vec();
        assert!((found[0] - std::f64::consts::LN_2).abs() < 1e-15 && found[1..3] == [100.0, 100.0]);
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(p).unwrap(), Tensor::from([-2.0, 1e12, -1e12, 0.0]));
        let logits = tape.constant(Tensor::from([1.5]));
        assert_eq!(
            tape.apply(Bce, [logits, logits]).unwrap_err().to_string(),
            "bce: found the probability 1.5, expected 0..=1; for logits use `bce_with_logits`"
        );
    }
}
