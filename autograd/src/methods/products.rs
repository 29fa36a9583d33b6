//! Products other than the matrix product, and the matrix product of transposed operands.

use tensor::Float;

use crate::error::Result;
use crate::ops;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// aᵢ·bⱼ for vectors `[m]` and `[n]`: `[m, n]`.
    ///
    /// # Errors
    ///
    /// If either is no vector.
    pub fn outer(self, other: Self) -> Result<Self> {
        self.tape().apply(ops::Outer, [self, other])
    }

    /// Σ aᵢ·bᵢ for vectors of one length: a scalar.
    ///
    /// # Errors
    ///
    /// If either is no vector, or the lengths differ.
    pub fn dot(self, other: Self) -> Result<Self> {
        self.tape().apply(ops::Dot, [self, other])
    }

    /// self·otherᵀ: `[…, m, k]` and `[…, n, k]` give `[…, m, n]`; leading axes are broadcast
    /// together.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::new();
    /// let queries = tape.parameter(Tensor::<f32>::ones([4, 5, 8]));
    /// let keys = tape.parameter(Tensor::ones([4, 6, 8]));
    /// assert_eq!(queries.matmul_nt(keys)?.shape()[..], [4, 5, 6]);
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the shapes do not fit; so for `matmul_tn` and `matmul_tt`.
    pub fn matmul_nt(self, other: Self) -> Result<Self> {
        self.tape().apply(ops::MatMulTransposed { left: false, right: true }, [self, other])
    }

    /// selfᵀ·other: `[…, k, m]` and `[…, k, n]` give `[…, m, n]`.
    pub fn matmul_tn(self, other: Self) -> Result<Self> {
        self.tape().apply(ops::MatMulTransposed { left: true, right: false }, [self, other])
    }

    /// selfᵀ·otherᵀ: `[…, k, m]` and `[…, n, k]` give `[…, m, n]`.
    pub fn matmul_tt(self, other: Self) -> Result<Self> {
        self.tape().apply(ops::MatMulTransposed { left: true, right: true }, [self, other])
    }
}
