//! Tensors with run-time shapes on the CPU: SIMD matrix products, vectorized elementary functions,
//! reproducible random numbers, and a small thread pool. Gradients are not part of this crate.
//!
//! ```
//! use tensor::Tensor;
//!
//! let a = Tensor::from([[1.0_f32, 2.0], [3.0, 4.0]]);
//! let b = a.transpose()?; // a view: nothing is copied
//! assert_eq!(a.matmul(&b)?, Tensor::from([[5.0, 11.0], [11.0, 25.0]]));
//! # Ok::<(), tensor::Error>(())
//! ```
//!
//! # Guarantees
//!
//! - **Errors.** A named method returns a [`Result`] whose message names the operation, the
//!   shapes and the rule that was broken. An operator (`&a + &b`) panics instead, with the same
//!   message and the caller's line.
//! - **Layout.** The last axis is contiguous (row-major). Reshaping, transposing, slicing and
//!   broadcasting return views of the same memory. The memory is aligned to 64 bytes and is reused
//!   when the last view is dropped.
//! - **Bitwise reproducible.** A result depends on the inputs alone: not on the number of threads,
//!   the instruction set or the layout of the operands. (CPUs without fused multiply-add are the
//!   one exception.)
//!
//! # Without the standard library
//!
//! With its default feature `std` off, the crate is `no_std` and does not allocate. [`Float`],
//! [`math`], [`activation`], [`random`], [`simd`] and [`embedded`] remain: enough to run a network
//! that was trained elsewhere.
//!
//! # Modules
//!
//! | module | contents |
//! |---|---|
//! | `tensor`, `shape`, `buffer` | [`Tensor`], its [`Shape`] and its memory ([`Buffer`]) |
//! | `elementwise`, `reduce`, `scan`, `sort`, `trigonometry`, `indexing`, `matmul`, `convolution`, `pooling`, `windows`, `format` | operations on tensors |
//! | `arrays` | conversions from and to arrays of `ndarray`, `nalgebra` and `half`, each enabled by the feature of that name |
//! | [`product`] | the matrix product on slices, with a bias before and an activation after |
//! | [`math`], [`activation`] | vectorized elementary functions and activation functions |
//! | [`embedded`] | numbers embedded in the program |
//! | [`decimal`] | numbers formatted at compile time, for the names of types |
//! | [`random`] | counter-based random numbers: a function of (seed, stream, index) |
//! | [`simd`], [`threads`], [`cache`] | instruction set detection; a thread pool; prefetching |

#![cfg_attr(not(feature = "std"), no_std)]

#[cfg(not(any(feature = "std", feature = "libm", target_os = "none")))]
compile_error!(
    "without `std`, the arithmetic of floats comes from `libm`: write `default-features = false, \
     features = [\"libm\"]`"
);

pub mod activation;
#[cfg(any(feature = "half", feature = "nalgebra", feature = "ndarray"))]
mod arrays;
#[cfg(feature = "std")]
mod buffer;
#[cfg(feature = "std")]
pub mod cache;
#[cfg(feature = "std")]
mod convolution;
pub mod decimal;
#[cfg(feature = "std")]
mod elementwise;
pub mod embedded;
#[cfg(feature = "std")]
mod error;
mod float;
#[cfg(feature = "std")]
mod format;
#[cfg(feature = "std")]
mod indexing;
pub mod math;
#[cfg(feature = "std")]
mod matmul;
#[cfg(feature = "std")]
mod pooling;
#[cfg(feature = "std")]
pub mod product;
pub mod random;
#[cfg(feature = "std")]
mod reduce;
#[cfg(feature = "std")]
mod scan;
#[cfg(feature = "std")]
mod shape;
pub mod simd;
#[cfg(feature = "std")]
mod sort;
#[cfg(feature = "std")]
mod tensor;
#[cfg(feature = "std")]
pub mod threads;
#[cfg(feature = "std")]
mod trigonometry;
#[cfg(feature = "std")]
mod windows;

#[cfg(feature = "std")]
pub use buffer::Buffer;
#[cfg(feature = "std")]
pub use error::{Error, Result};
pub use float::Float;
#[cfg(feature = "std")]
pub use shape::{MOST_AXES, Shape};
#[cfg(feature = "std")]
pub use tensor::Tensor;
#[cfg(feature = "std")]
pub use windows::Windows;

/// The README's code blocks are compiled and run as tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
