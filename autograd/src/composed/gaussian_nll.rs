//! The negative log-likelihood of normally distributed numbers.
//!
//! y  = (ln v + (x − t)²/v)/2, v the variance, at least ε; ln(2π)/2 is left out

use tensor::Float;

use super::reduced::same_shape;
use crate::error::{Error, Result};
use crate::ops::Reduction;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// (ln v + (x − t)²/v)/2, reduced, for the mean x = self, the observation t = `target` and the
    /// variance v, which is at least `eps`: PyTorch's `gaussian_nll_loss`. ln(2π)/2 is left out.
    ///
    /// As in PyTorch, a variance below `eps` gets the gradient that it would have at `eps`, so that
    /// it can grow again.
    ///
    /// # Errors
    ///
    /// If the shapes of x and target differ, the variances do not broadcast to that shape, or one
    /// is negative.
    #[doc(alias = "gaussian_nll_loss")]
    pub fn gaussian_nll(
        self,
        target: Self,
        variance: Self,
        eps: T,
        reduction: Reduction,
    ) -> Result<Self> {
        let x = same_shape("gaussian_nll", self, target)?;
        let (given, shape) = (variance.value(), x.shape());
        if let Some(v) = given.to_vec().into_iter().find(|&v| v < T::zero()) {
            let rule = format!("found the variance {v}, expected at least 0");
            return Err(Error::invalid("gaussian_nll", rule));
        }
        if given.broadcast_to(shape).is_err() {
            let rule = format!("variances {:?} do not broadcast to {shape:?}", given.shape());
            return Err(Error::invalid("gaussian_nll", rule));
        }
        let missing = given.map(|v| if v < eps { eps - v } else { T::zero() });
        let v = variance.add(x.tape().constant(missing))?;
        let squares = x.sub(target)?.square()?.div(v)?;
        v.ln()?.add(squares)?.scale(T::of(0.5))?.reduced(reduction)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("gaussian_nll", |given| {
        let (eps, reduction) = (given.number("epsilon"), given.reduction().unwrap());
        given.x(0).gaussian_nll(given.x(1), given.x(2), eps, reduction)
    })]
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::{Reduction, Tape};

    #[test]
    fn a_negative_variance_is_refused() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, 2.0]));
        let v = tape.parameter(Tensor::from([1.0, -2.0]));
        assert_eq!(
            x.gaussian_nll(x, v, 1e-6, Reduction::Mean).unwrap_err().to_string(),
            "gaussian_nll: found the variance -2, expected at least 0"
        );
        let v = tape.parameter(Tensor::ones([3, 2]));
        assert!(x.gaussian_nll(x, v, 1e-6, Reduction::Mean).is_err());
    }
}
