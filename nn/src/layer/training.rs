//! How a layer is trained: the static driver's trait.

use autograd::Var;
use tensor::threads::Threads;
use tensor::{Buffer, Float};

use super::{Inference, Pass};
use crate::parameters::descend;

/// What a [`Layer::record`] says that finds fewer tensors than it has.
#[cold]
pub(crate) fn too_few() -> ! {
    panic!("layer: recorded with fewer parameters than the network has")
}

/// A piece of a network that can be trained.
///
/// `parameters` is always the layer's own stretch of the flat buffer, [`Inference::LEN`] long; `x` is
/// `[rows, INPUTS]`, row by row.
pub trait Layer: Inference {
    /// Numbers kept for each row between forward and backward.
    const KEPT: usize;
    /// Numbers kept once for a batch, however many rows it has.
    const KEPT_ONCE: usize = 0;
    /// Whether a row's answer in training depends on the other rows of its batch, as with batch norm.
    /// All rows then go through the layers together, on one thread, and there must be two at least.
    const COUPLED: bool = false;
    /// Whether [`Layer::penalty`] is more than zero.
    const PENALIZED: bool = false;
    /// `[inputs, outputs]` of the first layer, if that is a dense one whose weight can be divided among threads by
    /// its rows; it lies at the front of the parameters, and its end, too, is a place to cut the gradient.
    const FIRST_WEIGHT: Option<[usize; 2]> = None;

    /// What is kept of some consecutive rows of a batch.
    type Rows<'a, T: Float>: Send + Sync;

    /// The parameters with their shapes.
    type View<'a, T: Float>;

    /// The parameters with their shapes.
    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T>;

    /// Fills `parameters` with random weights. `index` counts the layers that have parameters: it keys
    /// the random numbers, and the layer advances it.
    fn init<T: Float>(parameters: &mut [T], seed: u64, index: &mut u64);

