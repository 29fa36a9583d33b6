//! Training a composition of two layers, by the chain rule.

use autograd::Var;
use tensor::Float;

use super::Then;
use crate::layer::{FirstSums, FoundColumn, Layer, OutputGrad, Pass, Seen, Sums};
use crate::row::Row as _;

/// The workspaces of both parts.
#[derive(Debug)]
pub struct ThenWorkspace<A, B>(A, B);

impl<A: Layer, B: Layer> Then<A, B> {
    /// Rows of the first part's workspace: none for an encoder, which passes rows through.
    const fn rows_of_first(rows: usize) -> usize {
        if A::IS_ENCODER { 0 } else { rows }
    }

    /// The input of the second part.
    fn between<'r, T: Float>(
        x: &'r [T],
        workspace: &'r ThenWorkspace<A::Workspace<'_, T>, B::Workspace<'_, T>>,
    ) -> &'r [T] {
        if A::IS_ENCODER { x } else { A::outputs(&workspace.0) }
    }
}

impl<A: Layer, B: Layer> Layer for Then<A, B> {
    const COUPLED: bool = A::COUPLED || B::COUPLED;

    type Workspace<'a, T: Float> = ThenWorkspace<A::Workspace<'a, T>, B::Workspace<'a, T>>;
    type View<'a, T: Float> = (A::View<'a, T>, B::View<'a, T>);

    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T> {
        let (a, b) = parameters.split_at(A::LEN);
        (A::view(a), B::view(b))
    }

    fn init<T: Float>(parameters: &mut [T], seed: u64, index: &mut u64) {
        let (a, b) = parameters.split_at_mut(A::LEN);
        A::init(a, seed, index);
        B::init(b, seed, index);
    }

    fn adapt<T: Float>(
        parameters: &mut [T],
        seen: &Seen<'_, T>,
        see: &mut dyn FnMut(Vec<FoundColumn>),
    ) {
        A::adapt(&mut parameters[..A::LEN], seen, see);
    }

    fn workspace_len<T: Float>(rows: usize) -> usize {
        A::workspace_len::<T>(Self::rows_of_first(rows)) + B::workspace_len::<T>(rows)
    }

    fn workspace<'a, T: Float>(memory: &mut &'a mut [T], rows: usize) -> Self::Workspace<'a, T> {
        let a = A::workspace(memory, Self::rows_of_first(rows));
        ThenWorkspace(a, B::workspace(memory, rows))
    }

    fn split<'a, T: Float>(
        workspace: Self::Workspace<'a, T>,
        at: usize,
    ) -> (Self::Workspace<'a, T>, Self::Workspace<'a, T>) {
        let (a, a_rest) = A::split(workspace.0, Self::rows_of_first(at));
        let (b, b_rest) = B::split(workspace.1, at);
        (ThenWorkspace(a, b), ThenWorkspace(a_rest, b_rest))
    }

    fn outputs<'r, T: Float>(workspace: &'r Self::Workspace<'_, T>) -> &'r [T] {
        B::outputs(&workspace.1)
    }

    fn output_grad<'r, T: Float>(workspace: &'r mut Self::Workspace<'_, T>) -> OutputGrad<'r, T> {
        B::output_grad(&mut workspace.1)
    }

    fn forward<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        pass: Pass,
    ) {
        let (a, b) = parameters.split_at(A::LEN);
        let later = pass.skip(A::INFO.count());
        if A::IS_ENCODER {
            return B::forward(b, x, &mut workspace.1, later);
        }
        A::forward(a, x, &mut workspace.0, pass);
        B::forward(b, A::outputs(&workspace.0), &mut workspace.1, later);
    }

    fn first_sums<'r, T: Float>(
        parameters: &'r [T],
        workspace: &'r mut Self::Workspace<'_, T>,
    ) -> Option<FirstSums<'r, T>> {
        let (a, b) = parameters.split_at(A::LEN);
        if A::IS_ENCODER {
            return B::first_sums(b, &mut workspace.1);
        }
        A::first_sums(a, &mut workspace.0)
    }

    fn predict<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T> {
        let (a, b) = parameters.split_at(A::LEN);
        if A::IS_ENCODER {
            return B::predict(b, x);
        }
        let between = A::predict(a, x);
        B::predict(b, between.as_slice())
    }

    fn trace<T: Float>(parameters: &[T], x: &[T], see: &mut impl FnMut(&[T])) -> Self::Outputs<T> {
        let (a, b) = parameters.split_at(A::LEN);
        let between = A::trace(a, x, see);
        B::trace(b, between.as_slice(), see)
    }

    fn backward<T: Float>(
        parameters: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        before: Option<OutputGrad<'_, T>>,
    ) {
        let (a, b) = parameters.split_at(A::LEN);
        if A::IS_ENCODER {
            // The gradient before `B` is that of the network's inputs.
            return B::backward(b, &mut workspace.1, before);
        }
        B::backward(b, &mut workspace.1, Some(A::output_grad(&mut workspace.0)));
        A::backward(a, &mut workspace.0, before);
    }

    fn gradient<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        let between = Self::between(x, workspace);
        pair_gradient::<A, B, T>(
            parameters,
            (x, &workspace.0),
            (between, &workspace.1),
            (from, sums),
            gradient,
        );
    }

    fn descend<T: Float>(
        parameters: &mut [T],
        x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        rate: T,
    ) -> bool {
        let between = Self::between(x, workspace);
        pair_descend::<A, B, T>(parameters, (x, &workspace.0), (between, &workspace.1), from, rate)
    }

    fn next_boundary(at: usize) -> usize {
        pair_cut::<A, B>(at)
    }

    fn penalty<T: Float>(parameters: &[T]) -> Option<T> {
        pair_penalty::<A, B, T>(parameters)
    }

    fn update_state<T: Float>(parameters: &mut [T], workspace: &Self::Workspace<'_, T>) {
        let (a, b) = parameters.split_at_mut(A::LEN);
        A::update_state(a, &workspace.0);
        B::update_state(b, &workspace.1);
    }

    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>> {
        let between = A::record(parameters, x, pass)?;
        B::record(parameters, between, pass.skip(A::INFO.count()))
    }

    fn record_penalty<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
    ) -> autograd::Result<Option<Var<'t, T>>> {
        add_penalties(A::record_penalty(parameters)?, B::record_penalty(parameters)?)
    }
}

