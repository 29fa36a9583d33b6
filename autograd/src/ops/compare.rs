//! Elementwise comparisons, which return masks.
//!
//! y  = 1 where the comparison holds, 0 elsewhere
//!
//! shapes: a and b broadcast together; y has the broadcast shape

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::NoGradOp;
use crate::var::Var;

/// y = 1 where the comparison of a and b holds, 0 elsewhere, the shapes broadcast together: a mask
/// for [`Select`](super::Select) or for multiplication. It has no gradient.
///
/// Masks combine by arithmetic: `p * q` is "and", `p.maximum(q)` is "or", `1.0 - p` is "not". A NaN
/// is unequal to every number, and neither less nor greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// a < b
    Less,
    /// a ≤ b
    LessOrEqual,
    /// a > b
    Greater,
    /// a ≥ b
    GreaterOrEqual,
    /// a = b
    Equal,
    /// a ≠ b
    NotEqual,
}

impl<T: Float> NoGradOp<T, 2> for Compare {
    fn name(&self) -> &'static str {
        match self {
            Compare::Less => "less",
            Compare::LessOrEqual => "less_or_equal",
            Compare::Greater => "greater",
            Compare::GreaterOrEqual => "greater_or_equal",
            Compare::Equal => "equal",
            Compare::NotEqual => "not_equal",
        }
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        let one = |holds: bool| if holds { T::one() } else { T::zero() };
        Ok(match self {
            Compare::Less => a.zip(b, |a, b| one(a < b)),
            Compare::LessOrEqual => a.zip(b, |a, b| one(a <= b)),
            Compare::Greater => a.zip(b, |a, b| one(a > b)),
            Compare::GreaterOrEqual => a.zip(b, |a, b| one(a >= b)),
            Compare::Equal => a.zip(b, |a, b| one(a == b)),
            Compare::NotEqual => a.zip(b, |a, b| one(a != b)),
        }?)
    }
}

impl<T: Float> Var<'_, T> {
    /// 1 where a < b, 0 elsewhere
    ///
    /// # Errors
    ///
    /// If a variable requires a gradient, since a comparison has none (see
    /// [`detach`](Var::detach)), or the shapes do not broadcast; so for all comparisons.
    #[doc(alias = "lt")]
    pub fn less(self, other: Self) -> Result<Self> {
        self.tape().apply_without_gradient(Compare::Less, [self, other])
    }

    /// 1 where a ≤ b, 0 elsewhere
    #[doc(alias = "le")]
    #[doc(alias = "less_equal")]
    pub fn less_or_equal(self, other: Self) -> Result<Self> {
        self.tape().apply_without_gradient(Compare::LessOrEqual, [self, other])
    }

    /// 1 where a > b, 0 elsewhere
    #[doc(alias = "gt")]
    pub fn greater(self, other: Self) -> Result<Self> {
        self.tape().apply_without_gradient(Compare::Greater, [self, other])
    }

    /// 1 where a ≥ b, 0 elsewhere
    #[doc(alias = "ge")]
    #[doc(alias = "greater_equal")]
    pub fn greater_or_equal(self, other: Self) -> Result<Self> {
        self.tape().apply_without_gradient(Compare::GreaterOrEqual, [self, other])
    }

    /// 1 where a = b, 0 elsewhere
    #[doc(alias = "eq")]
    pub fn equal(self, other: Self) -> Result<Self> {
        self.tape().apply_without_gradient(Compare::Equal, [self, other])
    }

    /// 1 where a ≠ b, 0 elsewhere
    #[doc(alias = "ne")]
    pub fn not_equal(self, other: Self) -> Result<Self> {
        self.tape().apply_without_gradient(Compare::NotEqual, [self, other])
    }
}

#[cfg(test)]
pub(super) fn uses(x: crate::Var<'_, f64>) -> Vec<Result<crate::Var<'_, f64>>> {
    let zero = x.tape().constant(Tensor::scalar(0.0));
    vec![x.less(zero), zero.greater(x)]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![
        compared!("equal", |given| given.x(0).equal(given.x(1))),
        compared!("not_equal", |given| given.x(0).not_equal(given.x(1))),
        compared!("less", |given| given.x(0).less(given.x(1))),
        compared!("less_or_equal", |given| given.x(0).less_or_equal(given.x(1))),
        compared!("greater", |given| given.x(0).greater(given.x(1))),
        compared!("greater_or_equal", |given| given.x(0).greater_or_equal(given.x(1))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn less_equal_greater_and_nan() {
        let tape = Tape::new();
        let a = tape.constant(Tensor::from([1.0, 2.0, 3.0, f64::NAN]));
        let b = tape.constant(Tensor::scalar(2.0));
        let rows = [
            (a.less(b), [1.0, 0.0, 0.0, 0.0]),
            (a.less_or_equal(b), [1.0, 1.0, 0.0, 0.0]),
            (a.greater(b), [0.0, 0.0, 1.0, 0.0]),
            (a.greater_or_equal(b), [0.0, 1.0, 1.0, 0.0]),
            (a.equal(b), [0.0, 1.0, 0.0, 0.0]),
            (a.not_equal(b), [1.0, 0.0, 1.0, 1.0]),
        ];
        for (mask, expected) in rows {
            let mask = mask.unwrap();
            assert_eq!(mask.value(), Tensor::from(expected), "{mask:?}");
        }
    }
}
