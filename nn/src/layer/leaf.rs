//! [`Leaf`]: a single layer, declared as a type.

use autograd::Var;
use tensor::{Buffer, Float};

use super::{
    FirstSums, Formula, FoundColumn, Inference, Layer, OutputGrad, Pass, Seen, Sums, Workspace,
    recorded::record,
};
use crate::parameters::descend;
use crate::row::Row;

/// A single layer: its [`Formula`], with the widths of its type. [`Layer`] follows from it.
pub trait Leaf: Inference {
    /// Whether a row's outputs in training depend on the other rows: see [`Layer::COUPLED`].
    const COUPLED: bool = false;

    /// The formula.
    type Formula<T: Float>: Formula<T> + Copy;

    /// The parameters with their shapes.
    type View<'a, T: Float>;

    /// Returns the formula.
    fn formula<T: Float>() -> Self::Formula<T>;

    /// Returns the parameters with their shapes.
    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T>;

    /// See [`Layer::record`].
    ///
    /// # Errors
    ///
    /// If the shape of `x` is not `[rows, INPUTS]`.
    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>>
    where
        Self: Sized,
    {
        record::<Self, T>(parameters, x, pass)
    }

    /// See [`Layer::record_penalty`].
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

/// The workspace of a leaf, with its formula.
#[derive(Debug)]
pub struct LeafWorkspace<'a, T, F> {
    formula: F,
    workspace: Workspace<'a, T>,
}

impl<L: Leaf> Layer for L {
    const COUPLED: bool = <L as Leaf>::COUPLED;

    type Workspace<'a, T: Float> = LeafWorkspace<'a, T, L::Formula<T>>;
    type View<'a, T: Float> = <L as Leaf>::View<'a, T>;

    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T> {
        <L as Leaf>::view(parameters)
    }

    fn init<T: Float>(parameters: &mut [T], seed: u64, index: &mut u64) {
        L::formula().init(parameters, seed, index);
    }

    fn adapt<T: Float>(
        parameters: &mut [T],
        seen: &Seen<'_, T>,
        see: &mut dyn FnMut(Vec<FoundColumn>),
    ) {
        if L::IS_ENCODER {
            see(L::formula().adapt(parameters, seen));
        }
    }

    fn workspace_len<T: Float>(rows: usize) -> usize {
        Workspace::<T>::len(rows, L::OUTPUTS, L::formula::<T>().extra())
    }

    fn workspace<'a, T: Float>(memory: &mut &'a mut [T], rows: usize) -> Self::Workspace<'a, T> {
        let formula = L::formula::<T>();
        let workspace = Workspace::take(memory, rows, L::OUTPUTS, formula.extra());
        LeafWorkspace { formula, workspace }
    }

    fn split<'a, T: Float>(
        workspace: Self::Workspace<'a, T>,
        at: usize,
    ) -> (Self::Workspace<'a, T>, Self::Workspace<'a, T>) {
        let LeafWorkspace { formula, workspace } = workspace;
        let (first, others) = workspace.split(at, L::OUTPUTS, formula.extra());
        (LeafWorkspace { formula, workspace: first }, LeafWorkspace { formula, workspace: others })
    }

    fn outputs<'r, T: Float>(leaf: &'r Self::Workspace<'_, T>) -> &'r [T] {
        leaf.workspace.y
    }

    fn output_grad<'r, T: Float>(leaf: &'r mut Self::Workspace<'_, T>) -> OutputGrad<'r, T> {
        leaf.formula.output_grad(&mut leaf.workspace)
    }

    fn forward<T: Float>(parameters: &[T], x: &[T], leaf: &mut Self::Workspace<'_, T>, pass: Pass) {
        leaf.formula.forward(parameters, x, &mut leaf.workspace, pass);
    }

    fn first_sums<'r, T: Float>(
        parameters: &'r [T],
        leaf: &'r mut Self::Workspace<'_, T>,
    ) -> Option<FirstSums<'r, T>> {
        leaf.formula.first_sums(parameters, &mut leaf.workspace)
    }

    fn predict<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T> {
        let mut y = Self::Outputs::<T>::zeroed();
        L::formula().predict(parameters, x, y.as_mut_slice());
        y
    }

    fn backward<T: Float>(
        parameters: &[T],
        leaf: &mut Self::Workspace<'_, T>,
        before: Option<OutputGrad<'_, T>>,
    ) {
        if let Some(before) = before {
            leaf.formula.backward(parameters, &mut leaf.workspace, before);
        }
    }

    fn gradient<T: Float>(
        parameters: &[T],
        x: &[T],
        leaf: &Self::Workspace<'_, T>,
        from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        leaf.formula.gradient(parameters, x, &leaf.workspace, from, gradient, sums);
    }

    fn descend<T: Float>(
        parameters: &mut [T],
        x: &[T],
        leaf: &Self::Workspace<'_, T>,
        from: usize,
        rate: T,
    ) -> bool {
        let LeafWorkspace { formula, workspace } = leaf;
        if let Some(is_finite) = formula.descend(parameters, x, workspace, from, rate) {
            return is_finite;
        }
        let mut gradient = Buffer::stale(parameters.len());
        formula.gradient(parameters, x, workspace, from, &mut gradient, Sums::WHOLE);
        descend(parameters, &gradient, rate)
    }

    fn next_boundary(at: usize) -> usize {
        // The offsets of tensors do not depend on the type of float.
        L::formula::<f32>().next_boundary(at)
    }

    fn penalty<T: Float>(parameters: &[T]) -> Option<T> {
        L::formula().penalty(parameters)
    }

    fn update_state<T: Float>(parameters: &mut [T], leaf: &Self::Workspace<'_, T>) {
        leaf.formula.update_state(parameters, &leaf.workspace);
    }

    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>> {
        <L as Leaf>::record(parameters, x, pass)
    }

    fn record_penalty<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
    ) -> autograd::Result<Option<Var<'t, T>>> {
        <L as Leaf>::record_penalty(parameters)
    }
}
