//! Elementwise quotient with broadcasting.
//!
//! y  = a / b
//! da = dy / b
//! db = −dy ∘ y / b
//!
//! shapes: a and b broadcast together; y has the broadcast shape

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = a / b, the shapes broadcast together; da = dy / b, db = −dy ∘ y / b.
#[derive(Clone, Copy, Debug)]
pub struct Div;

impl<T: Float> Op<T, 2> for Div {
    fn name(&self) -> &'static str {
        "div"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(a.zip(b, |a, b| a / b)?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [_, b] = call.inputs;
        let y = call.output;
        Ok([
            call.wanted(0, || Ok(dy.zip(b, |dy, b| dy / b)?))?,
            call.wanted(1, || Ok(dy.zip(y, |dy, y| -dy * y)?.zip(b, |dy_y, b| dy_y / b)?))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// a / b
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    #[allow(clippy::should_implement_trait)]
    #[doc(alias = "divide")]
    pub fn div(self, other: Self) -> Result<Self> {
        self.tape().apply(Div, [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{away_from_zero, normal, positive};
    vec![
        grad_case!(Div, [normal([2, 3]), positive([2, 3])]),
        grad_case!(Div, [normal([2, 3]), away_from_zero([2, 1])]).named("by a column"),
        grad_case!(Div, [normal([]), away_from_zero([3])]).named("a scalar"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("div", |given| given.x(0).div(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn six_by_two() {
        let tape = Tape::new();
        let [a, b] = [6.0, 2.0].map(|x| tape.parameter(Tensor::scalar(x)));
        let gradients = (a / b).backward().unwrap();
        assert_eq!(gradients.of(a).unwrap().item(), Ok(0.5));
        assert_eq!(gradients.of(b).unwrap().item(), Ok(-1.5)); // −6/2²
    }
}
