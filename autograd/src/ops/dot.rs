//! The scalar product of two vectors.
//!
//! y  = Σ aᵢ·bᵢ
//! da = dy·b
//! db = dy·a
//!
//! shapes: a and b `[n]`, y `[]`

use tensor::{Float, Tensor};

use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = Σ aᵢ·bᵢ for vectors of equal length; da = dy·b, db = dy·a.
#[derive(Clone, Copy, Debug)]
pub struct Dot;

impl<T: Float> Op<T, 2> for Dot {
    fn name(&self) -> &'static str {
        "dot"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        if a.rank() != 1 || a.shape() != b.shape() {
            return Err(Error::invalid(
                "dot",
                format!(
                    "{:?} and {:?}: both must be vectors of equal length; for other shapes \
                    multiply and sum along axes",
                    a.shape(),
                    b.shape()
                ),
            ));
        }
        Ok(Tensor::scalar(a.zip(b, |a, b| a * b)?.sum()))
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        let dy = dy.item()?;
        Ok([call.wanted(0, || Ok(b.map(|b| dy * b)))?, call.wanted(1, || Ok(a.map(|a| dy * a)))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// Σ aᵢ·bᵢ for vectors of equal length: a scalar.
    ///
    /// # Errors
    ///
    /// If either is not a vector, or the lengths differ.
    pub fn dot(self, other: Self) -> Result<Self> {
        self.tape().apply(Dot, [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Dot, [normal([5]), normal([5])]),
        grad_case!(Dot, [normal([1]), normal([1])]).named("one element"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("dot", |given| given.x(0).dot(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn three_four_with_itself_is_twenty_five() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([3.0, 4.0]));
        let y = a.dot(a).unwrap();
        assert_eq!(y.value(), Tensor::scalar(25.0));
        assert_eq!(*y.backward().unwrap().of(a).unwrap(), Tensor::from([6.0, 8.0]));
    }

    #[test]
    fn no_broadcasting() {
        let tape = Tape::new();
        let [a, b] = [Tensor::<f32>::zeros([1]), Tensor::zeros([3])].map(|x| tape.constant(x));
        assert_eq!(
            a.dot(b).unwrap_err().to_string(),
            "dot: [1] and [3]: both must be vectors of equal length; for other shapes multiply \
            and sum along axes"
        );
    }
}
