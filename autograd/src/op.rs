//! What an operation is: a rule for the value and a rule for the gradients, side by side.

use tensor::{Float, Tensor};

use crate::error::Result;

/// A differentiable operation with `N` inputs and one output.
///
/// Every built-in operation implements this trait in a file of its own, in the form that yours
/// would have; [`gradcheck`](crate::gradcheck::gradcheck) checks either in one line. An operation
/// is a value: its settings are its fields, and what [`backward`](Op::backward) needs beyond inputs
/// and output (a mask, a random choice, an expensive intermediate) it keeps in itself during
/// [`forward`](Op::forward); the tape owns it from then on.
///
/// Written for all `T: Float`, an operation trains in `f32` and is checked in `f64`. Inputs and
/// `dy` may be views whose elements do not lie one after the other: use the operations of
/// [`Tensor`], which do not mind, or call [`Tensor::contiguous`] before [`Tensor::values`].
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
    /// What errors call the operation.
    fn name(&self) -> &'static str;

    /// The output for these inputs.
    ///
    /// Called once, before the operation goes on the tape.
    ///
    /// # Errors
    ///
    /// If the inputs do not fit. Errors of `tensor` pass through `?` and get the operation's name
    /// from the tape; [`Error::invalid`](crate::Error::invalid) makes one of your own.
    fn forward(&mut self, inputs: [&Tensor<T>; N]) -> Result<Tensor<T>>;

    /// For each wanted input, the gradient of the result with respect to it, given `dy`, the one
    /// with respect to the output, which has the output's shape.
    ///
    /// A gradient may have any shape that its input broadcasts to: the tape sums it to the input's.
    /// It also adds up the gradients of a variable that is used more than once; each call answers
    /// for itself alone.
    ///
    /// # Errors
    ///
    /// Whatever `tensor` refuses; after a `forward` without error there should be none. The tape
    /// adds the errors for a gradient that is wanted but `None`, and for one of a shape that is not
    /// its input's.
    fn backward(&self, call: &Call<'_, T, N>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; N]>;
}

/// One application of an operation, as [`Op::backward`] sees it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Call<'a, T: Float, const N: usize> {
    /// What [`Op::forward`] was given.
    pub inputs: [&'a Tensor<T>; N],
    /// What it returned.
    pub output: &'a Tensor<T>,
    /// Which inputs want a gradient.
    pub wanted: [bool; N],
}

impl<'a, T: Float, const N: usize> Call<'a, T, N> {
    /// A call as the tape makes it, to test an operation's `backward` by hand.
    pub fn new(inputs: [&'a Tensor<T>; N], output: &'a Tensor<T>, wanted: [bool; N]) -> Self {
        Call { inputs, output, wanted }
    }

    /// `Some` of what `gradient` computes if input `input` wants a gradient, else `None`, without
    /// computing anything: the first layer of a network need not differentiate by its data.
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

/// An operation that has a value but no gradient: rounding, comparing, counting.
///
/// It goes on a tape through [`Tape::apply_without_gradient`](crate::Tape::apply_without_gradient),
/// which refuses inputs that want a gradient: none goes missing in silence. Where it shall end, say
/// so by [`Var::detach`](crate::Var::detach).
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
/// assert!(error.starts_with("round: input 0, [2], wants a gradient, but the operation has none"));
/// assert_eq!(tape.apply_without_gradient(Round, [x.detach()])?.value().to_vec(), [0.0, 1.0]);
/// # Ok::<(), autograd::Error>(())
/// ```
pub trait NoGradOp<T: Float, const N: usize> {
    /// What errors call the operation.
    fn name(&self) -> &'static str;

    /// The output for these inputs.
    ///
    /// # Errors
    ///
    /// If the inputs do not fit; as in [`Op::forward`].
    fn forward(&mut self, inputs: [&Tensor<T>; N]) -> Result<Tensor<T>>;
}
