//! The logarithm of a sum of exponentials: a smooth maximum.
//!
//! y  = ln Σ eˣ, computed as m + ln Σ eˣ⁻ᵐ with m = max x
//! dx = dy ∘ eˣ⁻ʸ
//!
//! shapes: y is x without the axis

use tensor::{Float, Tensor, math};

use super::axes::Axes;
use crate::error::Result;
use crate::op::{Call, Op};

/// y = ln Σ eˣ along an axis, which goes; dx = dy ∘ eˣ⁻ʸ.
///
/// −∞ if all x are, with gradient 0.
#[derive(Clone, Copy, Debug)]
pub struct LogSumExp {
    /// The axis along which the sum runs.
    pub axis: usize,
}

impl<T: Float> Op<T, 1> for LogSumExp {
    fn name(&self) -> &'static str {
        "logsumexp"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        // An infinite maximum is what comes out anyway; taken away, it would give ∞ − ∞.
        let max = x.max_axes(&[self.axis], true)?;
        let shift = max.map(|max| if max.is_finite() { max } else { T::zero() });
        let powers = x.zip(&shift, |x, shift| math::exp(x - shift))?;
        let ln_sum = powers.sum_axes(&[self.axis], false)?.map(math::ln);
        Ok(ln_sum.zip(&shift.reshape(ln_sum.shape())?, |ln_sum, shift| ln_sum + shift)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ([x], y) = (call.inputs, call.output);
        let axis = Axes::These { axes: vec![self.axis], keep: false };
        let share = |x: T, y: T| if x == T::neg_infinity() { T::zero() } else { math::exp(x - y) };
        Ok([call.wanted(0, || {
            let shares = x.zip(&axis.spread(y, x.shape())?, share)?;
            Ok(shares.zip(&axis.spread(dy, x.shape())?, |share, dy| share * dy)?)
        })?])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::gradcheck::{GradCase, normal};
    vec![
        GradCase::new(|| LogSumExp { axis: 1 }, [normal([2, 3])]),
        GradCase::new(|| LogSumExp { axis: 0 }, [normal([3, 2])]).named("axis 0"),
        GradCase::new(|| LogSumExp { axis: 1 }, [normal([2, 3, 2])]).named("the middle axis"),
    ]
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
        let y = x.logsumexp(1).unwrap();
        assert_eq!(y.value(), Tensor::from([1000.0, std::f64::consts::LN_2, nothing]));
        let gradients = y.backward_with(Tensor::ones([3])).unwrap();
        let found = gradients.of(x).unwrap();
        assert_eq!(found.slice(0, 0..1).unwrap(), Tensor::from([[1.0, 0.0]]));
        assert!(found.get(&[1, 0]).is_some_and(|half| (half - 0.5).abs() < 1e-15));
        assert_eq!(found.slice(0, 2..3).unwrap(), Tensor::from([[0.0, 0.0]]));
    }
}
