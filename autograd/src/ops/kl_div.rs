//! The Kullback–Leibler divergence of a predicted distribution from a target.
//!
//! y  = Σ q∘(ln q − x) / n, x being the logarithm of the predicted probabilities; 0 where q = 0
//! dx = −dy ∘ q / n
//! dq = dy ∘ (ln q + 1 − x) / n
//!
//! shapes: x and q equal, y `[]`; n is the number of elements, or of rows (the length of axis 0)

use tensor::{Float, Tensor, math};

use super::mse::check_equal;
use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = Σ q∘(ln q − x) / n for predicted logarithms of probabilities x and target probabilities q;
/// dx = −dy ∘ q / n, dq = dy ∘ (ln q + 1 − x) / n. PyTorch's `kl_div(x, q)`.
///
/// Compute x by [`LogSoftmax`](super::LogSoftmax), so that no precision is lost where a probability
/// is tiny. Elements with q = 0 contribute 0 for every x. The shapes must be equal.
#[derive(Clone, Copy, Debug)]
pub struct KlDiv {
    by_rows: bool,
}

impl KlDiv {
    /// Divided by the number of elements: PyTorch's reduction `mean`, its default.
    pub fn per_element() -> Self {
        KlDiv { by_rows: false }
    }

    /// Divided by the length of axis 0: PyTorch's reduction `batchmean`, the mean of the
    /// divergences of rows that are distributions.
    pub fn per_row() -> Self {
        KlDiv { by_rows: true }
    }

    fn count<T: Float>(self, x: &Tensor<T>) -> T {
        T::of(if self.by_rows { x.shape()[0] } else { x.len() } as f64)
    }
}

impl<T: Float> Op<T, 2> for KlDiv {
    fn name(&self) -> &'static str {
        "kl_div"
    }

    fn forward(&mut self, [x, q]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        check_equal("kl_div", x, q)?;
        if self.by_rows && x.rank() == 0 {
            return Err(Error::invalid("kl_div", "a scalar has no rows for the mean over rows"));
        }
        let divergence = |x: T, q: T| if q.is_zero() { T::zero() } else { q * (math::ln(q) - x) };
        Ok(Tensor::scalar(x.zip(q, divergence)?.sum() / self.count(x)))
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [x, q] = call.inputs;
        let scale = dy.item()? / self.count(x);
        Ok([
            call.wanted(0, || Ok(q.map(|q| -scale * q)))?,
            call.wanted(1, || Ok(x.zip(q, |x, q| scale * (math::ln(q) + T::one() - x))?))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// Σ target∘(ln target − self) divided by the number of elements; self are logarithms of
    /// probabilities, `target` probabilities.
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    #[doc(alias = "kl_divergence")]
    pub fn kl_div(self, target: Self) -> Result<Self> {
        self.tape().apply(KlDiv::per_element(), [self, target])
    }

    /// Σ target∘(ln target − self) divided by the length of axis 0: the mean over rows of the
    /// divergence of the row; self are logarithms of probabilities, `target` probabilities.
    ///
    /// # Errors
    ///
    /// If the shapes differ, or there is no axis 0.
    pub fn kl_div_batch_mean(self, target: Self) -> Result<Self> {
        self.tape().apply(KlDiv::per_row(), [self, target])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{normal, positive};
    vec![
        grad_case!(KlDiv::per_element(), [normal([2, 3]), positive([2, 3])]),
        grad_case!(KlDiv::per_row(), [normal([2, 3]), positive([2, 3])]).named("per row"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("kl_div", |given| match given.case.flag("rows", false) {
        true => given.x(0).kl_div_batch_mean(given.x(1)),
        false => given.x(0).kl_div(given.x(1)),
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_sure_thing_predicted_as_a_coin_toss_costs_ln_2() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[0.5_f64.ln(), 0.5_f64.ln()]]));
        let q = tape.constant(Tensor::from([[1.0, 0.0]]));
        let y = x.kl_div_batch_mean(q).unwrap();
        assert!((y.value().item().unwrap() - std::f64::consts::LN_2).abs() < 1e-15);
        assert_eq!(*y.backward().unwrap().of(x).unwrap(), Tensor::from([[-1.0, 0.0]]));
        let y = x.kl_div(q).unwrap();
        assert!((y.value().item().unwrap() - std::f64::consts::LN_2 / 2.0).abs() < 1e-15);
    }

    #[test]
    fn certainty_right_and_wrong() {
        let tape = Tape::new();
        let q = tape.constant(Tensor::from([[1.0, 0.0], [0.0, 1.0]]));
        let logits = tape.parameter(Tensor::from([[100.0, -100.0], [100.0, -100.0]]));
        let y = logits.log_softmax(1).unwrap().kl_div_batch_mean(q).unwrap();
        assert_eq!(y.value().item(), Ok(100.0)); // (0 + 200) / 2
        let dx = y.backward().unwrap().of(logits).unwrap().to_vec();
        let tiny = 0.5 * (-200.0_f64).exp();
        for (dx, expected) in dx.into_iter().zip([0.0, tiny, 0.5, -0.5]) {
            assert!((dx - expected).abs() <= 1e-12 * expected.abs(), "{dx} {expected}");
        }
    }
}