/// [`Layer::gradient`] of two layers with consecutive parameters, given the inputs and the rows of
/// each.
pub(crate) fn pair_gradient<A: Layer, B: Layer, T: Float>(
    parameters: &[T],
    (x_a, rows_a): (&[T], &A::Workspace<'_, T>),
    (x_b, rows_b): (&[T], &B::Workspace<'_, T>),
    (from, sums): (usize, Sums),
    gradient: &mut [T],
) {
    let seam = A::LEN.saturating_sub(from).min(gradient.len());
    let (a, b) = gradient.split_at_mut(seam);
    let (of_a, of_b) = parameters.split_at(seam);
    if !a.is_empty() {
        A::gradient(of_a, x_a, rows_a, from, a, sums);
    }
    if !b.is_empty() {
        B::gradient(of_b, x_b, rows_b, from.saturating_sub(A::LEN), b, sums);
    }
}

/// [`Layer::descend`] of two layers with consecutive parameters, given the inputs and the rows of
/// each.
pub(crate) fn pair_descend<A: Layer, B: Layer, T: Float>(
    parameters: &mut [T],
    (x_a, rows_a): (&[T], &A::Workspace<'_, T>),
    (x_b, rows_b): (&[T], &B::Workspace<'_, T>),
    from: usize,
    rate: T,
) -> bool {
    let (a, b) = parameters.split_at_mut(A::LEN.saturating_sub(from).min(parameters.len()));
    let a_is_finite = a.is_empty() || A::descend(a, x_a, rows_a, from, rate);
    let from_b = from.saturating_sub(A::LEN);
    let b_is_finite = b.is_empty() || B::descend(b, x_b, rows_b, from_b, rate);
    a_is_finite && b_is_finite
}

/// [`Layer::next_boundary`] of two layers with consecutive parameters.
pub(crate) fn pair_cut<A: Layer, B: Layer>(at: usize) -> usize {
    if at < A::LEN { A::next_boundary(at) } else { A::LEN + B::next_boundary(at - A::LEN) }
}

/// [`Layer::penalty`] of two layers with consecutive parameters.
pub(crate) fn pair_penalty<A: Layer, B: Layer, T: Float>(parameters: &[T]) -> Option<T> {
    let (a, b) = parameters.split_at(A::LEN);
    match (A::penalty(a), B::penalty(b)) {
        (Some(a), Some(b)) => Some(a + b),
        (one, other) => one.or(other),
    }
}

/// The sum of the penalties that are `Some`.
pub(crate) fn add_penalties<'t, T: Float>(
    a: Option<Var<'t, T>>,
    b: Option<Var<'t, T>>,
) -> autograd::Result<Option<Var<'t, T>>> {
    match (a, b) {
        (Some(a), Some(b)) => a.tape().apply(autograd::ops::Add, [a, b]).map(Some),
        (one, other) => Ok(one.or(other)),
    }
}
