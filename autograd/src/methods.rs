//! The named operations of [`Var`]: each is short for one [`Tape::apply`](crate::Tape::apply).

mod activations;
mod elementwise;
mod losses;
mod normalization;
mod products;
mod reductions;
mod shapes;

use std::ops::Range;

use tensor::activation::{Activation, Elu, Gelu, LeakyRelu, Relu, Sigmoid, Silu, Softplus, Tanh};
use tensor::{Float, Shape};

use crate::error::Result;
use crate::ops;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    // ---- arithmetic; shapes are broadcast together ----

    /// a + b
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast; so for `sub`, `mul` and `div`.
    // The trait is there, too, for the operator that panics.
    #[allow(clippy::should_implement_trait)]
    pub fn add(self, other: Self) -> Result<Self> {
        self.tape().apply(ops::Add, [self, other])
    }

    /// a − b
    #[allow(clippy::should_implement_trait)]
    pub fn sub(self, other: Self) -> Result<Self> {
        self.tape().apply(ops::Sub, [self, other])
    }

    /// a ∘ b
    #[allow(clippy::should_implement_trait)]
    pub fn mul(self, other: Self) -> Result<Self> {
        self.tape().apply(ops::Mul, [self, other])
    }

    /// a / b
    #[allow(clippy::should_implement_trait)]
    pub fn div(self, other: Self) -> Result<Self> {
        self.tape().apply(ops::Div, [self, other])
    }

    /// −x
    #[allow(clippy::should_implement_trait)]
    pub fn neg(self) -> Result<Self> {
        self.tape().apply(ops::Neg, [self])
    }

    /// `by`·x
    pub fn scale(self, by: T) -> Result<Self> {
        self.tape().apply(ops::Scale { by }, [self])
    }

    /// x + `term`
    pub fn add_scalar(self, term: T) -> Result<Self> {
        self.tape().apply(ops::AddScalar { term }, [self])
    }

    // ---- elementwise ----

    /// x to the power `exponent`
    pub fn powf(self, exponent: T) -> Result<Self> {
        self.tape().apply(ops::Powf { exponent }, [self])
    }

    /// eˣ
    pub fn exp(self) -> Result<Self> {
        self.tape().apply(ops::Exp, [self])
    }

    /// The natural logarithm.
    pub fn ln(self) -> Result<Self> {
        self.tape().apply(ops::Ln, [self])
    }

    /// √x
    pub fn sqrt(self) -> Result<Self> {
        self.tape().apply(ops::Sqrt, [self])
    }

    /// |x|
    pub fn abs(self) -> Result<Self> {
        self.tape().apply(ops::Abs, [self])
    }

    /// x²
    pub fn square(self) -> Result<Self> {
        self.tape().apply(ops::Square, [self])
    }

    // ---- activations ----

    /// f(x), for an activation of [`tensor::activation`] or one of your own.
    pub fn activate<A: Activation>(self, f: A) -> Result<Self> {
        self.tape().apply(ops::Activate(f), [self])
    }

    /// max(0, x)
    pub fn relu(self) -> Result<Self> {
        self.activate(Relu)
    }

    /// x above zero, `slope`·x below
    pub fn leaky_relu(self, slope: f64) -> Result<Self> {
        self.activate(LeakyRelu { slope })
    }

    /// x above zero, `alpha`·(eˣ − 1) below
    pub fn elu(self, alpha: f64) -> Result<Self> {
        self.activate(Elu { alpha })
    }

    /// 1/(1 + e⁻ˣ)
    pub fn sigmoid(self) -> Result<Self> {
        self.activate(Sigmoid)
    }

    /// The hyperbolic tangent.
    pub fn tanh(self) -> Result<Self> {
        self.activate(Tanh)
    }

    /// x·Φ(x), Φ the normal distribution
    pub fn gelu(self) -> Result<Self> {
        self.activate(Gelu)
    }

    /// x·σ(x)
    pub fn silu(self) -> Result<Self> {
        self.activate(Silu)
    }

    /// ln(1 + eˣ)
    pub fn softplus(self) -> Result<Self> {
        self.activate(Softplus)
    }

    // ---- products ----

    /// The matrix product `[…, m, k]` · `[…, k, n]` → `[…, m, n]`; leading axes are broadcast
    /// together.
    ///
    /// # Errors
    ///
    /// If the shapes do not fit.
    pub fn matmul(self, other: Self) -> Result<Self> {
        self.tape().apply(ops::MatMul, [self, other])
    }

    // ---- reductions ----

    /// The sum of all elements: a scalar.
    pub fn sum(self) -> Result<Self> {
        self.tape().apply(ops::Sum::all(), [self])
    }

    /// The sum over `axes`, which stay with length 1 if `keep`, else go. As for all reductions, an
    /// empty list of axes reduces nothing.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or one is named twice; so for all reductions.
    pub fn sum_axes(self, axes: &[usize], keep: bool) -> Result<Self> {
        self.tape().apply(ops::Sum::over(axes, keep), [self])
    }

    /// The mean of all elements: a scalar.
    pub fn mean(self) -> Result<Self> {
        self.tape().apply(ops::Mean::all(), [self])
    }

    /// The mean over `axes`, which stay with length 1 if `keep`, else go.
    pub fn mean_axes(self, axes: &[usize], keep: bool) -> Result<Self> {
        self.tape().apply(ops::Mean::over(axes, keep), [self])
    }

    /// The greatest element: a scalar.
    pub fn max(self) -> Result<Self> {
        self.tape().apply(ops::Max::all(), [self])
    }

    /// The greatest element along `axes`, which stay with length 1 if `keep`, else go.
    pub fn max_axes(self, axes: &[usize], keep: bool) -> Result<Self> {
        self.tape().apply(ops::Max::over(axes, keep), [self])
    }

    // ---- shapes ----

    /// The same elements in another shape.
    ///
    /// # Errors
    ///
    /// If it has another number of elements.
    pub fn reshape(self, shape: impl Into<Shape>) -> Result<Self> {
        self.tape().apply(ops::Reshape { shape: shape.into() }, [self])
    }

    /// The last two axes exchanged.
    ///
    /// # Errors
    ///
    /// If there are fewer than two.
    pub fn transpose(self) -> Result<Self> {
        self.tape().apply(ops::Transpose, [self])
    }

    /// Axis i of the result is axis `order[i]`.
    ///
    /// # Errors
    ///
    /// If `order` does not name every axis once.
    pub fn permute(self, order: &[usize]) -> Result<Self> {
        self.tape().apply(ops::Permute { order: order.to_vec() }, [self])
    }

    /// Repeated along new axes in front and axes of length 1.
    ///
    /// # Errors
    ///
    /// If the shape cannot be reached this way.
    pub fn broadcast_to(self, shape: impl Into<Shape>) -> Result<Self> {
        self.tape().apply(ops::BroadcastTo { shape: shape.into() }, [self])
    }

    /// The part where the index along `axis` lies in `range`.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or the range does not lie in it.
    pub fn slice(self, axis: usize, range: Range<usize>) -> Result<Self> {
        self.tape().apply(ops::Slice { axis, range }, [self])
    }

    // ---- softmax and losses ----

    /// eˣ / Σ eˣ along `axis`: positive numbers that sum to 1.
    ///
    /// # Errors
    ///
    /// If there is no such axis; so for `log_softmax`.
    pub fn softmax(self, axis: usize) -> Result<Self> {
        self.tape().apply(ops::Softmax { axis }, [self])
    }

    /// The logarithm of [`softmax`](Var::softmax) along `axis`, without computing it.
    pub fn log_softmax(self, axis: usize) -> Result<Self> {
        self.tape().apply(ops::LogSoftmax { axis }, [self])
    }

    /// The mean over rows of −ln softmax(row) at the row's class; self are logits,
    /// `[rows, classes]`.
    ///
    /// # Errors
    ///
    /// If there are not as many classes as rows, or one is not below the number of columns.
    pub fn cross_entropy(self, classes: &[usize]) -> Result<Self> {
        self.tape().apply(ops::CrossEntropy::new(classes), [self])
    }

    /// The mean of (self − target)².
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    pub fn mse(self, target: Self) -> Result<Self> {
        self.tape().apply(ops::Mse, [self, target])
    }

    /// The mean binary cross-entropy of σ(self) for targets between 0 and 1.
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    pub fn bce_with_logits(self, target: Self) -> Result<Self> {
        self.tape().apply(ops::BceWithLogits, [self, target])
    }
}
