//! Arrays of other crates as tensors, and tensors as theirs: each behind the feature of its name.
//!
//! | feature | to a tensor | from a tensor |
//! |---|---|---|
//! | `ndarray` | an owned `Array` without a copy, a view or a reference with one | `CowArray`, a view of the tensor's memory |
//! | `nalgebra` | `DMatrix`, `DVector` without a copy | `DMatrixView`, a view of the tensor's memory |
//! | `half` | `Tensor<f16>` and `Tensor<bf16>` from and to `Tensor<f32>`: other numbers | |
//!
//! Where there is no copy, an array's strides become the tensor's: of a matrix that lies column by column, the tensor does,
//! too.

#[cfg(feature = "half")]
mod half;
#[cfg(feature = "nalgebra")]
mod nalgebra;
#[cfg(feature = "ndarray")]
mod ndarray;
