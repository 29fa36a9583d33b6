//! More functions of one number, or of one number from each of two variables.

use tensor::Float;

use crate::error::{Error, Result};
use crate::ops;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    // ---- of one number ----

    /// 1/x
    pub fn reciprocal(self) -> Result<Self> {
        self.tape().apply(ops::Reciprocal, [self])
    }

    /// 1/√x
    pub fn rsqrt(self) -> Result<Self> {
        self.tape().apply(ops::Rsqrt, [self])
    }

    /// ln(1 + x), exact where x is tiny
    pub fn ln_1p(self) -> Result<Self> {
        self.tape().apply(ops::Ln1p, [self])
    }

    /// eˣ − 1, exact where x is tiny
    pub fn expm1(self) -> Result<Self> {
        self.tape().apply(ops::Expm1, [self])
    }

    /// The sine of x in radians.
    pub fn sin(self) -> Result<Self> {
        self.tape().apply(ops::Sin, [self])
    }

    /// The cosine of x in radians.
    pub fn cos(self) -> Result<Self> {
        self.tape().apply(ops::Cos, [self])
    }

    /// −1, 0 or 1; its gradient is 0.
    pub fn sign(self) -> Result<Self> {
        self.tape().apply(ops::Sign, [self])
    }

    /// min(max(x, `low`), `high`); an infinite bound is none
    pub fn clamp(self, low: T, high: T) -> Result<Self> {
        self.tape().apply(ops::Clamp { low, high }, [self])
    }

    // ---- of two numbers; shapes are broadcast together ----

    /// aᵇ, the exponents a variable; see [`powf`](Var::powf) for one number
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast; so for `maximum`, `minimum` and `prelu`.
    pub fn pow(self, exponent: Self) -> Result<Self> {
        self.tape().apply(ops::Pow, [self, exponent])
    }

    /// max(a, b) of each pair; see [`max`](Var::max) for the greatest element
    pub fn maximum(self, other: Self) -> Result<Self> {
        self.tape().apply(ops::Maximum, [self, other])
    }

    /// min(a, b) of each pair; see [`min`](Var::min) for the least element
    pub fn minimum(self, other: Self) -> Result<Self> {
        self.tape().apply(ops::Minimum, [self, other])
    }

    /// x above zero, `slope`·x elsewhere, the slopes a variable
    pub fn prelu(self, slope: Self) -> Result<Self> {
        self.tape().apply(ops::Prelu, [self, slope])
    }

    /// a where self, a mask, is not 0, and b where it is
    ///
    /// ```
    /// # use autograd::Tape;
    /// # use tensor::Tensor;
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::from([-4.0, 9.0]));
    /// let zero = tape.constant(Tensor::scalar(0.0));
    /// let y = x.detach().greater(zero)?.select(x, zero)?; // max(x, 0)
    /// assert_eq!(y.value().to_vec(), [0.0, 9.0]);
    /// assert_eq!(y.sum()?.backward()?.of(x)?.to_vec(), [0.0, 1.0]);
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast, or the mask wants a gradient: it has none.
    pub fn select(self, a: Self, b: Self) -> Result<Self> {
        if self.wants_gradient() {
            let rule = format!(
                "the mask, {:?}, wants a gradient, but has none, since it only decides; pass \
                 `mask.detach()`",
                self.shape()
            );
            return Err(Error::invalid("select", rule));
        }
        a.tape().apply(ops::Select { mask: self.value() }, [a, b])
    }

    // ---- without a gradient ----

    /// 1 where a < b, 0 elsewhere
    ///
    /// # Errors
    ///
    /// If a variable wants a gradient, since a comparison has none (see [`detach`](Var::detach)),
    /// or the shapes do not broadcast; so for all comparisons.
    pub fn less(self, other: Self) -> Result<Self> {
        self.tape().apply_without_gradient(ops::Compare::Less, [self, other])
    }

    /// 1 where a ≤ b, 0 elsewhere
    pub fn less_or_equal(self, other: Self) -> Result<Self> {
        self.tape().apply_without_gradient(ops::Compare::LessOrEqual, [self, other])
    }

    /// 1 where a > b, 0 elsewhere
    pub fn greater(self, other: Self) -> Result<Self> {
        self.tape().apply_without_gradient(ops::Compare::Greater, [self, other])
    }

    /// 1 where a ≥ b, 0 elsewhere
    pub fn greater_or_equal(self, other: Self) -> Result<Self> {
        self.tape().apply_without_gradient(ops::Compare::GreaterOrEqual, [self, other])
    }

    /// 1 where a = b, 0 elsewhere
    pub fn equal(self, other: Self) -> Result<Self> {
        self.tape().apply_without_gradient(ops::Compare::Equal, [self, other])
    }

    /// 1 where a ≠ b, 0 elsewhere
    pub fn not_equal(self, other: Self) -> Result<Self> {
        self.tape().apply_without_gradient(ops::Compare::NotEqual, [self, other])
    }
}
