//! Gradients by a tape: compute with tensors as usual, then ask what the result depends on and how
//! much.
//!
//! ```
//! use autograd::Tape;
//! use tensor::Tensor;
//!
//! let tape = Tape::new();
//! let w = tape.parameter(Tensor::from([[1.0, 2.0], [3.0, 4.0]])); // a gradient is wanted
//! let x = tape.constant(Tensor::from([[1.0, -1.0]])); // none is
//! let loss = x.matmul(w)?.square()?.sum()?; // Σ (x·w)²
//! let gradients = loss.backward()?;
//! assert_eq!(*gradients.of(w)?, Tensor::from([[-4.0, -4.0], [4.0, 4.0]])); // 2 xᵀ·x·w
//! # Ok::<(), autograd::Error>(())
//! ```
//!
//! # The idea
//!
//! A [`Tape`] is a list. Every operation computes its output at once and appends it, with the
//! numbers of the entries that went in. A [`Var`] is the number of an entry. [`Var::backward`] goes
//! through the list from the end to the start; each operation is told dy, the gradient of the
//! result with respect to its output, and answers the one with respect to each input. An entry that
//! was used several times gets the sum. That is the chain rule, and all there is to it: no
//! recursion, no graph of pointers, no state on the variables that would have to be zeroed.
//!
//! What every operation would otherwise repeat is done once, here: gradients are summed back to the
//! shape their input had before it was broadcast, accumulated, and checked (a gradient that is
//! wanted must be there, and of the right shape); those that nobody wants are not computed.
//!
//! # An operation of your own
//!
//! There is one trait, [`Op`], and the built-in operations ([`ops`]) implement it, too. An
//! operation is a value that owns its settings, and what it wants to remember from forward to
//! backward.
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
//! // One line says whether it is right, clipped or not.
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
//! An operation that has no gradient implements [`NoGradOp`] instead, and cannot be used where a
//! gradient is wanted; one with lists of inputs or outputs implements [`ListOp`]. A function of the
//! elements is one line, [`elementwise!`], and has no gradient to write: [`dual`] numbers find it.
//! So they do higher derivatives of everything, see [`higher`].
//!
//! # Where things are
//!
//! | item | what it is |
//! |---|---|
//! | [`Tape`], [`Var`], [`Gradients`] | recording, a tensor on the tape, what `backward` returns |
//! | [`Op`], [`Call`], [`ListOp`], [`NoGradOp`] | what an operation is |
//! | [`elementwise!`] | an operation from a formula |
//! | [`ops`] | the built-in ones |
//! | [`names`] | what PyTorch, NumPy and Keras call them |
//! | [`Axis`], [`Lengths`] | axes counted from either end, shapes with a −1 |
//! | [`gradcheck`](mod@gradcheck) | is a gradient right? |
//! | [`Dual`], [`higher`] | forward mode, Jacobians, Hessians |
//! | [`Error`] | what can go wrong, in sentences |
//!
//! Methods return a [`Result`]; the operators `+ - * /` panic with the same sentence.

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

/// What variables hold; the crate itself, re-exported for those who depend on this one alone.
pub use tensor;
pub use tensor::Windows;

/// The README's code blocks are compiled and run as tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
