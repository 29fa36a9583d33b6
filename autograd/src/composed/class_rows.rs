//! Logits with more than two axes as rows of classes.
//!
//! `permute`, then `reshape`

use tensor::Float;

use crate::axis::Axis;
use crate::error::{Error, Result};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// The elements along `axis` as rows, `[positions, classes]`, one for each index of the other
    /// axes, in their order: the input of [`cross_entropy`](Var::cross_entropy) and
    /// [`nll`](Var::nll).
    /// PyTorch's `[n, classes, height, width]` with classes `[n, height, width]` is
    /// `x.class_rows(1)?.cross_entropy(&classes)`.
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    pub fn class_rows(self, axis: impl Axis) -> Result<Self> {
        let (axis, shape) = (self.axis("class_rows", axis)?, self.shape());
        let Some(&classes) = shape.get(axis) else {
            let rule = format!("{shape:?}: there is no axis {axis}; the axes are counted from 0");
            return Err(Error::invalid("class_rows", rule));
        };
        let others = (0..shape.len()).filter(|&other| other != axis);
        let places = others.clone().map(|axis| shape[axis]).product::<usize>();
        let order: Vec<usize> = others.chain([axis]).collect();
        let last = order.iter().enumerate().all(|(to, &from)| to == from);
        let moved = if last { self } else { self.permute(&order)? };
        if shape.len() == 2 { Ok(moved) } else { moved.reshape([places, classes]) }
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("class_rows", |given| given.x(0).class_rows(given.whole("axis")))]
}
