//! Running sums along an axis.
//!
//! y  = Σ x up to and including each element: yᵢ = x₀ + … + xᵢ
//! dx = Σ dy from each element on: the running sums of dy from the other end
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// yᵢ = Σ xⱼ over j ≤ i along an axis; dxⱼ = Σ dyᵢ over i ≥ j.
#[derive(Clone, Copy, Debug)]
pub struct CumSum {
    /// The axis along which the sums run.
    pub axis: usize,
    /// Whether the sums run from the last element to the first.
    pub reverse: bool,
    /// Whether the element itself is excluded: the first sum is 0.
    pub exclusive: bool,
}

impl<T: Float> Op<T, 1> for CumSum {
    fn name(&self) -> &'static str {
        "cumsum"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.cumsum(self.axis, self.reverse, self.exclusive)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || Ok(dy.cumsum(self.axis, !self.reverse, self.exclusive)?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The running sums along `axis`: at each position the sum of the elements up to and including
    /// it. For sums from the end, or without the element itself, apply [`ops::CumSum`](CumSum).
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    pub fn cumsum(self, axis: impl Axis) -> Result<Self> {
        let axis = self.axis("cumsum", axis)?;
        self.tape().apply(CumSum { axis, reverse: false, exclusive: false }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op(axis: usize, reverse: bool, exclusive: bool) -> CumSum {
        CumSum { axis, reverse, exclusive }
    }
    vec![
        grad_case!(op(1, false, false), [normal([2, 3, 2])]),
        grad_case!(op(0, true, false), [normal([2, 3, 2])]).named("reverse"),
        grad_case!(op(2, false, true), [normal([2, 3, 2])]).named("exclusive"),
        grad_case!(op(1, true, true), [normal([2, 3, 2])]).named("reverse and exclusive"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("cumsum", |given| given.x(0).cumsum(given.whole("axis")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn the_first_counts_in_every_sum() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
        let y = x.cumsum(1).unwrap();
        assert_eq!(y.value(), Tensor::from([[1.0, 3.0, 6.0], [4.0, 9.0, 15.0]]));
        let dy = Tensor::from([[1.0, 10.0, 100.0], [0.0, 0.0, 1.0]]);
        let gradients = y.backward_with(dy).unwrap();
        let expected = Tensor::from([[111.0, 110.0, 100.0], [1.0, 1.0, 1.0]]);
        assert_eq!(*gradients.of(x).unwrap(), expected);
    }
}
