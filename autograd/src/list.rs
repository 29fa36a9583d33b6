//! Operations whose number of inputs or outputs is known only at run time.

use tensor::{Float, Tensor};

use crate::error::Result;

/// A differentiable operation with any number of inputs and outputs.
///
/// The counterpart of [`Op`](crate::Op) with lists instead of arrays;
/// [`Tape::apply_list`](crate::Tape::apply_list) applies it. For a fixed number of inputs and one
/// output, [`Op`](crate::Op) is simpler, and faster for tiny tensors.
///
/// ```
/// use autograd::{ListCall, ListOp, Result, Tape, gradcheck};
/// use tensor::{Float, Tensor};
///
/// /// s = a + b, d = a − b; da = ds + dd, db = ds − dd.
/// struct SumAndDifference;
///
/// impl<T: Float> ListOp<T> for SumAndDifference {
///     fn name(&self) -> &'static str {
///         "sum_and_difference"
///     }
///     fn forward(&mut self, inputs: &[&Tensor<T>]) -> Result<Vec<Tensor<T>>> {
///         let [a, b] = inputs[..] else { panic!("two inputs") };
///         Ok(vec![a.zip(b, |a, b| a + b)?, a.zip(b, |a, b| a - b)?])
///     }
///     fn backward(
///         &self,
///         call: &ListCall<'_, T>,
///         dy: &[Tensor<T>],
///     ) -> Result<Vec<Option<Tensor<T>>>> {
///         let (ds, dd) = (&dy[0], &dy[1]);
///         Ok(vec![call.wanted(0, || Ok(ds + dd))?, call.wanted(1, || Ok(ds - dd))?])
///     }
/// }
///
/// gradcheck::list(|| SumAndDifference, [[2, 3], [2, 3]])?;
///
/// let tape = Tape::new();
/// let [a, b] = [3.0, 5.0].map(|x| tape.parameter(Tensor::scalar(x)));
/// let y = tape.apply_list(SumAndDifference, &[a, b])?; // a Vec of variables
/// assert_eq!((y[0] * y[1]).backward()?.of(a)?.item()?, 6.0); // d(a² − b²)/da = 2a
/// # Ok::<(), autograd::Error>(())
/// ```
pub trait ListOp<T: Float>: 'static {
    /// The operation's name in error messages.
    fn name(&self) -> &'static str;

    /// Computes the outputs for these inputs; as [`Op::forward`](crate::Op::forward).
    ///
    /// # Errors
    ///
    /// If the inputs have the wrong number or shapes.
    fn forward(&mut self, inputs: &[&Tensor<T>]) -> Result<Vec<Tensor<T>>>;

    /// Computes the gradient of the result with respect to each required input; as
    /// [`Op::backward`](crate::Op::backward).
    ///
    /// `dy` has one gradient for each output: zeros for an output that the result does not depend
    /// on.
    ///
    /// # Errors
    ///
    /// Errors of `tensor`.
    fn backward(&self, call: &ListCall<'_, T>, dy: &[Tensor<T>]) -> Result<Vec<Option<Tensor<T>>>>;
}

/// One application of an operation: the argument of [`ListOp::backward`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ListCall<'a, T: Float> {
    /// The inputs of [`ListOp::forward`].
    pub inputs: &'a [&'a Tensor<T>],
    /// The outputs of [`ListOp::forward`].
    pub outputs: &'a [&'a Tensor<T>],
    /// The inputs that require a gradient.
    pub wanted: &'a [bool],
}

impl<'a, T: Float> ListCall<'a, T> {
    /// Creates a call as the tape does, to test an operation's `backward` by hand.
    pub fn new(
        inputs: &'a [&'a Tensor<T>],
        outputs: &'a [&'a Tensor<T>],
        wanted: &'a [bool],
    ) -> Self {
        ListCall { inputs, outputs, wanted }
    }

    /// Returns `Some(gradient()?)` if input `input` requires a gradient, else `None`.
    ///
    /// # Errors
    ///
    /// Those of `gradient`.
    ///
    /// # Panics
    ///
    /// If there is no such input.
    #[track_caller]
    pub fn wanted(
        &self,
        input: usize,
        gradient: impl FnOnce() -> Result<Tensor<T>>,
    ) -> Result<Option<Tensor<T>>> {
        if self.wanted[input] { gradient().map(Some) } else { Ok(None) }
    }
}
