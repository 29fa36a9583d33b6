//! Conversions between tensors and arrays of other crates, each enabled by the feature of its name.
//!
//! | feature | to a tensor | from a tensor |
//! |---|---|---|
//! | `ndarray` | an owned `Array` without a copy, a view or a reference with one | `CowArray`, a view of the tensor's memory |
//! | `nalgebra` | `DMatrix`, `DVector` without a copy | `DMatrixView`, a view of the tensor's memory |
//! | `half` | `Tensor<f16>` and `Tensor<bf16>` from and to `Tensor<f32>`: other numbers | |
//!
//! Without a copy, the array's strides become the tensor's: a column-major matrix gives a
//! column-major tensor.

#[cfg(feature = "half")]
mod half;
#[cfg(feature = "nalgebra")]
mod nalgebra;
#[cfg(feature = "ndarray")]
mod ndarray;
