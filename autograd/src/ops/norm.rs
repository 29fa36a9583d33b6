//! The p-norm of all elements or along axes.
//!
//! y  = (Σ |x|ᵖ)^(1/p), computed as m·(Σ |x/m|ᵖ)^(1/p) with m = max |x|, so that nothing overflows
//!      or vanishes; for p = ∞, m itself
//! dx = dy ∘ sign x ∘ (|x|/y)ᵖ⁻¹, and 0 where y = 0; for p = ∞, dy ∘ sign x where |x| = y, divided
//!      equally if several are
//!
//! shapes: y is x without the axes (or with length 1 there), a scalar if all are taken

use tensor::{Float, Tensor};

use super::axes::Axes;
use super::max::to_the_extreme;
use crate::axis::Axis;
use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = (Σ |x|ᵖ)^(1/p) over all elements or along axes, p ≥ 1, ∞ included;
/// dx = dy ∘ sign x ∘ (|x|/y)ᵖ⁻¹.
///
/// Where all x are 0 the norm has a kink, and the gradient is 0 there, as in PyTorch. The gradient
/// of a single x = 0 is 0 as well. The norm of no elements is 0.
#[derive(Clone, Debug)]
pub struct Norm<T> {
    axes: Axes,
    p: T,
}

impl<T: Float> Norm<T> {
    /// Over all elements: the result is a scalar.
    pub fn all(p: T) -> Self {
        Norm { axes: Axes::All, p }
    }

    /// Along `axes`, which are retained with length 1 if `keep`, else removed.
    pub fn over(axes: &[usize], keep: bool, p: T) -> Self {
        Norm { axes: Axes::These { axes: axes.to_vec(), keep }, p }
    }
}

