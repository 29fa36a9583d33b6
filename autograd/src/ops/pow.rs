//! Powers with a tensor of exponents.
//!
//! y  = aᵇ
//! da = dy ∘ b·aᵇ⁻¹, and 0 where b = 0
//! db = dy ∘ y·ln a, and 0 where a = 0 and b ≥ 0
//!
//! shapes: a and b broadcast together; y has the broadcast shape

use tensor::{Float, Tensor, math};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = aᵇ, the shapes broadcast together; da = dy ∘ b·aᵇ⁻¹, db = dy ∘ y·ln a.
///
/// The powers 0⁰ = 1 and 0ᵇ = 0 have slope 0 in b, as in PyTorch, although the formula gives 0·∞.
/// For negative a, y is NaN unless b is an integer, and db is always NaN: the power is undefined
/// around an integer b. For one exponent, [`Powf`](super::Powf) is cheaper.
#[derive(Clone, Copy, Debug)]
pub struct Pow;

impl<T: Float> Op<T, 2> for Pow {
    fn name(&self) -> &'static str {
        "pow"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(a.zip(b, |a, b| a.powf(b))?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let ([a, b], y) = (call.inputs, call.output);
        let by_base = |a: T, b: T| if b.is_zero() { T::zero() } else { b * a.powf(b - T::one()) };
        let ln_base =
            |a: T, b: T| if a.is_zero() && b >= T::zero() { T::zero() } else { math::ln(a) };
        let times = |dy: T, slope: T| dy * slope;
        Ok([
            call.wanted(0, || Ok(dy.zip(&a.zip(b, by_base)?, times)?))?,
            call.wanted(1, || {
                let slope = a.zip(b, ln_base)?.zip(y, |ln, y| ln * y)?;
                Ok(dy.zip(&slope, times)?)
            })?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// aᵇ, the exponents a variable; see [`powf`](Var::powf) for one number
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    pub fn pow(self, exponent: Self) -> Result<Self> {
        self.tape().apply(Pow, [self, exponent])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{normal, positive};
    vec![
        grad_case!(Pow, [positive([2, 3]), normal([2, 3])]),
        grad_case!(Pow, [positive([2, 1]), normal([3])]).named("a column and a row"),
        grad_case!(Pow, [positive([4, 2, 3]), normal([])]).named("one exponent"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("pow", |given| given.x(0).pow(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn powers_of_two_and_of_nothing() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([2.0, 0.0, 0.0, -2.0]));
        let b = tape.parameter(Tensor::from([3.0, 0.0, 2.0, 3.0]));
        let y = a.pow(b).unwrap();
        assert_eq!(y.value(), Tensor::from([8.0, 1.0, 0.0, -8.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(a).unwrap(), Tensor::from([12.0, 0.0, 0.0, 12.0]));
        let db = gradients.of(b).unwrap().to_vec();
        assert_eq!(db[..3], [8.0 * std::f64::consts::LN_2, 0.0, 0.0]);
        assert!(db[3].is_nan());
    }
}
