//! [`Layer`]: forward and backward pass of a part of a network, without a tape (the static driver).
//!
//! One training step of a part `L`, with x `[rows, INPUTS]` and y, dy `[rows, OUTPUTS]`:
//!
//! | step | call | effect |
//! |---|---|---|
//! | 1 | [`Layer::workspace`] | takes the buffers for y, dy and cached activations from one allocation |
//! | 2 | [`Layer::forward`] | writes y and caches the activations that the gradient needs |
//! | 3 | [`Layer::output_grad`] | says where the caller (loss, or next layer) writes dy |
//! | 4 | [`Layer::backward`] | turns dy into dx, which goes to the part before |
//! | 5 | [`Layer::gradient`] | sums the gradient of the parameters over the rows |
//! | 6 | [`Layer::update_state`] | updates what has no gradient, such as running means |
//!
//! Steps 4 and 5 are separate, unlike `backward` in PyTorch: threads divide step 4 by rows, and
//! step 5 by parameters.

use autograd::Var;
use tensor::{Buffer, Float};

use super::{FirstSums, FoundColumn, Inference, OutputGrad, Pass, Seen, Sums};
use crate::parameters::descend;

/// Panics in a [`Layer::record`] that receives fewer tensors than the layer has.
#[cold]
pub(crate) fn too_few() -> ! {
    panic!("layer: recorded with fewer parameters than the network has")
}

/// A part of a network that can be trained: one layer, or several joined.
///
/// Do not implement this trait for a single custom layer. Implement [`RowLayer`](super::RowLayer),
/// or [`Leaf`](super::Leaf) with its [`Formula`](super::Formula), from which this trait follows.
///
/// Shapes: `parameters` is the part's own slice of the flat buffer, [`Inference::LEN`] long; `x` is
/// `[rows, INPUTS]`, row by row.
pub trait Layer: Inference {
    /// Whether a row's outputs in training depend on the other rows of its batch, as with batch
    /// norm. All rows are then computed together, on one thread, and a batch needs at least two.
    const COUPLED: bool = false;

    /// Outputs, gradients and cached activations of some consecutive rows of a batch, from forward
    /// to backward.
    type Workspace<'a, T: Float>: Send + Sync;

    /// The parameters with their shapes, such as [`DenseView`](super::DenseView).
    type View<'a, T: Float>;

    /// Returns the parameters with their shapes.
    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T>;

    /// Initializes `parameters`. `index` counts the layers with random weights and keys their
    /// random numbers; such a layer advances it.
    fn init<T: Float>(parameters: &mut [T], seed: u64, index: &mut u64);

    /// Fits the [encoders](super::encoder) to the training rows, and passes `see` what each found
    /// of its columns, one encoder after the other.
    fn adapt<T: Float>(
        parameters: &mut [T],
        seen: &Seen<'_, T>,
        see: &mut dyn FnMut(Vec<FoundColumn>),
    ) {
        let _ = (parameters, seen, see);
    }

    /// The length of the workspace of `rows` rows, in numbers.
    fn workspace_len<T: Float>(rows: usize) -> usize;

