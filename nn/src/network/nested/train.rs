//! Training a network inside a network.

use autograd::Var;
use tensor::Float;

use super::Nested;
use crate::layer::{End, Layer, Pass};
use crate::network::{Architecture, Network};

type Inner<Net> = <Net as Architecture>::Layers;

impl<Net: Network> Layer for Nested<Net> {
    const KEPT: usize = Inner::<Net>::KEPT;
    const KEPT_ONCE: usize = Inner::<Net>::KEPT_ONCE;
    const COUPLED: bool = Inner::<Net>::COUPLED;
    const PENALIZED: bool = Inner::<Net>::PENALIZED;

    type Rows<'a, T: Float> = <Inner<Net> as Layer>::Rows<'a, T>;
    type View<'a, T: Float> = <Inner<Net> as Layer>::View<'a, T>;

    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T> {
        Inner::<Net>::view(parameters)
    }

    fn init<T: Float>(parameters: &mut [T], seed: u64, index: &mut u64) {
        Inner::<Net>::init(parameters, seed, index);
    }

    fn carve<'a, T: Float>(memory: &mut &'a mut [T], rows: usize) -> Self::Rows<'a, T> {
        Inner::<Net>::carve(memory, rows)
    }

    fn split<'a, T: Float>(
        rows: Self::Rows<'a, T>,
        at: usize,
    ) -> (Self::Rows<'a, T>, Self::Rows<'a, T>) {
        Inner::<Net>::split(rows, at)
    }

    fn outputs<'r, T: Float>(rows: &'r Self::Rows<'_, T>) -> &'r [T] {
        Inner::<Net>::outputs(rows)
    }

    fn end<'r, T: Float>(rows: &'r mut Self::Rows<'_, T>) -> End<'r, T> {
        Inner::<Net>::end(rows)
    }

    fn forward<T: Float>(parameters: &[T], x: &[T], rows: &mut Self::Rows<'_, T>, pass: Pass) {
        Inner::<Net>::forward(parameters, x, rows, pass);
    }

    fn predict<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T> {
        Inner::<Net>::predict(parameters, x)
    }

    fn backward<T: Float>(
        parameters: &[T],
        rows: &mut Self::Rows<'_, T>,
        before: Option<End<'_, T>>,
    ) {
        Inner::<Net>::backward(parameters, rows, before);
    }

    fn gradient<T: Float>(
        parameters: &[T],
        x: &[T],
        rows: &Self::Rows<'_, T>,
        from: usize,
        gradient: &mut [T],
    ) {
        Inner::<Net>::gradient(parameters, x, rows, from, gradient);
    }

    fn descend<T: Float>(
        parameters: &mut [T],
        x: &[T],
        rows: &Self::Rows<'_, T>,
        from: usize,
        rate: T,
    ) {
        Inner::<Net>::descend(parameters, x, rows, from, rate);
    }

    fn cut(at: usize) -> usize {
        Inner::<Net>::cut(at)
    }

    fn penalty<T: Float>(parameters: &[T]) -> T {
        Inner::<Net>::penalty(parameters)
    }

    fn update_state<T: Float>(parameters: &mut [T], rows: &Self::Rows<'_, T>) {
        Inner::<Net>::update_state(parameters, rows);
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