    /// Cuts the memory for `rows` rows off the front of `memory`.
    ///
    /// # Panics
    ///
    /// If less than `rows * KEPT + KEPT_ONCE` elements are left.
    fn carve<'a, T: Float>(memory: &mut &'a mut [T], rows: usize) -> Self::Rows<'a, T>;

    /// The first `at` rows and the others. What is kept once for the batch stays with the first.
    fn split<'a, T: Float>(
        rows: Self::Rows<'a, T>,
        at: usize,
    ) -> (Self::Rows<'a, T>, Self::Rows<'a, T>);

    /// What the layer answered in [`Layer::forward`]: `[rows, OUTPUTS]`.
    fn outputs<'r, T: Float>(rows: &'r Self::Rows<'_, T>) -> &'r [T];

    /// Where the gradient with respect to the outputs is to be written, and how it goes on from there.
    fn end<'r, T: Float>(rows: &'r mut Self::Rows<'_, T>) -> End<'r, T>;

    /// Answers the rows `x`, keeping what the gradient needs.
    fn forward<T: Float>(parameters: &[T], x: &[T], rows: &mut Self::Rows<'_, T>, pass: Pass);

    /// The part of [`Layer::forward`] that uses the [first weight](Layer::FIRST_WEIGHT), all rows by all threads, each
    /// of which has `depth` rows of that weight; [`Layer::forward_others`] is to follow.
    ///
    /// A thread that has the same rows of the weight in every step finds them in its cache. Where threads take rows of the
    /// batch, each reads the whole weight, most of which another one has changed.
    fn forward_first<T: Float>(
        _parameters: &[T],
        _x: &[T],
        _rows: &mut Self::Rows<'_, T>,
        _threads: &Threads,
        _depth: usize,
    ) {
    }

    /// The rest of [`Layer::forward`], after [`Layer::forward_first`].
    fn forward_others<T: Float>(_parameters: &[T], _rows: &mut Self::Rows<'_, T>, _pass: Pass) {}

    /// Answers one row as in [`Pass::Evaluation`], keeping nothing.
    fn predict<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T>;

    /// [`Layer::predict`], showing `see` the answers of all layers that are joined by [`Then`](super::Then), in
    /// order, the last one included.
    fn trace<T: Float>(parameters: &[T], x: &[T], see: &mut impl FnMut(&[T])) -> Self::Outputs<T> {
        let y = Self::predict(parameters, x);
        see(crate::row::Row::as_slice(&y));
        y
    }

    /// Takes the gradient that stands at this layer's [`end`](Layer::end) through the layer, to the
    /// end of the layer before, if there is one that wants it. That end's `y` is this layer's x.
    fn backward<T: Float>(
        parameters: &[T],
        rows: &mut Self::Rows<'_, T>,
        before: Option<End<'_, T>>,
    );

    /// The gradient with respect to the parameters `from..from + gradient.len()`, summed over all
    /// rows in their order, and that of the [`penalty`](Layer::penalty). `from` and the end are values
    /// of [`Layer::cut`]; `parameters` is here that same stretch of them.
    ///
    /// It is zero in gaps and for numbers that are not [trained](super::TensorInfo::trained).
    fn gradient<T: Float>(
        parameters: &[T],
        x: &[T],
        rows: &Self::Rows<'_, T>,
        from: usize,
        gradient: &mut [T],
    );

    /// A step of gradient descent on the stretch of the parameters that [`Layer::gradient`] has its gradient
    /// g for: p ← fma(g, −rate, p). A layer may do it without g ever going through memory.
    fn descend<T: Float>(
        parameters: &mut [T],
        x: &[T],
        rows: &Self::Rows<'_, T>,
        from: usize,
        rate: T,
    ) {
        let mut gradient = Buffer::stale(parameters.len());
        Self::gradient(parameters, x, rows, from, &mut gradient);
        descend(parameters, &gradient, rate);
    }

    /// The first place at or after `at` where [`Layer::gradient`] may begin or end.
    fn cut(at: usize) -> usize;

    /// What training adds to the loss for the sake of the parameters alone, such as l2·Σw².
    fn penalty<T: Float>(_parameters: &[T]) -> T {
        T::zero()
    }

    /// Changes the numbers that are kept with the parameters but not trained by gradients, such as
    /// running means, after a step whose rows are still as [`Layer::forward`] left them.
    fn update_state<T: Float>(_parameters: &mut [T], _rows: &Self::Rows<'_, T>) {}

    /// The same layer on a tape, its tensors taken from the front of `parameters`.
    ///
    /// # Errors
    ///
    /// If the shape of `x` is not `[rows, INPUTS]`.
    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>>;

    /// The [`penalty`](Layer::penalty) on a tape, if there is one; the layer's tensors are taken from
    /// the front of `parameters`.
    ///
    /// # Errors
    ///
    /// Whatever the tape refuses.
    fn record_penalty<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
    ) -> autograd::Result<Option<Var<'t, T>>> {
        for _ in 0..Self::INFO.tensors() {
            parameters.next();
        }
        Ok(None)
    }
}

/// The end of a layer, where the gradient comes in: dL/dy is written to `gradient`, and multiplied
/// there by the derivative of the layer's activation.
pub struct End<'r, T> {
    /// Weighted sums if the derivative needs them, else the same as `y`. `[rows, OUTPUTS]`
    pub x: &'r [T],
    /// The layer's outputs. `[rows, OUTPUTS]`
    pub y: &'r [T],
    /// Where the gradient goes. `[rows, OUTPUTS]`
    pub gradient: &'r mut [T],
    /// gradient ← gradient ∘ f'(x, y), on stretches of equal length.
    pub derivative: fn(gradient: &mut [T], x: &[T], y: &[T]),
}

impl<'r, T> End<'r, T> {
    /// An end that leaves the gradient as it comes: that of a layer without an activation.
    pub fn open(y: &'r [T], gradient: &'r mut [T]) -> Self {
        End { x: y, y, gradient, derivative: |_, _, _| {} }
    }

    /// Multiplies the whole gradient, which holds dL/dy, by the derivative.
    pub fn close(self) {
        (self.derivative)(self.gradient, self.x, self.y);
    }
}
