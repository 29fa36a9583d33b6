//! The matrix product.
//!
//! y  = a·b
//! da = dy·bᵀ
//! db = aᵀ·dy
//!
//! shapes: a `[…, m, k]`, b `[…, k, n]`, y `[…, m, n]`; leading axes broadcast together. A vector
//! on the left is a row, one on the right a column; y does not have its axis of length 1

use tensor::{Float, Shape, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = a·b for `[…, m, k]` and `[…, k, n]`, leading axes broadcast together; da = dy·bᵀ, db =
/// aᵀ·dy.
///
/// A vector on the left is one row, `[k]·[…, k, n]` → `[…, n]`, one on the right a column, `[…, m,
/// k]·[k]` → `[…, m]`; two give a scalar. PyTorch's `matmul`, NumPy's `@`.
#[derive(Clone, Copy, Debug)]
pub struct MatMul;

impl<T: Float> Op<T, 2> for MatMul {
    fn name(&self) -> &'static str {
        "matmul"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        if a.rank() != 1 && b.rank() != 1 {
            return Ok(a.matmul(b)?);
        }
        let product = row(a)?.matmul(&column(b)?)?;
        let (batch, last) = product.shape().split_at(product.rank() - 2);
        let rows = last[..1].iter().filter(|_| a.rank() != 1);
        let columns = last[1..].iter().filter(|_| b.rank() != 1);
        let shape: Shape = batch.iter().chain(rows).chain(columns).copied().collect();
        Ok(product.reshape(shape)?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        if a.rank() != 1 && b.rank() != 1 {
            return Ok([
                call.wanted(0, || Ok(dy.matmul(&b.transpose()?)?))?,
                call.wanted(1, || Ok(a.transpose()?.matmul(dy)?))?,
            ]);
        }
        // dy with the axes that vectors lack.
        let mut shape = dy.shape().to_vec();
        if b.rank() == 1 {
            shape.push(1);
        }
        if a.rank() == 1 {
            shape.insert(shape.len() - 1, 1);
        }
        let dy = dy.reshape(&shape[..])?;
        Ok([
            call.wanted(0, || Ok(dy.matmul(&column(b)?.transpose()?)?))?,
            call.wanted(1, || {
                let db = row(a)?.transpose()?.matmul(&dy)?;
                let shape = db.shape().split_last().filter(|_| b.rank() == 1);
                Ok(match shape {
                    Some((_, shape)) => db.reshape(shape)?,
                    None => db,
                })
            })?,
        ])
    }
}

/// A vector as a matrix of one row.
fn row<T: Float>(a: &Tensor<T>) -> tensor::Result<Tensor<T>> {
    if a.rank() == 1 { a.reshape([1, a.len()]) } else { Ok(a.clone()) }
}

/// A vector as a matrix of one column.
fn column<T: Float>(b: &Tensor<T>) -> tensor::Result<Tensor<T>> {
    if b.rank() == 1 { b.reshape([b.len(), 1]) } else { Ok(b.clone()) }
}

impl<T: Float> Var<'_, T> {
    /// The matrix product `[…, m, k]` · `[…, k, n]` → `[…, m, n]`; leading axes are broadcast
    /// together. A vector is a row on the left, a column on the right, and the result has no axis
    /// for it.
    ///
    /// # Errors
    ///
    /// If the shapes do not match.
    pub fn matmul(self, other: Self) -> Result<Self> {
        self.tape().apply(MatMul, [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(MatMul, [normal([2, 3]), normal([3, 4])]),
        grad_case!(MatMul, [normal([3, 3]), normal([3, 3])]).named("square"),
        grad_case!(MatMul, [normal([1, 5]), normal([5, 1])]).named("a row and a column"),
        grad_case!(MatMul, [normal([2, 2, 3]), normal([2, 3, 2])]).named("batches"),
        grad_case!(MatMul, [normal([4, 2, 3]), normal([3, 2])]).named("one b for all a"),
        grad_case!(MatMul, [normal([2, 1, 2, 3]), normal([3, 3, 2])]).named("both ways"),
        grad_case!(MatMul, [normal([2, 3, 4]), normal([4])]).named("times a vector"),
        grad_case!(MatMul, [normal([3]), normal([2, 3, 4])]).named("a vector times"),
        grad_case!(MatMul, [normal([3]), normal([3])]).named("two vectors"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("matmul", |given| given.x(0).matmul(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_row_times_a_matrix() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([[1.0, 2.0]]));
        let b = tape.parameter(Tensor::from([[3.0, 4.0], [5.0, 6.0]]));
        let y = a.matmul(b).unwrap();
        assert_eq!(y.value(), Tensor::from([[13.0, 16.0]]));
        let gradients = y.backward_with(Tensor::from([[1.0, 10.0]])).unwrap();
        assert_eq!(*gradients.of(a).unwrap(), Tensor::from([[43.0, 65.0]]));
        assert_eq!(*gradients.of(b).unwrap(), Tensor::from([[1.0, 10.0], [2.0, 20.0]]));
    }
}
