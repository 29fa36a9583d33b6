//! Tensors with run-time shapes on the CPU: SIMD matrix products, vectorised elementary functions,
//! reproducible random numbers, and a few threads. Nothing here knows of gradients.
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
//! # What to expect
//!
//! - **Errors.** A method with a name returns a [`Result`] whose message names the operation, the
//!   shapes and the rule that was broken. An operator (`&a + &b`) cannot, and panics at the
//!   caller's line with the same sentence.
//! - **Layout.** The last axis is contiguous (row-major). Reshaping, transposing, slicing and
//!   broadcasting make views of the same memory, which starts at a multiple of 64 bytes and is reused
//!   when the last view is dropped.
//! - **Same bits.** A result depends on the inputs alone: not on the number of threads, the
//!   instruction set or the layout of the operands. (CPUs without fused multiply-add are the one
//!   exception.)
//!
//! # Without the standard library
//!
//! With its default feature `std` off, the crate is `no_std` and allocates nothing: [`Float`], [`math`],
//! [`activation`], [`random`], [`simd`] and [`embedded`] remain, what it takes to run a network that has been trained elsewhere.
//!
//! # Where things are
//!
//! | module | what it holds |
//! |---|---|
//! | `tensor`, `shape`, `buffer` | [`Tensor`], its [`Shape`] and its memory ([`Buffer`]) |
//! | `elementwise`, `reduce`, `scan`, `sort`, `trigonometry`, `indexing`, `matmul`, `convolution`, `pooling`, `windows`, `format` | what can be done with tensors |
//! | `arrays` | tensors from arrays of `ndarray`, `nalgebra` and `half`, and the other way, each behind the feature of that name |
//! | [`product`] | the matrix product on slices, with a bias before and an activation after |
//! | [`math`], [`activation`] | vectorised elementary functions and what networks make of them |
//! | [`embedded`] | numbers that are part of the program |
//! | [`decimal`] | numbers that are part of a type's name |
//! | [`random`] | numbers that are a function of (seed, stream, index) |
//! | [`simd`], [`threads`], [`cache`] | which instructions this CPU has; a few threads; memory asked for early |

#![cfg_attr(not(feature = "std"), no_std)]

#[cfg(not(any(feature = "std", feature = "libm", target_os = "none")))]
compile_error!(
    "without `std`, the arithmetic of floats comes from `libm`: write `default-features = false, features = [\"libm\"]`"
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
