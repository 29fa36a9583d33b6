//! The outer product of two vectors.
//!
//! yᵢⱼ = aᵢ·bⱼ
//! daᵢ = Σⱼ dyᵢⱼ·bⱼ
//! dbⱼ = Σᵢ dyᵢⱼ·aᵢ
//!
//! shapes: a `[m]`, b `[n]`, y `[m, n]`

use tensor::{Float, Tensor};

use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// yᵢⱼ = aᵢ·bⱼ for vectors a and b; da = dy·b, db = dyᵀ·a.
#[derive(Clone, Copy, Debug)]
pub struct Outer;

impl<T: Float> Op<T, 2> for Outer {
    fn name(&self) -> &'static str {
        "outer"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        let ([m], [_]) = (a.shape(), b.shape()) else {
            return Err(Error::invalid(
                "outer",
                format!(
                    "{:?} and {:?}: both must be vectors; `reshape` to [n]",
                    a.shape(),
                    b.shape()
                ),
            ));
        };
        Ok(a.reshape([*m, 1])?.zip(b, |a, b| a * b)?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        Ok([
            call.wanted(0, || Ok(dy.matmul(&b.reshape([b.len(), 1])?)?.reshape([a.len()])?))?,
            call.wanted(1, || Ok(a.reshape([1, a.len()])?.matmul(dy)?.reshape([b.len()])?))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// aᵢ·bⱼ for vectors `[m]` and `[n]`: `[m, n]`.
    ///
    /// # Errors
    ///
    /// If either is not a vector.
    pub fn outer(self, other: Self) -> Result<Self> {
        self.tape().apply(Outer, [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Outer, [normal([2]), normal([3])]),
        grad_case!(Outer, [normal([3]), normal([3])]).named("square"),
        grad_case!(Outer, [normal([1]), normal([5])]).named("one element"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("outer", |given| given.x(0).outer(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn two_times_three() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([1.0, 2.0]));
        let b = tape.parameter(Tensor::from([3.0, 4.0, 5.0]));
        let y = a.outer(b).unwrap();
        assert_eq!(y.value(), Tensor::from([[3.0, 4.0, 5.0], [6.0, 8.0, 10.0]]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(a).unwrap(), Tensor::from([12.0, 12.0]));
        assert_eq!(*gradients.of(b).unwrap(), Tensor::from([3.0, 3.0, 3.0]));
    }

    #[test]
    fn only_vectors() {
        let tape = Tape::new();
        let [a, b] = [Tensor::<f32>::zeros([2, 1]), Tensor::zeros([3])].map(|x| tape.constant(x));
        assert_eq!(
            a.outer(b).unwrap_err().to_string(),
            "outer: [2, 1] and [3]: both must be vectors; `reshape` to [n]"
        );
    }
}
