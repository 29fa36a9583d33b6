//! Training a nested network.

use autograd::Var;
use tensor::Float;

use super::Nested;
use crate::layer::{FoundColumn, Layer, OutputGrad, Pass, Seen, Sums};
use crate::network::{Architecture, Network};

type Inner<Net> = <Net as Architecture>::Layers;

impl<Net: Network> Layer for Nested<Net> {
    const COUPLED: bool = Inner::<Net>::COUPLED;

    type Workspace<'a, T: Float> = <Inner<Net> as Layer>::Workspace<'a, T>;
    type View<'a, T: Float> = <Inner<Net> as Layer>::View<'a, T>;

    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T> {
        Inner::<Net>::view(parameters)
    }

    fn init<T: Float>(parameters: &mut [T], seed: u64, index: &mut u64) {
        Inner::<Net>::init(parameters, seed, index);
    }

    fn workspace_len<T: Float>(rows: usize) -> usize {
        Inner::<Net>::workspace_len::<T>(rows)
    }

    fn workspace<'a, T: Float>(memory: &mut &'a mut [T], rows: usize) -> Self::Workspace<'a, T> {
        Inner::<Net>::workspace(memory, rows)
    }

    fn split<'a, T: Float>(
        workspace: Self::Workspace<'a, T>,
        at: usize,
    ) -> (Self::Workspace<'a, T>, Self::Workspace<'a, T>) {
        Inner::<Net>::split(workspace, at)
    }

    fn outputs<'r, T: Float>(workspace: &'r Self::Workspace<'_, T>) -> &'r [T] {
        Inner::<Net>::outputs(workspace)
    }

    fn output_grad<'r, T: Float>(workspace: &'r mut Self::Workspace<'_, T>) -> OutputGrad<'r, T> {
        Inner::<Net>::output_grad(workspace)
    }

    fn forward<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        pass: Pass,
    ) {
        Inner::<Net>::forward(parameters, x, workspace, pass);
    }

    fn adapt<T: Float>(
        parameters: &mut [T],
        seen: &Seen<'_, T>,
        see: &mut dyn FnMut(Vec<FoundColumn>),
    ) {
        Inner::<Net>::adapt(parameters, seen, see);
    }

    fn predict<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T> {
        Inner::<Net>::predict(parameters, x)
    }

    fn backward<T: Float>(
        parameters: &[T],
        workspace: &mut Self::Workspace<'_, T>,
        before: Option<OutputGrad<'_, T>>,
    ) {
        Inner::<Net>::backward(parameters, workspace, before);
    }

    fn gradient<T: Float>(
        parameters: &[T],
        x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        Inner::<Net>::gradient(parameters, x, workspace, from, gradient, sums);
    }

    fn descend<T: Float>(
        parameters: &mut [T],
        x: &[T],
        workspace: &Self::Workspace<'_, T>,
        from: usize,
        rate: T,
    ) -> bool {
        Inner::<Net>::descend(parameters, x, workspace, from, rate)
    }

    fn next_boundary(at: usize) -> usize {
        Inner::<Net>::next_boundary(at)
    }

    fn penalty<T: Float>(parameters: &[T]) -> Option<T> {
        Inner::<Net>::penalty(parameters)
    }

    fn update_state<T: Float>(parameters: &mut [T], workspace: &Self::Workspace<'_, T>) {
        Inner::<Net>::update_state(parameters, workspace);
    }

    fn record<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        pass: Pass,
    ) -> autograd::Result<Var<'t, T>> {
        Inner::<Net>::record(parameters, x, pass)
    }

    fn record_penalty<'t, T: Float>(
        parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
    ) -> autograd::Result<Option<Var<'t, T>>> {
        Inner::<Net>::record_penalty(parameters)
    }
}