impl<T: Float> Op<T, 1> for Norm<T> {
    fn name(&self) -> &'static str {
        "norm"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let (p, one, two) = (self.p, T::one(), T::of(2.0));
        if p.is_nan() || p < one {
            return Err(Error::invalid("norm", format!("p is {p}; it must be at least 1")));
        }
        let sizes = x.map(|x| x.abs());
        let max = self.axes.reduce(&sizes, |x, axes, keep| x.max_axes_or(axes, keep, T::zero()))?;
        if p.is_infinite() {
            return Ok(max);
        }
        // An infinite size is already the result; dividing by it would give NaN.
        let scales = |max: T| p > one && max > T::zero() && max.is_finite();
        let unit = max.map(|max| if scales(max) { max } else { one });
        let shares = sizes.zip(&self.axes.spread(&unit, x.shape())?, |size, unit| size / unit)?;
        let power = |share: T| {
            if p == one {
                share
            } else if p == two {
                share * share
            } else {
                share.powf(p)
            }
        };
        let root = |sum: T| {
            if p == one {
                sum
            } else if p == two {
                sum.sqrt()
            } else {
                sum.powf(p.recip())
            }
        };
        let sum = self.axes.sum(&shares.map(power))?;
        Ok(sum.zip(&unit, |sum, unit| root(sum) * unit)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ([x], y) = (call.inputs, call.output);
        let (p, zero, one) = (self.p, T::zero(), T::one());
        // Not `signum`, which is ±1 at ±0.
        let sign = |x: T| if x.is_zero() { zero } else { x.signum() };
        Ok([call.wanted(0, || {
            if p.is_infinite() {
                let sizes = to_the_extreme(&self.axes, &x.map(|x| x.abs()), y, dy)?;
                return Ok(sizes.zip(x, |size, x| size * sign(x))?);
            }
            let share = |x: T, y: T| if x.is_zero() { zero } else { x / y };
            let shares = x.zip(&self.axes.spread(y, x.shape())?, share)?;
            let slope = |share: T| {
                if p == one {
                    sign(share)
                } else if p == T::of(2.0) {
                    share
                } else {
                    sign(share) * share.abs().powf(p - one)
                }
            };
            let dy = self.axes.spread(dy, x.shape())?;
            Ok(shares.zip(&dy, |share, dy| slope(share) * dy)?)
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// (Σ |x|ᵖ)^(1/p) of all elements: a scalar. p = 2 is the Euclidean length, p = 1 the sum of
    /// absolute values, p = ∞ the greatest absolute value.
    ///
    /// # Errors
    ///
    /// If `p` is below 1.
    #[doc(alias = "vector_norm")]
    pub fn norm(self, p: T) -> Result<Self> {
        self.tape().apply(Norm::all(p), [self])
    }

    /// The `p`-norm along `axes`, which are retained with length 1 if `keep`, else removed.
    ///
    /// # Errors
    ///
    /// If `p` is below 1, there is no such axis, or one is repeated.
    pub fn norm_axes(self, axes: &[impl Axis], keep: bool, p: T) -> Result<Self> {
        let axes = self.axes("norm", axes)?;
        self.tape().apply(Norm::over(&axes, keep, p), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{away_from_zero, distinct};
    let all = || away_from_zero([2, 3]);
    vec![
        grad_case!(Norm::all(Float::of(2.0)), [all()]),
        grad_case!(Norm::all(Float::of(1.0)), [all()]).named("p = 1"),
        grad_case!(Norm::all(Float::of(3.5)), [all()]).named("p = 3.5"),
        grad_case!(Norm::all(Float::of(1.5)), [all()]).named("p = 1.5"),
        crate::grad_case!(
            Norm::over(&[1], true, Float::of(f64::INFINITY)),
            [Tensor::from([[1.0, -3.0, 2.0], [0.5, 0.1, -0.2]])],
        )
        .named("p = ∞"),
        grad_case!(Norm::over(&[2, 0], false, Float::of(2.0)), [distinct([2, 3, 2])]).named("axes"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("norm", |given| match (given.number("p"), given.axes()) {
        (p, None) => given.x(0).norm(p),
        (p, Some((axes, keep))) => given.x(0).norm_axes(&axes, keep, p),
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn three_four_five_at_every_size() {
        for size in [1.0_f64, 1e-200, 1e200] {
            let tape = Tape::new();
            let x = tape.parameter(Tensor::from([[3.0 * size, -4.0 * size], [0.0, 0.0]]));
            let y = x.norm_axes(&[1], false, 2.0).unwrap();
            let found = y.value().to_vec();
            assert!((found[0] / (5.0 * size) - 1.0).abs() < 1e-15 && found[1] == 0.0, "{found:?}");
            let dx = y.backward_with(Tensor::ones([2])).unwrap().take(x).unwrap().to_vec();
            let wrong =
                dx.iter().zip([0.6_f64, -0.8, 0.0, 0.0]).any(|(d, e)| (d - e).abs() > 1e-15);
            assert!(!wrong, "{dx:?} at {size}");
        }
    }

    #[test]
    fn one_and_infinity() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([3.0, -3.0, 0.0, 1.0]));
        let [one, infinity] = [1.0, f64::INFINITY].map(|p| x.norm(p).unwrap());
        assert_eq!((one.value().item(), infinity.value().item()), (Ok(7.0), Ok(3.0)));
        let d = |y: crate::Var<'_, f64>| y.backward().unwrap().take(x).unwrap().to_vec();
        assert_eq!(d(one), [1.0, -1.0, 0.0, 1.0]);
        assert_eq!(d(infinity), [0.5, -0.5, 0.0, 0.0]);
    }

    #[test]
    fn the_norm_of_nothing_is_zero_and_less_than_one_is_no_norm() {
        let tape = Tape::new();
        let x = tape.constant(Tensor::zeros([0, 2]));
        for p in [1.0, 2.0, 3.0, f64::INFINITY] {
            assert_eq!(x.norm_axes(&[0], false, p).unwrap().value(), Tensor::from([0.0, 0.0]));
        }
        let error = x.norm(0.5).unwrap_err().to_string();
        assert_eq!(error, "norm: p is 0.5; it must be at least 1");
    }
}
