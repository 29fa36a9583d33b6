//! The lower or the upper triangle of matrices.
//!
//! y  = x on one side of a diagonal and on it, 0 on the other
//! dx = dy on that side and the diagonal, 0 on the other
//!
//! shapes: x `[…, rows, columns]`; y as x

use tensor::{Buffer, Float, Tensor};

use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = x where the column is at most (`lower`) or at least the row plus `diagonal`, 0 elsewhere,
/// even if x is NaN there; dx is the same triangle of dy. PyTorch's and NumPy's `tril` and `triu`.
#[derive(Clone, Copy, Debug)]
pub struct Triangle {
    /// Whether the lower triangle is retained; else the upper one.
    pub lower: bool,
    /// The diagonal that bounds it: 0 is the main one, 1, 2, … are above it, −1, −2, … below.
    pub diagonal: isize,
}

impl Triangle {
    fn of<T: Float>(self, x: &Tensor<T>) -> Result<Tensor<T>> {
        let &[.., rows, columns] = x.shape() else {
            let rule = format!("{:?}: expected at least two axes, rows and columns", x.shape());
            return Err(Error::invalid(<Self as Op<T, 1>>::name(&self), rule));
        };
        let mut values = Buffer::from_slice(x.contiguous().values());
        if !values.is_empty() {
            for (row, values) in values.chunks_exact_mut(columns).enumerate() {
                // The first column above the diagonal, or on it.
                let row = (row % rows) as isize;
                let bound =
                    row.saturating_add(self.diagonal).saturating_add(isize::from(self.lower));
                let bound = bound.clamp(0, columns as isize) as usize;
                let other = if self.lower { &mut values[bound..] } else { &mut values[..bound] };
                other.fill(T::zero());
            }
        }
        Ok(Tensor::from_buffer(values, x.shape())?)
    }
}

impl<T: Float> Op<T, 1> for Triangle {
    fn name(&self) -> &'static str {
        if self.lower { "tril" } else { "triu" }
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        self.of(x)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || self.of(dy))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The lower triangle of the matrices in the last two axes: 0 to the right of the `diagonal`,
    /// which is counted from the main one, 0, to the right.
    ///
    /// # Errors
    ///
    /// If there are fewer than two axes.
    pub fn tril(self, diagonal: isize) -> Result<Self> {
        self.tape().apply(Triangle { lower: true, diagonal }, [self])
    }

    /// The upper triangle of the matrices in the last two axes: 0 to the left of the `diagonal`,
    /// which is counted from the main one, 0, to the right.
    ///
    /// # Errors
    ///
    /// If there are fewer than two axes.
    pub fn triu(self, diagonal: isize) -> Result<Self> {
        self.tape().apply(Triangle { lower: false, diagonal }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op(lower: bool, diagonal: isize) -> Triangle {
        Triangle { lower, diagonal }
    }
    vec![
        grad_case!(op(true, 0), [normal([3, 3])]),
        grad_case!(op(true, -1), [normal([2, 3, 4])]).named("below the diagonal"),
        grad_case!(op(false, 0), [normal([2, 3])]),
        grad_case!(op(false, 1), [normal([2, 4, 3])]).named("above the diagonal"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![
        compared!("tril", |given| given.x(0).tril(given.case.integer("diagonal", 0) as isize)),
        compared!("triu", |given| given.x(0).triu(given.case.integer("diagonal", 0) as isize)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn what_is_cut_off_counts_for_nothing() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, f64::NAN], [3.0, 4.0]]));
        let y = x.tril(0).unwrap();
        assert_eq!(y.value(), Tensor::from([[1.0, 0.0], [3.0, 4.0]]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[1.0, 0.0], [1.0, 1.0]]));
        let z = x.triu(isize::MAX).unwrap();
        assert_eq!(z.value(), Tensor::zeros([2, 2]));
        assert_eq!(x.tril(isize::MIN).unwrap().value(), Tensor::zeros([2, 2]));
        let vector = tape.constant(Tensor::from([1.0]));
        assert_eq!(
            vector.triu(0).unwrap_err().to_string(),
            "triu: [1]: expected at least two axes, rows and columns"
        );
    }
}
