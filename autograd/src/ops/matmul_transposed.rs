//! The matrix product with one or both operands transposed.
//!
//! y = A·B, where A is a or aᵀ, B is b or bᵀ
//! da = dy·Bᵀ if A is a, else B·dyᵀ
//! db = Aᵀ·dy if B is b, else dyᵀ·A
//!
//! shapes: A `[…, m, k]`, B `[…, k, n]`, y `[…, m, n]`; leading axes broadcast together

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = A·B, where A is a or aᵀ and B is b or bᵀ; da = dy·Bᵀ or B·dyᵀ, db = Aᵀ·dy or dyᵀ·A.
///
/// No operand is transposed in memory. With neither transposed this is [`MatMul`](super::MatMul).
#[derive(Clone, Copy, Debug)]
pub struct MatMulTransposed {
    /// Whether the left operand is transposed.
    pub left: bool,
    /// Whether the right operand is transposed.
    pub right: bool,
}

/// x, or xᵀ.
fn turned<T: Float>(x: &Tensor<T>, transposed: bool) -> Result<Tensor<T>> {
    Ok(if transposed { x.transpose()? } else { x.clone() })
}

impl<T: Float> Op<T, 2> for MatMulTransposed {
    fn name(&self) -> &'static str {
        "matmul_transposed"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(turned(a, self.left)?.matmul(&turned(b, self.right)?)?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        Ok([
            call.wanted(0, || {
                Ok(if self.left {
                    turned(b, self.right)?.matmul(&dy.transpose()?)?
                } else {
                    dy.matmul(&turned(b, !self.right)?)?
                })
            })?,
            call.wanted(1, || {
                Ok(if self.right {
                    dy.transpose()?.matmul(&turned(a, self.left)?)?
                } else {
                    turned(a, !self.left)?.matmul(dy)?
                })
            })?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// self·otherᵀ: `[…, m, k]` and `[…, n, k]` → `[…, m, n]`; leading axes are broadcast together.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::new();
    /// let queries = tape.parameter(Tensor::<f32>::ones([4, 5, 8]));
    /// let keys = tape.parameter(Tensor::ones([4, 6, 8]));
    /// assert_eq!(queries.matmul_nt(keys)?.shape()[..], [4, 5, 6]);
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the shapes do not match; so for `matmul_tn` and `matmul_tt`.
    pub fn matmul_nt(self, other: Self) -> Result<Self> {
        self.tape().apply(MatMulTransposed { left: false, right: true }, [self, other])
    }

    /// selfᵀ·other: `[…, k, m]` and `[…, k, n]` → `[…, m, n]`.
    pub fn matmul_tn(self, other: Self) -> Result<Self> {
        self.tape().apply(MatMulTransposed { left: true, right: false }, [self, other])
    }

    /// selfᵀ·otherᵀ: `[…, k, m]` and `[…, n, k]` → `[…, m, n]`.
    pub fn matmul_tt(self, other: Self) -> Result<Self> {
        self.tape().apply(MatMulTransposed { left: true, right: true }, [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op(left: bool, right: bool) -> MatMulTransposed {
        MatMulTransposed { left, right }
    }
    vec![
        grad_case!(op(false, true), [normal([2, 3]), normal([4, 3])]).named("a·bᵀ"),
        grad_case!(op(true, false), [normal([3, 2]), normal([3, 4])]).named("aᵀ·b"),
        grad_case!(op(true, true), [normal([3, 2]), normal([4, 3])]).named("aᵀ·bᵀ"),
        grad_case!(op(false, false), [normal([2, 3]), normal([3, 4])]).named("a·b"),
        grad_case!(op(false, true), [normal([3, 3]), normal([3, 3])]).named("square"),
        grad_case!(op(false, true), [normal([2, 1, 2, 3]), normal([3, 4, 3])])
            .named("a·bᵀ, batches both ways"),
        grad_case!(op(true, false), [normal([4, 3, 2]), normal([3, 2])])
            .named("aᵀ·b, one b for all a"),
        grad_case!(op(true, true), [normal([3, 2]), normal([2, 4, 3])])
            .named("aᵀ·bᵀ, one a for all b"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("matmul_transposed", |given| {
        let (left, right) = (given.case.flag("left", false), given.case.flag("right", false));
        given.tape.apply(MatMulTransposed { left, right }, [given.x(0), given.x(1)])
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn rows_times_rows() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([[1.0, 2.0]]));
        let b = tape.parameter(Tensor::from([[3.0, 4.0], [5.0, 6.0]]));
        let y = a.matmul_nt(b).unwrap(); // every row of a with every row of b
        assert_eq!(y.value(), Tensor::from([[11.0, 17.0]]));
        let gradients = y.backward_with(Tensor::from([[1.0, 10.0]])).unwrap();
        assert_eq!(*gradients.of(a).unwrap(), Tensor::from([[53.0, 64.0]]));
        assert_eq!(*gradients.of(b).unwrap(), Tensor::from([[1.0, 2.0], [10.0, 20.0]]));
    }

    #[test]
    fn it_is_the_product_of_transposes() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]]));
        let b = tape.parameter(Tensor::from([[3.0, 4.0, 1.0], [5.0, 6.0, 0.5]]));
        let [at, bt] = [a, b].map(|x| x.transpose().unwrap());
        assert_eq!(a.matmul_tn(a).unwrap().value(), at.matmul(a).unwrap().value());
        assert_eq!(a.matmul_nt(a).unwrap().value(), a.matmul(at).unwrap().value());
        assert_eq!(a.matmul_tt(b).unwrap().value(), at.matmul(bt).unwrap().value());
    }
}
