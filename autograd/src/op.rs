//! The traits for operations: a rule for the value and a rule for the gradients.

use tensor::{Float, Tensor};

use crate::error::Result;

/// A differentiable operation with `N` inputs and one output.
///
/// Built-in and custom operations implement this trait in the same way, the built-in ones in one
/// file each. [`gradcheck`](crate::gradcheck::gradcheck) checks the gradient in one line.
///
/// An operation is a value, and its settings are its fields. If [`backward`](Op::backward) needs
/// more than the inputs and the output (a mask, a random choice, an expensive intermediate result),
/// [`forward`](Op::forward) saves it in `self`. From then on the tape owns the operation.
///
/// Implement it for all `T: Float`, so that the operation trains in `f32` and is checked in `f64`.
/// Inputs and `dy` may be views that are not contiguous in memory: use the operations of
/// [`Tensor`], which accept views, or call [`Tensor::contiguous`] before [`Tensor::values`].
///
/// ```
/// use autograd::{Call, Op, Result, Tape, gradcheck};
/// use tensor::{Float, Tensor};
///
/// /// y = a²·b, so da = dy·2ab and db = dy·a².
/// struct SquareTimes;
///
/// impl<T: Float> Op<T, 2> for SquareTimes {
///     fn name(&self) -> &'static str {
///         "square_times"
///     }
///     fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
///         Ok(a.zip(b, |a, b| a * a * b)?)
///     }
///     fn backward(
///         &self,
///         call: &Call<'_, T, 2>,
///         dy: &Tensor<T>,
///     ) -> Result<[Option<Tensor<T>>; 2]> {
///         let [a, b] = call.inputs;
///         Ok([
///             call.wanted(0, || Ok(dy.zip(a, |dy, a| dy * (a + a))?.zip(b, |da, b| da * b)?))?,
///             call.wanted(1, || Ok(dy.zip(a, |dy, a| dy * a * a)?))?,
///         ])
///     }
/// }
///
/// gradcheck(|| SquareTimes, [[2, 3], [2, 3]])?; // the gradients are right
///
/// let tape = Tape::new();
/// let [a, b] = [3.0, 5.0].map(|x| tape.parameter(Tensor::scalar(x)));
/// let y = tape.apply(SquareTimes, [a, b])?;
/// assert_eq!(y.value().item()?, 45.0);
/// assert_eq!(y.backward()?.of(a)?.item()?, 30.0);
/// # Ok::<(), autograd::Error>(())
/// ```
pub trait Op<T: Float, const N: usize>: 'static {
    /// The operation's name in error messages.
    fn name(&self) -> &'static str;

    /// Computes the output for these inputs.
    ///
    /// The tape calls it once, before it records the operation.
    ///
    /// # Errors
    ///
    /// If the inputs are invalid. Errors of `tensor` pass through `?`, and the tape adds the
    /// operation's name. Use [`Error::invalid`](crate::Error::invalid) for other errors.
    fn forward(&mut self, inputs: [&Tensor<T>; N]) -> Result<Tensor<T>>;

    /// Computes the gradient of the result with respect to each required input.
    ///
    /// `dy` is the gradient of the result with respect to the output; it has the output's shape. A
    /// returned gradient may have any shape that its input broadcasts to: the tape sums it to the
    /// input's shape. The tape also adds up the gradients of a variable that is used more than
    /// once; each call returns its own contribution only.
    ///
    /// # Errors
    ///
    /// Errors of `tensor`; after a `forward` without error there should be none. The tape itself
    /// reports a required gradient that is `None`, and a gradient whose shape does not match its
    /// input.
    fn backward(&self, call: &Call<'_, T, N>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; N]>;
}

/// One application of an operation: the argument of [`Op::backward`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Call<'a, T: Float, const N: usize> {
    /// The inputs of [`Op::forward`].
    pub inputs: [&'a Tensor<T>; N],
    /// The output of [`Op::forward`].
    pub output: &'a Tensor<T>,
    /// The inputs that require a gradient.
    pub wanted: [bool; N],
}

impl<'a, T: Float, const N: usize> Call<'a, T, N> {
    /// Creates a call as the tape does, to test an operation's `backward` by hand.
    pub fn new(inputs: [&'a Tensor<T>; N], output: &'a Tensor<T>, wanted: [bool; N]) -> Self {
        Call { inputs, output, wanted }
    }

    /// Returns `Some(gradient()?)` if input `input` requires a gradient, else `None`.
    ///
    /// In the second case `gradient` is not called: the first layer of a network need not
    /// differentiate with respect to its data.
    ///
    /// # Errors
    ///
    /// Those of `gradient`.
    ///
    /// # Panics
    ///
    /// If there is no such input.
    #[inline]
    #[track_caller]
    pub fn wanted(
        &self,
        input: usize,
        gradient: impl FnOnce() -> Result<Tensor<T>>,
    ) -> Result<Option<Tensor<T>>> {
        Ok(if self.wanted[input] { Some(gradient()?) } else { None })
    }
}

/// An operation with a value but no gradient: rounding, comparing, counting.
///
/// [`Tape::apply_without_gradient`](crate::Tape::apply_without_gradient) applies it. It refuses
/// inputs that require a gradient, so that no gradient is lost silently. Call
/// [`Var::detach`](crate::Var::detach) on an input to stop the gradient there.
///
/// ```
/// use autograd::{NoGradOp, Result, Tape};
/// use tensor::{Float, Tensor};
///
/// struct Round;
///
/// impl<T: Float> NoGradOp<T, 1> for Round {
///     fn name(&self) -> &'static str {
///         "round"
///     }
///     fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
///         Ok(x.map(|x| x.round()))
///     }
/// }
///
/// let tape = Tape::new();
/// let x = tape.parameter(Tensor::from([0.4, 0.6]));
/// let error = tape.apply_without_gradient(Round, [x]).unwrap_err();
/// let error = error.to_string();
/// assert!(
///     error.starts_with("round: input 0, [2], requires a gradient, but the operation has none")
/// );
/// assert_eq!(tape.apply_without_gradient(Round, [x.detach()])?.value().to_vec(), [0.0, 1.0]);
/// # Ok::<(), autograd::Error>(())
/// ```
pub trait NoGradOp<T: Float, const N: usize>: 'static {
    /// The operation's name in error messages.
    fn name(&self) -> &'static str;

    /// Computes the output for these inputs.
    ///
    /// # Errors
    ///
    /// If the inputs are invalid; as in [`Op::forward`].
    fn forward(&mut self, inputs: [&Tensor<T>; N]) -> Result<Tensor<T>>;
}
