//! The angle of a point, with its quadrant.
//!
//! y  = the angle of the point (b, a) from the first axis, from −π to π: arctan(a/b) where b > 0
//! da = dy ∘ b/(a² + b²)
//! db = −dy ∘ a/(a² + b²)
//!
//! shapes: a and b broadcast together; y has the broadcast shape
//!
//! The slopes are computed as (b/r)/r with the length r = √(a² + b²), whose square might overflow
//! or vanish.

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = the angle of the point (b, a) in radians, the shapes broadcast together;
/// da = dy ∘ b/(a² + b²), db = −dy ∘ a/(a² + b²).
///
/// The angle of the origin is undefined. As in PyTorch, the value there is that of IEEE 754 and the
/// slopes are 0.
#[derive(Clone, Copy, Debug)]
pub struct Atan2;

impl<T: Float> Op<T, 2> for Atan2 {
    fn name(&self) -> &'static str {
        "atan2"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(a.zip(b, |a, b| a.atan2(b))?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        let by_length = |x: T, other: T| {
            let length = x.hypot(other);
            if length == T::zero() { T::zero() } else { x / length / length }
        };
        Ok([
            call.wanted(0, || Ok(b.zip(a, by_length)?.zip(dy, |slope, dy| slope * dy)?))?,
            call.wanted(1, || Ok(a.zip(b, by_length)?.zip(dy, |slope, dy| -slope * dy)?))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// The angle in radians, from −π to π, of the point (`other`, self): the arc tangent of
    /// self/`other`, with its quadrant.
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    #[doc(alias = "arctan2")]
    pub fn atan2(self, other: Self) -> Result<Self> {
        self.tape().apply(Atan2, [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{away_from_zero, normal};
    vec![
        grad_case!(Atan2, [away_from_zero([2, 3]), normal([2, 3])]),
        grad_case!(Atan2, [away_from_zero([2, 1]), normal([4, 1, 3])]).named("both are broadcast"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("atan2", |given| given.x(0).atan2(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn the_quadrant_is_known_and_lengths_do_not_overflow() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([1.0, -1.0, 3e200]));
        let b = tape.parameter(Tensor::from([-1.0, -1.0, 4e200]));
        let y = a.atan2(b).unwrap();
        let pi = std::f64::consts::PI;
        assert_eq!(y.value(), Tensor::from([0.75 * pi, -0.75 * pi, 3.0_f64.atan2(4.0)]));
        let gradients = y.sum().unwrap().backward().unwrap();
        for (variable, expected) in [(a, [-0.5, -0.5, 1.6e-201]), (b, [-0.5, 0.5, -1.2e-201])] {
            for (found, expected) in gradients.of(variable).unwrap().to_vec().iter().zip(expected) {
                assert!((found - expected).abs() <= 1e-15 * expected.abs(), "{found} {expected}");
            }
        }
    }
}
