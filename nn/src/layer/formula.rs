//! [`Formula`]: what a single layer computes, forward and backward.

use tensor::Float;
use tensor::product::Start;

use super::{Extra, FoundColumn, OutputGrad, Pass, Seen, Sums, UnitFunction, Workspace};
use crate::parameters::NamedTensor;

/// The computation of a single layer, with run-time widths.
///
/// A declared layer ([`Leaf`](super::Leaf)) has a formula of [`Fixed`](super::Fixed) widths. A
/// layer that is read at run time has the same formula with numbers, behind a pointer.
///
/// Shapes: `parameters` is the layer's own slice of the flat buffer, [`Formula::len`] long; x and
/// dx are `[rows, inputs]`, y and dy `[rows, outputs]`, row by row.
pub trait Formula<T: Float>: Send + Sync {
    /// Inputs and outputs per row: `[inputs, outputs]`.
    fn widths(&self) -> [usize; 2];

    /// Elements of the flat parameter buffer, gaps included.
    fn len(&self) -> usize {
        0
    }

    /// Whether the layer has no parameters.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Additions and multiplications in the matrix products for one row.
    fn flops(&self) -> usize {
        0
    }

    /// The tensors of the parameters, in order.
    fn tensors(&self) -> Vec<NamedTensor> {
        Vec::new()
    }

    /// What the workspace has in addition to outputs and their gradient.
    fn extra(&self) -> Extra {
        Extra::default()
    }

    /// Whether this is an [encoder](super::encoder), which comes before the first layer and passes
    /// encoded rows through unchanged.
    fn encodes(&self) -> bool {
        false
    }

    /// Encodes raw rows, which are as wide as encoded ones.
    fn encode(&self, parameters: &[T], raw: &[T], encoded: &mut [T]) {
        let _ = parameters;
        encoded.copy_from_slice(raw);
    }

    /// Index, in the parameters, of mean and standard deviation of the target. Only columns of a
    /// table have them; their values may be missing, too.
    fn target(&self) -> Option<usize> {
        None
    }

    /// Whether the layer has been fitted to training rows, if it needs that.
    fn is_adapted(&self, parameters: &[T]) -> bool {
        let _ = parameters;
        true
    }

    /// Fits the layer to the training rows. Returns the statistics of each column.
    fn adapt(&self, parameters: &mut [T], seen: &Seen<'_, T>) -> Vec<FoundColumn> {
        let _ = (parameters, seen);
        Vec::new()
    }

    /// Initializes `parameters`. `index` counts the layers with random weights and keys their
    /// random numbers; such a layer advances it.
    fn init(&self, parameters: &mut [T], seed: u64, index: &mut u64) {
        let _ = (parameters, seed, index);
    }

    /// Computes y as in [`Pass::Evaluation`], without a workspace.
    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]);

    /// Computes y, and caches what the gradient needs.
    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, pass: Pass);

    /// Returns where dL/dy is to be written, and the activation derivative that it is then
    /// multiplied by.
    fn output_grad<'r>(&'r self, workspace: &'r mut Workspace<'_, T>) -> OutputGrad<'r, T> {
        OutputGrad::linear(workspace.y, workspace.dy)
    }

    /// Computes dx from dy, writes it to `before`, and applies the derivative there. `before.y` is
    /// x.
    fn backward(
        &self,
        parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    );

    /// Computes the gradient of the parameters `from..from + gradient.len()`, summed over all rows
    /// in order, and adds that of the [`penalty`](Formula::penalty).
    ///
    /// `from` and the end are values of [`Formula::next_boundary`]. `parameters` has the same
    /// range. Where `sums` do not begin with these rows, each sum continues from the value in
    /// `gradient`; the penalty's gradient is added when they end.
    ///
    /// The gradient is zero in gaps and for untrained numbers.
    fn gradient(
        &self,
        parameters: &[T],
        x: &[T],
        workspace: &Workspace<'_, T>,
        from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        let _ = (parameters, x, workspace, from, sums);
        gradient.fill(T::zero());
    }

    /// A step of gradient descent, p ← fma(g, −rate, p), on the slice of the parameters whose
    /// gradient g [`Formula::gradient`] computes, if the layer can do it without writing g to
    /// memory. Returns whether all new values are finite; `None` if it cannot.
    fn descend(
        &self,
        parameters: &mut [T],
        x: &[T],
        workspace: &Workspace<'_, T>,
        from: usize,
        rate: T,
    ) -> Option<bool> {
        let _ = (parameters, x, workspace, from, rate);
        None
    }

    /// The first index at or after `at` where [`Formula::gradient`] may begin or end. By default
    /// only the layer's ends.
    fn next_boundary(&self, at: usize) -> usize {
        if at == 0 { 0 } else { self.len() }
    }

    /// The penalty on the parameters that training adds to the loss, such as l2·Σw²; `None` if
    /// there is none.
    fn penalty(&self, parameters: &[T]) -> Option<T> {
        let _ = parameters;
        None
    }

    /// Updates the state that is saved with the parameters but has no gradient, such as running
    /// means. Called after a step, with the workspace as [`Formula::forward`] left it.
    fn update_state(&self, parameters: &mut [T], workspace: &Workspace<'_, T>) {
        let _ = (parameters, workspace);
    }

    /// The weighted sums, if the driver may compute them before [`Formula::forward`]. A caller that
    /// receives them must compute them.
    fn first_sums<'r>(
        &'r self,
        parameters: &'r [T],
        workspace: &'r mut Workspace<'_, T>,
    ) -> Option<FirstSums<'r, T>> {
        let _ = (parameters, workspace);
        None
    }
}

/// The weighted sums of a network's first layer, to be computed by the driver before
/// [`forward`](Formula::forward).
///
/// All threads compute them for all rows, each with its own rows of the weight. A thread that has
/// the same rows of the weight in every step finds them in its cache. If threads took rows of the
/// batch instead, each would read the whole weight, most of which another thread has changed.
#[derive(Debug)]
pub struct FirstSums<'r, T> {
    /// `[inputs, outputs]`
    pub weight: &'r [T],
    /// The initial value of each sum.
    pub start: Start<'r, T>,
    /// The sums to be written. `[rows, outputs]`
    pub sums: &'r mut [T],
    /// The function to apply to finished sums, in place, where the sums themselves are not needed.
    pub finish: Option<&'r dyn UnitFunction<T>>,
}
