//! More reductions: of all elements, or along axes. An empty list of axes reduces nothing.

use tensor::Float;

use crate::error::Result;
use crate::ops;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// The least element: a scalar.
    pub fn min(self) -> Result<Self> {
        self.tape().apply(ops::Min::all(), [self])
    }

    /// The least element along `axes`, which stay with length 1 if `keep`, else go.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or one is named twice; so for all reductions.
    pub fn min_axes(self, axes: &[usize], keep: bool) -> Result<Self> {
        self.tape().apply(ops::Min::over(axes, keep), [self])
    }

    /// The product of all elements: a scalar.
    pub fn prod(self) -> Result<Self> {
        self.tape().apply(ops::Prod::all(), [self])
    }

    /// The product over `axes`, which stay with length 1 if `keep`, else go.
    pub fn prod_axes(self, axes: &[usize], keep: bool) -> Result<Self> {
        self.tape().apply(ops::Prod::over(axes, keep), [self])
    }

    /// Σ (x − mean)² / (n − `correction`) over all n elements: a scalar. The correction is 0 for
    /// the variance of the elements, 1 for the unbiased estimate from a sample.
    pub fn variance(self, correction: usize) -> Result<Self> {
        self.tape().apply(ops::Variance::all(correction), [self])
    }

    /// The variance over `axes`, which stay with length 1 if `keep`, else go.
    pub fn variance_axes(self, axes: &[usize], keep: bool, correction: usize) -> Result<Self> {
        self.tape().apply(ops::Variance::over(axes, keep, correction), [self])
    }

    /// (Σ |x|ᵖ)^(1/p) of all elements: a scalar. 2 is the length, 1 the sum of the sizes, ∞ the
    /// greatest size.
    ///
    /// # Errors
    ///
    /// If `p` is below 1; so for `norm_axes`.
    pub fn norm(self, p: T) -> Result<Self> {
        self.tape().apply(ops::Norm::all(p), [self])
    }

    /// The `p`-norm along `axes`, which stay with length 1 if `keep`, else go.
    pub fn norm_axes(self, axes: &[usize], keep: bool, p: T) -> Result<Self> {
        self.tape().apply(ops::Norm::over(axes, keep, p), [self])
    }

    /// ln Σ eˣ of all elements: a scalar.
    pub fn logsumexp(self) -> Result<Self> {
        self.tape().apply(ops::LogSumExp::all(), [self])
    }

    /// ln Σ eˣ along `axes`, which stay with length 1 if `keep`, else go.
    pub fn logsumexp_axes(self, axes: &[usize], keep: bool) -> Result<Self> {
        self.tape().apply(ops::LogSumExp::over(axes, keep), [self])
    }

    /// The running sums along `axis`: at each place the sum of the elements up to and with it. For
    /// sums from the end, or without the element itself, apply [`ops::CumSum`].
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    pub fn cumsum(self, axis: usize) -> Result<Self> {
        self.tape().apply(ops::CumSum { axis, reverse: false, exclusive: false }, [self])
    }

    /// The index of the first greatest element along `axis`, which stays with length 1 if `keep`,
    /// else goes.
    ///
    /// # Errors
    ///
    /// If a gradient is wanted, since an index has none (see [`detach`](Var::detach)), or there is
    /// no such axis; so for `argmin`.
    pub fn argmax(self, axis: usize, keep: bool) -> Result<Self> {
        self.tape().apply_without_gradient(ops::ArgMax { axis, keep }, [self])
    }

    /// The index of the first least element along `axis`, which stays with length 1 if `keep`, else
    /// goes.
    pub fn argmin(self, axis: usize, keep: bool) -> Result<Self> {
        self.tape().apply_without_gradient(ops::ArgMin { axis, keep }, [self])
    }
}
