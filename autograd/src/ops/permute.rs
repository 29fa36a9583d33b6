//! A permutation of the axes.
//!
//! y  = x, axis i of y being axis order[i] of x
//! dx = dy, axis order[i] of dx being axis i of dy
//!
//! shapes: y has the lengths of x in the new order

use tensor::{Float, Tensor};

use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = x with its axes permuted, axis i of y being axis `order[i]` of x; dx is dy with the inverse
/// permutation.
///
/// No elements are copied.
#[derive(Clone, Debug)]
pub struct Permute {
    /// For each axis of y, the corresponding axis of x.
    pub order: Vec<usize>,
}

impl<T: Float> Op<T, 1> for Permute {
    fn name(&self) -> &'static str {
        "permute"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.permute(&self.order)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let mut undone = vec![0; self.order.len()];
        for (to, &from) in self.order.iter().enumerate() {
            undone[from] = to;
        }
        Ok([call.wanted(0, || Ok(dy.permute(&undone)?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// Permutes the axes: axis i of the result is axis `order[i]` of self.
    ///
    /// # Errors
    ///
    /// If `order` does not contain every axis once.
    #[doc(alias = "moveaxis")]
    pub fn permute(self, order: &[impl Axis]) -> Result<Self> {
        let order = self.axes("permute", order)?;
        self.tape().apply(Permute { order: order.to_vec() }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Permute { order: vec![2, 0, 1] }, [normal([2, 3, 4])]),
        grad_case!(Permute { order: vec![] }, [normal([])]).named("of a scalar"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("permute", |given| given.x(0).permute(&given.case.indices("order")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_cycle_of_three_is_undone_by_the_opposite_one() {
        let tape = Tape::new();
        let digits = |i: &[usize]| (i[0] * 100 + i[1] * 10 + i[2]) as f64;
        let x = tape.parameter(Tensor::from_fn([2, 3, 4], digits));
        let y = x.permute(&[2, 0, 1]).unwrap();
        assert_eq!(y.value().get(&[3, 1, 2]), Some(123.0));
        let gradients = y.backward_with(y.value()).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), x.value());
    }
}
