//! Running products along an axis.
//!
//! y  = Π x up to and including each element: yᵢ = x₀·…·xᵢ
//! dx = (x₀·…·xⱼ₋₁)·sⱼ with sⱼ = dyⱼ + xⱼ₊₁·sⱼ₊₁, from the end: without division, so that it is
//!      right where an x is 0
//!
//! shapes: y as x

use tensor::{Buffer, Float, Tensor};

use super::axes::Axes;
use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// yᵢ = Π xⱼ over j ≤ i along an axis; dxⱼ = Σ dyᵢ·Π of the others up to i, over i ≥ j.
#[derive(Clone, Copy, Debug)]
pub struct CumProd {
    /// The axis along which the products run.
    pub axis: usize,
}

impl CumProd {
    fn axes(self) -> Axes {
        Axes::These { axes: vec![self.axis], keep: true }
    }
}

impl<T: Float> Op<T, 1> for CumProd {
    fn name(&self) -> &'static str {
        "cumprod"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        x.prod_axes(&[self.axis], true)?; // refuses an axis that does not exist
        self.axes().map_rows(x, |row| {
            let mut product = T::one();
            for x in row {
                product = product * *x;
                *x = product;
            }
        })
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || {
            let length = x.shape()[self.axis];
            let x = along_last(self.axis, x)?.contiguous();
            let dy = along_last(self.axis, dy)?.contiguous();
            let mut dx = Buffer::from_slice(dy.values());
            if !dx.is_empty() {
                for (row, x) in dx.chunks_exact_mut(length).zip(x.values().chunks_exact(length)) {
                    gradient(x, row);
                }
            }
            let dx = Tensor::from_buffer(dx, dy.shape())?;
            Ok(from_last(self.axis, &dx)?)
        })?])
    }
}

/// Replaces the dy of a row by its dx.
fn gradient<T: Float>(x: &[T], row: &mut [T]) {
    for at in (1..x.len()).rev() {
        row[at - 1] = row[at - 1] + x[at] * row[at];
    }
    let mut before = T::one();
    for (row, &x) in row.iter_mut().zip(x) {
        *row = *row * before;
        before = before * x;
    }
}

/// Moves the axis to the end.
fn along_last<T: Float>(axis: usize, x: &Tensor<T>) -> tensor::Result<Tensor<T>> {
    let mut order: Vec<usize> = (0..x.rank()).collect();
    order.remove(axis);
    order.push(axis);
    x.permute(&order)
}

/// Moves the last axis back to `axis`.
fn from_last<T: Float>(axis: usize, x: &Tensor<T>) -> tensor::Result<Tensor<T>> {
    let mut order: Vec<usize> = (0..x.rank() - 1).collect();
    order.insert(axis, x.rank() - 1);
    x.permute(&order)
}

impl<T: Float> Var<'_, T> {
    /// The running products along `axis`: at each position the product of the elements up to and
    /// including it.
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    pub fn cumprod(self, axis: impl Axis) -> Result<Self> {
        let axis = self.axis("cumprod", axis)?;
        self.tape().apply(CumProd { axis }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    let zeros = || Tensor::from([[0.0, 2.0, 3.0], [5.0, 0.0, 4.0], [2.0, 0.0, 0.0]]);
    vec![
        grad_case!(CumProd { axis: 1 }, [normal([2, 3, 2])]),
        grad_case!(CumProd { axis: 0 }, [normal([4])]).named("one row"),
        grad_case!(CumProd { axis: 1 }, [zeros()]).named("zeros"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("cumprod", |given| given.x(0).cumprod(given.whole("axis")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_zero_ends_the_products_but_not_its_own_slope() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([3.0, 0.0, 2.0, 0.0, 5.0]));
        let y = x.cumprod(0).unwrap();
        assert_eq!(y.value(), Tensor::from([3.0, 0.0, 0.0, 0.0, 0.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        // By x₁: 3 from y₁ and 3·2 from y₂.
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([1.0, 9.0, 0.0, 0.0, 0.0]));
        assert_eq!(
            x.cumprod(1).unwrap_err().to_string(),
            "cumprod: [5]: there is no axis 1; the axes are counted from 0"
        );
    }
}
