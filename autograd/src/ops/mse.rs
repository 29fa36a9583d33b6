//! The mean squared error.
//!
//! y  = Σ (a − b)² / n, n the number of elements
//! da = dy ∘ 2(a − b) / n
//! db = −da
//!
//! shapes: a and b equal, y `[]`

use tensor::{Float, Tensor};

use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = mean of (a − b)²; da = dy ∘ 2(a − b) / n, db = −da.
///
/// The shapes must be equal: broadcasting `[n]` against `[n, 1]` would compare every value with
/// every target.
#[derive(Clone, Copy, Debug)]
pub struct Mse;

impl<T: Float> Op<T, 2> for Mse {
    fn name(&self) -> &'static str {
        "mse"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        check_equal("mse", a, b)?;
        Ok(Tensor::scalar(a.zip(b, |a, b| (a - b) * (a - b))?.mean()))
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        let scale = dy.item()? * T::of(2.0 / a.len() as f64);
        Ok([
            call.wanted(0, || Ok(a.zip(b, |a, b| scale * (a - b))?))?,
            call.wanted(1, || Ok(a.zip(b, |a, b| scale * (b - a))?))?,
        ])
    }
}

/// Checks that values and targets of a mean loss have equal shapes, with at least one element.
pub(super) fn check_equal<T: Float>(
    op: &'static str,
    values: &Tensor<T>,
    targets: &Tensor<T>,
) -> Result<()> {
    if values.shape() == targets.shape() && !values.is_empty() {
        return Ok(());
    }
    let message = format!(
        "values {:?}, targets {:?}: the shapes must be equal, with at least one element; `reshape` \
        one of them",
        values.shape(),
        targets.shape()
    );
    Err(Error::invalid(op, message))
}

impl<T: Float> Var<'_, T> {
    /// The mean of (self − target)².
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    #[doc(alias = "mse_loss")]
    pub fn mse(self, target: Self) -> Result<Self> {
        self.tape().apply(Mse, [self, target])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(Mse, [normal([2, 3]), normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("mse", |given| given.x(0).mse(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn one_off_by_two() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([1.0, 4.0]));
        let b = tape.constant(Tensor::from([1.0, 2.0]));
        let y = a.mse(b).unwrap();
        assert_eq!(y.value().item(), Ok(2.0));
        assert_eq!(*y.backward().unwrap().of(a).unwrap(), Tensor::from([0.0, 2.0]));
    }

    #[test]
    fn a_column_is_not_compared_with_a_row() {
        let tape = Tape::new();
        let [a, b] = [Tensor::<f32>::zeros([4, 1]), Tensor::zeros([4])].map(|x| tape.parameter(x));
        assert_eq!(
            a.mse(b).unwrap_err().to_string(),
            "mse: values [4, 1], targets [4]: the shapes must be equal, with at least one element; \
             `reshape` one of them"
        );
    }
}