    /// Takes the workspace of `rows` rows from the front of `memory`.
    ///
    /// # Panics
    ///
    /// If fewer than [`Layer::workspace_len`] elements are left.
    fn workspace<'a, T: Float>(memory: &mut &'a mut [T], rows: usize) -> Self::Workspace<'a, T>;

    /// Splits into the first `at` rows and the others. What is shared by the batch stays with the
    /// first.
    fn split<'a, T: Float>(
        workspace: Self::Workspace<'a, T>,
        at: usize,
    ) -> (Self::Workspace<'a, T>, Self::Workspace<'a, T>);

    /// Returns the outputs that [`Layer::forward`] computed: `[rows, OUTPUTS]`.
    fn outputs<'r, T: Float>(workspace: &'r Self::Workspace<'_, T>) -> &'r [T];

    /// Returns where dL/dy is to be written, and the activation derivative that it is then
    /// multiplied by.
    fn output_grad<'r, T: Float>(workspace: &'r mut Self::Workspace<'_, T>) -> OutputGrad<'r, T>;

    /// Computes the outputs of the rows `x`, and caches what the gradient needs.
    fn forward<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        pass: Pass,
    );

    /// The first layer's weighted sums, if the driver may compute them before [`Layer::forward`];
    /// else `None`.
    fn first_sums<'r, T: Float>(
        _parameters: &'r [T],
        _workspace: &'r mut Self::Workspace<'_, T>,
    ) -> Option<FirstSums<'r, T>> {
        None
    }

    /// Returns the outputs of one row as in [`Pass::Evaluation`]. Caches nothing.
    fn predict<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T>;

    /// [`Layer::predict`], which also passes `see` the outputs of each layer that is joined by
    /// [`Then`](super::Then), in order, the last included.
    fn trace<T: Float>(parameters: &[T], x: &[T], see: &mut impl FnMut(&[T])) -> Self::Outputs<T> {
        let y = Self::predict(parameters, x);
        see(crate::row::Row::as_slice(&y));
        y
    }

    /// Computes dx from the gradient that was written to this part's
    /// [`output_grad`](Layer::output_grad), and writes it to `before`, the output gradient of the
    /// part before. `before.y` is this part's x. `None` if nothing needs dx.
    fn backward<T: Float>(
        parameters: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        before: Option<OutputGrad<'_, T>>,
    );

    /// Computes the gradient of the parameters `from..from + gradient.len()`, summed over all rows
    /// in order, and adds that of the [`penalty`](Layer::penalty).
    ///
    /// `from` and the end are values of [`Layer::next_boundary`]. `parameters` has the same range.
    /// Where `sums` do not begin with these rows, each sum continues from the value in `gradient`;
    /// the penalty's gradient is added when they end.
    ///
    /// The gradient is zero in gaps and for numbers that are not
    /// [trained](super::TensorInfo::trained).
    fn gradient<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        gradient: &mut [T],
        sums: Sums,
    );

    /// A step of gradient descent, p ← fma(g, −rate, p), on the slice of the parameters whose
    /// gradient g [`Layer::gradient`] computes. Returns whether all new values are finite. A layer
    /// may do it without writing g to memory.
    fn descend<T: Float>(
        parameters: &mut [T],
        x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        rate: T,
    ) -> bool {
        let mut gradient = Buffer::stale(parameters.len());
        Self::gradient(parameters, x, workspace, from, &mut gradient, Sums::WHOLE);
        descend(parameters, &gradient, rate)
    }

    /// The first index at or after `at` where [`Layer::gradient`] may begin or end.
    fn next_boundary(at: usize) -> usize;

    /// The penalty on the parameters that training adds to the loss, such as l2·Σw²; `None` if
    /// there is none.
    fn penalty<T: Float>(_parameters: &[T]) -> Option<T> {
        None
    }

    /// Updates the state that is saved with the parameters but has no gradient, such as running
    /// means. Called after a step, with the workspace as [`Layer::forward`] left it.
    fn update_state<T: Float>(_parameters: &mut [T], _workspace: &Self::Workspace<'_, T>) {}

    /// Records the same part on a tape. Takes its tensors from the front of `parameters`.
    ///
    /// # Errors
    ///
    /// If the shape of `x` is not `[rows, INPUTS]`.
    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>>;

    /// Records the [`penalty`](Layer::penalty) on a tape, if there is one. Takes the part's tensors
    /// from the front of `parameters`.
    ///
    /// # Errors
    ///
    /// Any error of the tape.
    fn record_penalty<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
    ) -> autograd::Result<Option<Var<'t, T>>> {
        for _ in 0..Self::INFO.tensors() {
            parameters.next();
        }
        Ok(None)
    }
}
