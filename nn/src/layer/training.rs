//! How a part of a network is trained: the static driver.

use autograd::Var;
use tensor::{Buffer, Float};

use super::{FirstSums, FoundColumn, Inference, OutputGrad, Pass, Seen, Sums};
use crate::parameters::descend;

/// What a [`Layer::record`] says that finds fewer tensors than it has.
#[cold]
pub(crate) fn too_few() -> ! {
    panic!("layer: recorded with fewer parameters than the network has")
}

/// A part of a network that can be trained: a layer, or several that are joined.
///
/// A single layer of your own is a [`RowLayer`](super::RowLayer), or a [`Leaf`](super::Leaf) with its
/// [`Formula`](super::Formula); this trait then follows.
///
/// `parameters` is always the part's own stretch of the flat buffer, [`Inference::LEN`] long; `x` is
/// `[rows, INPUTS]`, row by row.
pub trait Layer: Inference {
    /// Whether a row's outputs in training depend on the other rows of its batch, as with batch norm.
    /// All rows then go through the layers together, on one thread, and there must be two at least.
    const COUPLED: bool = false;

    /// What is kept of some consecutive rows of a batch, between forward and backward.
    type Workspace<'a, T: Float>: Send + Sync;

    /// The parameters with their shapes.
    type View<'a, T: Float>;

    /// The parameters with their shapes.
    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T>;

    /// Fills `parameters` with random weights. `index` counts the layers that have random ones: it keys
    /// the random numbers, and the layer advances it.
    fn init<T: Float>(parameters: &mut [T], seed: u64, index: &mut u64);

    /// Has the [encoders](super::encoder) find what they need from the training rows, and shows what they found of each of
    /// their columns, one encoder after the other.
    fn adapt<T: Float>(
        parameters: &mut [T],
        seen: &Seen<'_, T>,
        see: &mut dyn FnMut(Vec<FoundColumn>),
    ) {
        let _ = (parameters, seen, see);
    }

    /// How many numbers the workspace of `rows` rows needs.
    fn workspace_len<T: Float>(rows: usize) -> usize;

    /// Cuts the workspace of `rows` rows off the front of `memory`.
    ///
    /// # Panics
    ///
    /// If less than [`Layer::workspace_len`] elements are left.
    fn workspace<'a, T: Float>(memory: &mut &'a mut [T], rows: usize) -> Self::Workspace<'a, T>;

    /// The first `at` rows and the others. What is kept once for the batch stays with the first.
    fn split<'a, T: Float>(
        workspace: Self::Workspace<'a, T>,
        at: usize,
    ) -> (Self::Workspace<'a, T>, Self::Workspace<'a, T>);

    /// What [`Layer::forward`] computed: `[rows, OUTPUTS]`.
    fn outputs<'r, T: Float>(workspace: &'r Self::Workspace<'_, T>) -> &'r [T];

    /// Where the gradient with respect to the outputs is to be written, and how it goes on from there.
    fn output_grad<'r, T: Float>(workspace: &'r mut Self::Workspace<'_, T>) -> OutputGrad<'r, T>;

    /// Computes the outputs of the rows `x`, and keeps what the gradient needs.
    fn forward<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        pass: Pass,
    );

    /// The first layer's weighted sums, if the driver may compute them before [`Layer::forward`].
    fn first_sums<'r, T: Float>(
        _parameters: &'r [T],
        _workspace: &'r mut Self::Workspace<'_, T>,
    ) -> Option<FirstSums<'r, T>> {
        None
    }

    /// The outputs of one row as in [`Pass::Evaluation`], keeping nothing.
    fn predict<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T>;

    /// [`Layer::predict`], showing `see` the outputs of all layers that are joined by [`Then`](super::Then), in
    /// order, the last one included.
    fn trace<T: Float>(parameters: &[T], x: &[T], see: &mut impl FnMut(&[T])) -> Self::Outputs<T> {
        let y = Self::predict(parameters, x);
        see(crate::row::Row::as_slice(&y));
        y
    }

    /// Takes the gradient that stands at this part's [`output_grad`](Layer::output_grad) through it, to that of
    /// the part before, if there is one that wants it. Its `y` is this part's x.
    fn backward<T: Float>(
        parameters: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        before: Option<OutputGrad<'_, T>>,
    );

    /// The gradient with respect to the parameters `from..from + gradient.len()`, summed over all
    /// rows in their order, and that of the [`penalty`](Layer::penalty). `from` and the end are values
    /// of [`Layer::next_boundary`]; `parameters` is here that same stretch of them.
    ///
    /// Where `sums` do not begin with these rows, each goes on from what `gradient` has; the penalty's follows when they end.
    ///
    /// It is zero in gaps and for numbers that are not [trained](super::TensorInfo::trained).
    fn gradient<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        gradient: &mut [T],
        sums: Sums,
    );

    /// A step of gradient descent on the stretch of the parameters that [`Layer::gradient`] has its gradient
    /// g for: p ← fma(g, −rate, p); whether all that it writes is finite. A layer may do it without g ever going
    /// through memory.
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

    /// The first place at or after `at` where [`Layer::gradient`] may begin or end.
    fn next_boundary(at: usize) -> usize;

    /// What training adds to the loss for the sake of the parameters alone, such as l2·Σw²; `None` if that
    /// is nothing.
    fn penalty<T: Float>(_parameters: &[T]) -> Option<T> {
        None
    }

    /// Changes the numbers that are kept with the parameters but not trained by gradients, such as
    /// running means, after a step whose workspace is still as [`Layer::forward`] left it.
    fn update_state<T: Float>(_parameters: &mut [T], _workspace: &Self::Workspace<'_, T>) {}

    /// The same part on a tape, its tensors taken from the front of `parameters`.
    ///
    /// # Errors
    ///
    /// If the shape of `x` is not `[rows, INPUTS]`.
    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>>;

    /// The [`penalty`](Layer::penalty) on a tape, if there is one; the part's tensors are taken from
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
