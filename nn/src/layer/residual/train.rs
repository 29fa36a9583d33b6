//! Training a residual connection.
//!
//! y  = x + L(x)
//! dx = dy + the gradient through L

use autograd::{Var, ops};
use tensor::Float;

use super::Residual;
use crate::layer::workspace::take;
use crate::layer::{Layer, OutputGrad, Pass, Sums};
use crate::row::Row as _;

/// The workspace of a [`Residual`]: that of its layers, and the sum y.
#[derive(Debug)]
pub struct ResidualWorkspace<'a, R, T> {
    inner: R,
    y: &'a mut [T],
    dy: &'a mut [T],
}

/// Computes a ← a + b.
pub(crate) fn add_to<T: Float>(a: &mut [T], b: &[T]) {
    tensor::simd::vectorize(|| a.iter_mut().zip(b).for_each(|(a, &b)| *a = *a + b));
}

impl<L: Layer> Layer for Residual<L> {
    const COUPLED: bool = L::COUPLED;

    type Workspace<'a, T: Float> = ResidualWorkspace<'a, L::Workspace<'a, T>, T>;
    type View<'a, T: Float> = L::View<'a, T>;

    fn view<T: Float>(parameters: &[T]) -> L::View<'_, T> {
        L::view(parameters)
    }

    fn init<T: Float>(parameters: &mut [T], seed: u64, index: &mut u64) {
        L::init(parameters, seed, index);
    }

    fn workspace_len<T: Float>(rows: usize) -> usize {
        L::workspace_len::<T>(rows) + 2 * rows * L::OUTPUTS
    }

    fn workspace<'a, T: Float>(memory: &mut &'a mut [T], rows: usize) -> Self::Workspace<'a, T> {
        let (y, dy) = (take(memory, rows * L::OUTPUTS), take(memory, rows * L::OUTPUTS));
        ResidualWorkspace { inner: L::workspace(memory, rows), y, dy }
    }

    fn split<'a, T: Float>(
        workspace: Self::Workspace<'a, T>,
        at: usize,
    ) -> (Self::Workspace<'a, T>, Self::Workspace<'a, T>) {
        let (inner, inner_rest) = L::split(workspace.inner, at);
        let (y, y_rest) = workspace.y.split_at_mut(at * L::OUTPUTS);
        let (dy, dy_rest) = workspace.dy.split_at_mut(at * L::OUTPUTS);
        (
            ResidualWorkspace { inner, y, dy },
            ResidualWorkspace { inner: inner_rest, y: y_rest, dy: dy_rest },
        )
    }

    fn outputs<'r, T: Float>(workspace: &'r Self::Workspace<'_, T>) -> &'r [T] {
        workspace.y
    }

    fn output_grad<'r, T: Float>(workspace: &'r mut Self::Workspace<'_, T>) -> OutputGrad<'r, T> {
        OutputGrad::linear(workspace.y, workspace.dy)
    }

    fn forward<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        pass: Pass,
    ) {
        L::forward(parameters, x, &mut workspace.inner, pass);
        workspace.y.copy_from_slice(x);
        add_to(workspace.y, L::outputs(&workspace.inner));
    }

    fn predict<T: Float>(parameters: &[T], x: &[T]) -> L::Outputs<T> {
        let mut y = L::predict(parameters, x);
        for (y, &x) in y.as_mut_slice().iter_mut().zip(x) {
            *y = x + *y;
        }
        y
    }

    fn backward<T: Float>(
        parameters: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        before: Option<OutputGrad<'_, T>>,
    ) {
        let end = L::output_grad(&mut workspace.inner);
        end.gradient.copy_from_slice(workspace.dy);
        end.apply_derivative();
        let Some(before) = before else {
            return L::backward(parameters, &mut workspace.inner, None);
        };
        L::backward(
            parameters,
            &mut workspace.inner,
            Some(OutputGrad::linear(before.y, before.gradient)),
        );
        add_to(before.gradient, workspace.dy);
        before.apply_derivative();
    }

    fn gradient<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        L::gradient(parameters, x, &workspace.inner, from, gradient, sums);
    }

    fn descend<T: Float>(
        parameters: &mut [T],
        x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        rate: T,
    ) -> bool {
        L::descend(parameters, x, &workspace.inner, from, rate)
    }

    fn next_boundary(at: usize) -> usize {
        L::next_boundary(at)
    }

    fn penalty<T: Float>(parameters: &[T]) -> Option<T> {
        L::penalty(parameters)
    }

    fn update_state<T: Float>(parameters: &mut [T], workspace: &Self::Workspace<'_, T>) {
        L::update_state(parameters, &workspace.inner);
    }

    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>> {
        let x = x.tape().apply(crate::layer::same::Same, [x])?;
        let change = L::record(parameters, x, pass)?;
        x.tape().apply(ops::Add, [x, change])
    }

    fn record_penalty<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
    ) -> autograd::Result<Option<Var<'t, T>>> {
        L::record_penalty(parameters)
    }
}
