//! PReLU: a leaky ReLU with a trainable slope.
//!
//! y  = x where x > 0, slope ∘ x elsewhere
//! dx = dy where x > 0, dy ∘ slope elsewhere
//! dslope = 0 where x > 0, dy ∘ x elsewhere
//!
//! shapes: x and slope broadcast together (one slope: [], one for each unit: [units], one for each
//! channel of an image: [channels, 1, 1]); y has the broadcast shape

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = x where x > 0, slope ∘ x elsewhere, the shapes broadcast together (He et al. 2015).
///
/// At 0, x gets the left slope, as in PyTorch.
#[derive(Clone, Copy, Debug)]
pub struct Prelu;

impl<T: Float> Op<T, 2> for Prelu {
    fn name(&self) -> &'static str {
        "prelu"
    }

    fn forward(&mut self, [x, slope]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(x.zip(slope, |x, slope| if x > T::zero() { x } else { slope * x })?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [x, slope] = call.inputs;
        Ok([
            call.wanted(0, || {
                let slope =
                    x.zip(slope, |x, slope| if x > T::zero() { T::one() } else { slope })?;
                Ok(dy.zip(&slope, |dy, slope| dy * slope)?)
            })?,
            call.wanted(1, || {
                Ok(dy.zip(x, |dy, x| if x > T::zero() { T::zero() } else { dy * x })?)
            })?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// x above zero, `slope`·x elsewhere, the slopes a variable
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    pub fn prelu(self, slope: Self) -> Result<Self> {
        self.tape().apply(Prelu, [self, slope])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{away_from_zero, normal};
    vec![
        grad_case!(Prelu, [away_from_zero([2, 3]), normal([])]).named("one slope"),
        grad_case!(Prelu, [away_from_zero([4, 3]), normal([3])]).named("one for each unit"),
        grad_case!(Prelu, [away_from_zero([2, 3, 2]), normal([3, 1])]).named("channels"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("prelu", |given| given.x(0).prelu(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_slope_learns_from_what_is_below_zero() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[-2.0, 3.0], [-4.0, -1.0]]));
        let slope = tape.parameter(Tensor::from([0.5, -0.25]));
        let y = x.prelu(slope).unwrap();
        assert_eq!(y.value(), Tensor::from([[-1.0, 3.0], [-2.0, 0.25]]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[0.5, 1.0], [0.5, -0.25]]));
        assert_eq!(*gradients.of(slope).unwrap(), Tensor::from([-6.0, -1.0]));
    }
}
