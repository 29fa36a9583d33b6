//! Reverse-mode automatic differentiation on a tape: compute with tensors as usual, then call
//! [`backward`](Var::backward) for the gradients.
//!
//! ```
//! use autograd::Tape;
//! use tensor::Tensor;
//!
//! let tape = Tape::new();
//! let w = tape.parameter(Tensor::from([[1.0, 2.0], [3.0, 4.0]])); // requires a gradient
//! let x = tape.constant(Tensor::from([[1.0, -1.0]])); // does not
//! let loss = x.matmul(w)?.square()?.sum()?; // Σ (x·w)²
//! let gradients = loss.backward()?;
//! assert_eq!(*gradients.of(w)?, Tensor::from([[-4.0, -4.0], [4.0, 4.0]])); // 2 xᵀ·x·w
//! # Ok::<(), autograd::Error>(())
//! ```
//!
//! # The idea
//!
//! A [`Tape`] is a list. Every operation computes its output at once and appends it, together with
//! the indices of its inputs. A [`Var`] is the index of an entry. [`Var::backward`] walks the list
//! from the end to the start. Each operation receives dy, the gradient of the result with respect
//! to its output, and returns the gradient with respect to each input. An entry that was used
//! several times gets the sum. This is the chain rule. It needs no recursion, no graph of pointers,
//! and no state on the variables that would have to be zeroed.
//!
//! The tape does the work that all operations have in common. It sums gradients back to the shape
//! that an input had before broadcasting, accumulates them, and checks that every required gradient
//! is present and has the right shape. Gradients that are not required are not computed.
//!
//! # A custom operation
//!
//! There is one trait, [`Op`]; the built-in operations ([`ops`]) implement it, too. An operation is
//! a value that owns its settings and the state that it saves in forward for backward.
//!
//! ```
//! use autograd::{Call, Op, Result, Tape, Var, gradcheck};
//! use tensor::{Float, Tensor};
//!
//! /// y = x · min(1, most/|x|), |x| being the root of the sum of squares: no longer than `most`.
//! struct Clip<T> { most: T, factor: T }
//!
//! impl<T: Float> Op<T, 1> for Clip<T> {
//!     fn name(&self) -> &'static str { "clip" }
//!
//!     fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
//!         self.factor = (self.most / (x * x).sum().sqrt()).min(T::one());
//!         Ok(x * self.factor)
//!     }
//!
//!     // dx = f·dy, less (if clipped) the part along y: f·(dy − y·(y·dy)/most²)
//!     fn backward(
//!         &self,
//!         call: &Call<'_, T, 1>,
//!         dy: &Tensor<T>,
//!     ) -> Result<[Option<Tensor<T>>; 1]> {
//!         let (y, most, f) = (call.output, self.most, self.factor);
//!         let along = if f < T::one() { (y * dy).sum() / (most * most) } else { T::zero() };
//!         Ok([call.wanted(0, || Ok(dy.zip(y, |dy, y| f * (dy - y * along))?))?])
//!     }
//! }
//!
//! // One line checks the gradient, clipped or not.
//! gradcheck(|| Clip { most: 1.0, factor: 0.0 }, [[2, 3]])?;
//! gradcheck(|| Clip { most: 9.0, factor: 0.0 }, [[2, 3]])?;
//!
//! // One trait makes it a method.
//! trait ClipExt: Sized { fn clip(self, most: f64) -> Result<Self>; }
//! impl ClipExt for Var<'_, f64> {
//!     fn clip(self, most: f64) -> Result<Self> {
//!         self.tape().apply(Clip { most, factor: 0.0 }, [self])
//!     }
//! }
//! let tape = Tape::new();
//! let x = tape.parameter(Tensor::from([3.0, 4.0]));
//! assert_eq!(x.clip(1.0)?.value().to_vec(), [0.6000000000000001, 0.8]);
//! # Ok::<(), autograd::Error>(())
//! ```
//!
//! An operation without a gradient implements [`NoGradOp`] instead; it refuses inputs that require
//! a gradient. An operation with lists of inputs or outputs implements [`ListOp`]. An elementwise
//! function takes one line with [`elementwise!`]: [`dual`] numbers derive its gradient. They also
//! give higher derivatives of every operation, see [`higher`].
//!
//! # Modules and types
//!
//! | item | what it is |
//! |---|---|
//! | [`Tape`], [`Var`], [`Gradients`] | the record, a tensor on the tape, the result of `backward` |
//! | [`Op`], [`Call`], [`ListOp`], [`NoGradOp`] | the traits for operations |
//! | [`elementwise!`] | an operation from a formula |
//! | [`ops`] | the built-in operations |
//! | [`names`] | their names in PyTorch, NumPy and Keras |
//! | [`Axis`], [`Lengths`] | axes counted from either end, shapes with a −1 |
//! | [`gradcheck`](mod@gradcheck) | numerical checks of gradients |
//! | [`Dual`], [`higher`] | forward mode, Jacobians, Hessians |
//! | [`Error`] | errors, as readable sentences |
//!
//! Methods return a [`Result`]; the operators `+ - * /` panic with the same message.

#![forbid(unsafe_code)]

mod axis;
mod composed;
pub mod dual;
pub mod elementwise;
mod error;
pub mod gradcheck;
mod gradients;
pub mod higher;
mod list;
pub mod names;
mod op;
pub mod ops;
mod record;
mod recycled;
mod section;
mod tape;
mod trace;
mod var;

pub use axis::{Axis, Lengths};
pub use composed::Einsum;
pub use dual::Dual;
pub use error::{Error, Result};
pub use gradcheck::gradcheck;
pub use gradients::Gradients;
pub use list::{ListCall, ListOp};
pub use op::{Call, NoGradOp, Op};
pub use ops::Reduction;
pub use tape::{Recorded, Tape};
pub use var::Var;

/// The `tensor` crate, whose tensors are the values of variables; re-exported for crates that
/// depend on `autograd` alone.
pub use tensor;
pub use tensor::Windows;

/// The README's code blocks are compiled and run as tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
