//! The formulas of a layer without others inside it.

use tensor::Float;
use tensor::product::Start;

use super::{Extra, FoundColumn, OutputGrad, Pass, Seen, Sums, UnitFunction, Workspace};
use crate::parameters::NamedTensor;

/// What a layer computes. Widths are run-time numbers here: a declared layer ([`Leaf`](super::Leaf)) has formulas of
/// [`Fixed`](super::Fixed) widths, one that is read at run time has the same with numbers, behind a pointer.
///
/// `parameters` is always the layer's own stretch of the flat buffer, [`Formula::len`] long; x and dx are
/// `[rows, inputs]`, y and dy `[rows, outputs]`, row by row.
pub trait Formula<T: Float>: Send + Sync {
    /// Inputs and outputs of a row.
    fn widths(&self) -> [usize; 2];

    /// Elements in the flat buffer of parameters, gaps included.
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

    /// The tensors that the parameters consist of, in their order.
    fn tensors(&self) -> Vec<NamedTensor> {
        Vec::new()
    }

    /// What the workspace has beside outputs and gradient.
    fn extra(&self) -> Extra {
        Extra::default()
    }

    /// Whether this is an [encoder](super::encoder), which stands in front of the first layer and lets what it has encoded
    /// pass.
    fn encodes(&self) -> bool {
        false
    }

    /// From raw rows to what the layers see, which are as wide.
    fn encode(&self, parameters: &[T], raw: &[T], encoded: &mut [T]) {
        let _ = parameters;
        encoded.copy_from_slice(raw);
    }

    /// Where among the parameters mean and deviation of the target stand: of columns of a table, in which values may be
    /// missing, too.
    fn target(&self) -> Option<usize> {
        None
    }

    /// Whether all that is to be found from the training rows is there.
    fn is_adapted(&self, parameters: &[T]) -> bool {
        let _ = parameters;
        true
    }

    /// Finds it; what each column is like.
    fn adapt(&self, parameters: &mut [T], seen: &Seen<'_, T>) -> Vec<FoundColumn> {
        let _ = (parameters, seen);
        Vec::new()
    }

    /// Fills `parameters` with first values. `index` counts the layers with random ones: it keys the
    /// random numbers, and such a layer advances it.
    fn init(&self, parameters: &mut [T], seed: u64, index: &mut u64) {
        let _ = (parameters, seed, index);
    }

    /// Computes y of some rows as in [`Pass::Evaluation`], without a workspace.
    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]);

    /// Computes y of some rows, and keeps what the gradient needs.
    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, pass: Pass);

    /// Where dy is to be written, and how it goes on from there.
    fn output_grad<'r>(&'r self, workspace: &'r mut Workspace<'_, T>) -> OutputGrad<'r, T> {
        OutputGrad::linear(workspace.y, workspace.dy)
    }

    /// Fills `before` with dx, given dy, and applies its derivative; `before.y` is x.
    fn backward(
        &self,
        parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    );

    /// The gradient with respect to the parameters `from..from + gradient.len()`, summed over all
    /// rows in their order, and that of the [`penalty`](Formula::penalty). `from` and the end are values
    /// of [`Formula::next_boundary`]; `parameters` is here that same stretch of them.
    ///
    /// Where `sums` do not begin with these rows, each goes on from what `gradient` has; the penalty's follows when they end.
    ///
    /// It is zero in gaps and for numbers that are not trained.
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

    /// A step p ← fma(g, −rate, p) on the stretch of the parameters that [`Formula::gradient`] has the gradient
    /// g for, if the layer can take it without g ever going through memory, and then whether all that it writes is
    /// finite.
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

    /// The first place at or after `at` where [`Formula::gradient`] may begin or end: only the layer's ends,
    /// unless it says otherwise.
    fn next_boundary(&self, at: usize) -> usize {
        if at == 0 { 0 } else { self.len() }
    }

    /// What training adds to the loss for the sake of the parameters alone, such as l2·Σw²; `None` if that
    /// is nothing.
    fn penalty(&self, parameters: &[T]) -> Option<T> {
        let _ = parameters;
        None
    }

    /// Changes the numbers that are kept with the parameters but not trained by gradients, such as
    /// running means, after a step whose workspace is still as [`Formula::forward`] left it.
    fn update_state(&self, parameters: &mut [T], workspace: &Workspace<'_, T>) {
        let _ = (parameters, workspace);
    }

    /// The weighted sums, if the driver may compute them before [`Formula::forward`]; who asks does.
    fn first_sums<'r>(
        &'r self,
        parameters: &'r [T],
        workspace: &'r mut Workspace<'_, T>,
    ) -> Option<FirstSums<'r, T>> {
        let _ = (parameters, workspace);
        None
    }
}

/// The weighted sums of a network's first layer, as an order: the driver may compute them before
/// [`forward`](Formula::forward), all rows by all threads, each of which has rows of the weight of its own.
///
/// A thread that has the same rows of the weight in every step finds them in its cache. Where threads take rows of the
/// batch, each reads the whole weight, most of which another one has changed.
#[derive(Debug)]
pub struct FirstSums<'r, T> {
    /// `[inputs, outputs]`
    pub weight: &'r [T],
    /// What each sum begins with.
    pub start: Start<'r, T>,
    /// Where the sums go. `[rows, outputs]`
    pub sums: &'r mut [T],
    /// What finished sums are replaced by, where they need not be kept.
    pub finish: Option<&'r dyn UnitFunction<T>>,
}
