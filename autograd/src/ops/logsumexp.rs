//! The logarithm of a sum of exponentials, of all elements or along axes: a smooth maximum.
//!
//! y  = ln Σ eˣ, computed as m + ln Σ eˣ⁻ᵐ with m = max x
//! dx = dy ∘ eˣ⁻ʸ, divided by Σ eˣ⁻ʸ, which is 1 up to the rounding of y
//!
//! shapes: y is x without the axes (or with length 1 there), a scalar if all are taken

use tensor::{Float, Tensor, math};

use super::axes::Axes;
use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = ln Σ eˣ over all elements or along axes; dx = dy ∘ eˣ⁻ʸ.
///
/// −∞ if all x are (or there are none), with gradient 0.
#[derive(Clone, Debug)]
pub struct LogSumExp {
    axes: Axes,
}

impl LogSumExp {
    /// Over all elements: the result is a scalar.
    pub fn all() -> Self {
        LogSumExp { axes: Axes::All }
    }

    /// Along `axes`, which are retained with length 1 if `keep`, else removed.
    pub fn over(axes: &[usize], keep: bool) -> Self {
        LogSumExp { axes: Axes::These { axes: axes.to_vec(), keep } }
    }

    /// The axes, and whether they are retained with length 1; `None` for all elements.
    pub fn axes(&self) -> Option<(&[usize], bool)> {
        self.axes.these()
    }
}

impl<T: Float> Op<T, 1> for LogSumExp {
    fn name(&self) -> &'static str {
        "logsumexp"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        // An infinite maximum is already the result; subtracting it would compute ∞ − ∞.
        let least = T::neg_infinity();
        let max = self.axes.reduce(x, |x, axes, keep| x.max_axes_or(axes, keep, least))?;
        let shift = max.map(|max| if max.is_finite() { max } else { T::zero() });
        let spread = self.axes.spread(&shift, x.shape())?;
        let powers = x.zip(&spread, |x, shift| math::exp(x - shift))?;
        let ln_sum = self.axes.sum(&powers)?.map(math::ln);
        Ok(ln_sum.zip(&shift, |ln_sum, shift| ln_sum + shift)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ([x], y) = (call.inputs, call.output);
        let share = |x: T, y: T| if x == T::neg_infinity() { T::zero() } else { math::exp(x - y) };
        Ok([call.wanted(0, || {
            let shares = x.zip(&self.axes.spread(y, x.shape())?, share)?;
            // The rounding error of y scales all eˣ⁻ʸ by one factor, which grows with y. Dividing
            // by their sum makes them add up to 1.
            let sums = self.axes.spread(&self.axes.sum(&shares)?, x.shape())?;
            let one = |share: T, sum: T| if share.is_zero() { share } else { share / sum };
            let shares = shares.zip(&sums, one)?;
            Ok(shares.zip(&self.axes.spread(dy, x.shape())?, |share, dy| share * dy)?)
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// ln Σ eˣ of all elements: a scalar.
    pub fn logsumexp(self) -> Result<Self> {
        self.tape().apply(LogSumExp::all(), [self])
    }

    /// ln Σ eˣ along `axes`, which are retained with length 1 if `keep`, else removed.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or one is repeated.
    pub fn logsumexp_axes(self, axes: &[impl Axis], keep: bool) -> Result<Self> {
        let axes = self.axes("logsumexp", axes)?;
        self.tape().apply(LogSumExp::over(&axes, keep), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(LogSumExp::all(), [normal([2, 3])]),
        grad_case!(LogSumExp::over(&[0], false), [normal([3, 2])]).named("axis 0"),
        grad_case!(LogSumExp::over(&[1], true), [normal([2, 3, 2])]).named("kept"),
        grad_case!(LogSumExp::over(&[2, 0], false), [normal([2, 3, 2])]).named("two axes"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("logsumexp", |given| match given.axes() {
        None => given.x(0).logsumexp(),
        Some((axes, keep)) => given.x(0).logsumexp_axes(&axes, keep),
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn the_greatest_wins_and_nothing_overflows() {
        let nothing = f64::NEG_INFINITY;
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1000.0, 0.0], [0.0, 0.0], [nothing, nothing]]));
        let y = x.logsumexp_axes(&[1], false).unwrap();
        assert_eq!(y.value(), Tensor::from([1000.0, std::f64::consts::LN_2, nothing]));
        let gradients = y.backward_with(Tensor::ones([3])).unwrap();
        let found = gradients.of(x).unwrap();
        assert_eq!(found.slice(0, 0..1).unwrap(), Tensor::from([[1.0, 0.0]]));
        assert!(found.get(&[1, 0]).is_some_and(|half| (half - 0.5).abs() < 1e-15));
        assert_eq!(found.slice(0, 2..3).unwrap(), Tensor::from([[0.0, 0.0]]));
        assert_eq!(x.logsumexp().unwrap().value().item(), Ok(1000.0));
    }
}
