//! Losses with a choice of reduction: mean, sum, or one for each element. The operations of the
//! same names compute the mean.

use tensor::Float;

use crate::error::{Error, Result};
use crate::ops::{BceOfLogits, Reduction};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// The mean, the sum, or self unchanged.
    pub fn reduced(self, reduction: Reduction) -> Result<Self> {
        match reduction {
            Reduction::Mean => self.mean(),
            Reduction::Sum => self.sum(),
            Reduction::None => Ok(self),
        }
    }

    /// (self − target)², reduced: PyTorch's `mse_loss(reduction)`. The mean is cheaper as
    /// [`mse`](Var::mse).
    ///
    /// # Errors
    ///
    /// If the shapes differ; so for all losses.
    pub fn mse_reduced(self, target: Self, reduction: Reduction) -> Result<Self> {
        same_shape("mse", self, target)?.sub(target)?.square()?.reduced(reduction)
    }

    /// |self − target|, reduced: PyTorch's `l1_loss(reduction)`. The mean is cheaper as
    /// [`mae`](Var::mae).
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    pub fn mae_reduced(self, target: Self, reduction: Reduction) -> Result<Self> {
        same_shape("mae", self, target)?.sub(target)?.abs()?.reduced(reduction)
    }

    /// d²/2 for |d| up to `delta`, `delta`·(|d| − `delta`/2) beyond, d = self − target, reduced:
    /// PyTorch's `huber_loss(reduction)`. The mean is cheaper as [`huber`](Var::huber).
    ///
    /// # Errors
    ///
    /// If the shapes differ, or `delta` is not positive.
    pub fn huber_reduced(self, target: Self, delta: T, reduction: Reduction) -> Result<Self> {
        if delta.is_nan() || delta <= T::zero() {
            return Err(Error::invalid("huber", format!("delta is {delta}; it must be positive")));
        }
        let size = same_shape("huber", self, target)?.sub(target)?.abs()?;
        // With m = min(|d|, δ): m²/2 + δ(|d| − m).
        let near = size.clamp(T::neg_infinity(), delta)?;
        let far = size.sub(near)?.scale(delta)?;
        near.square()?.scale(T::of(0.5))?.add(far)?.reduced(reduction)
    }

    /// d²/(2·`beta`) for |d| up to `beta`, |d| − `beta`/2 beyond, d = self − target, reduced:
    /// PyTorch's `smooth_l1_loss(reduction)`. The mean is cheaper as
    /// [`smooth_l1`](Var::smooth_l1).
    ///
    /// # Errors
    ///
    /// If the shapes differ, or `beta` is below 0.
    pub fn smooth_l1_reduced(self, target: Self, beta: T, reduction: Reduction) -> Result<Self> {
        if beta == T::zero() {
            return self.mae_reduced(target, reduction);
        }
        if beta.is_nan() || beta < T::zero() {
            let rule = format!("beta is {beta}; it must be at least 0");
            return Err(Error::invalid("smooth_l1", rule));
        }
        same_shape("smooth_l1", self, target)?;
        self.huber_reduced(target, beta, Reduction::None)?.scale(beta.recip())?.reduced(reduction)
    }

    /// max(0, `margin` − target∘self), reduced. The mean is cheaper as [`hinge`](Var::hinge).
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    pub fn hinge_reduced(self, target: Self, margin: T, reduction: Reduction) -> Result<Self> {
        let along = same_shape("hinge", self, target)?.mul(target)?;
        along.neg()?.add_scalar(margin)?.relu()?.reduced(reduction)
    }

    /// −(t ln σ(x) + (1 − t) ln(1 − σ(x))) for x = self and t = target, reduced: PyTorch's
    /// `binary_cross_entropy_with_logits(reduction)`. The mean is cheaper as
    /// [`bce_with_logits`](Var::bce_with_logits).
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    pub fn bce_with_logits_reduced(self, target: Self, reduction: Reduction) -> Result<Self> {
        let x = same_shape("bce_with_logits", self, target)?;
        x.tape().apply(BceOfLogits, [x, target])?.reduced(reduction)
    }
}

/// Returns x if the target has its shape: broadcasting `[n]` against `[n, 1]` would compare every
/// value with every target.
pub(super) fn same_shape<'t, T: Float>(
    op: &'static str,
    x: Var<'t, T>,
    target: Var<'t, T>,
) -> Result<Var<'t, T>> {
    let (found, expected) = (target.shape(), x.shape());
    if found == expected {
        return Ok(x);
    }
    let rule = format!(
        "values {expected:?}, targets {found:?}: the shapes must be equal; `reshape` one of them"
    );
    Err(Error::invalid(op, rule))
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![
        compared!("mse_reduced", |given| {
            given.x(0).mse_reduced(given.x(1), given.reduction().unwrap())
        }),
        compared!("mae_reduced", |given| {
            given.x(0).mae_reduced(given.x(1), given.reduction().unwrap())
        }),
        compared!("huber_reduced", |given| {
            let (delta, reduction) = (given.number("delta"), given.reduction().unwrap());
            given.x(0).huber_reduced(given.x(1), delta, reduction)
        }),
        compared!("smooth_l1_reduced", |given| {
            let (beta, reduction) = (given.number("beta"), given.reduction().unwrap());
            given.x(0).smooth_l1_reduced(given.x(1), beta, reduction)
        }),
        compared!("hinge_reduced", |given| {
            let reduction = given.reduction().unwrap();
            given.x(0).hinge_reduced(given.x(1), given.number("margin"), reduction)
        }),
        compared!("bce_with_logits_reduced", |given| {
            given.x(0).bce_with_logits_reduced(given.x(1), given.reduction().unwrap())
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;
    use tensor::Tensor;

    #[test]
    fn what_does_not_stand_opposite_is_refused() {
        let tape = Tape::new();
        let [a, b] = [Tensor::<f32>::zeros([4, 1]), Tensor::zeros([4])].map(|x| tape.parameter(x));
        let sum = Reduction::Sum;
        for (name, result) in [
            ("mse", a.mse_reduced(b, sum)),
            ("mae", a.mae_reduced(b, sum)),
            ("huber", a.huber_reduced(b, 1.0, sum)),
            ("smooth_l1", a.smooth_l1_reduced(b, 1.0, sum)),
            ("mae", a.smooth_l1_reduced(b, 0.0, sum)),
            ("hinge", a.hinge_reduced(b, 1.0, sum)),
            ("bce_with_logits", a.bce_with_logits_reduced(b, sum)),
            ("binary_cross_entropy", a.binary_cross_entropy(b, sum)),
            ("poisson_nll", a.poisson_nll(b, sum)),
            ("gaussian_nll", a.gaussian_nll(b, a, 1e-6, sum)),
        ] {
            let expected = format!(
                "{name}: values [4, 1], targets [4]: the shapes must be equal; `reshape` one of \
                 them"
            );
            assert_eq!(result.unwrap_err().to_string(), expected);
        }
        assert!(
            a.huber_reduced(a, 0.0, sum).is_err() && a.smooth_l1_reduced(a, -1.0, sum).is_err()
        );
        // A sum over no elements is 0.
        let none = tape.parameter(Tensor::<f32>::zeros([0]));
        assert_eq!(none.mse_reduced(none, sum).unwrap().value().item(), Ok(0.0));
    }
}
