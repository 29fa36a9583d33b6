//! Training with a residual.
//!
//! y  = x + L(x)
//! dx = dy + the gradient through L

use autograd::{Var, ops};
use tensor::Float;

use crate::layer::workspace::take;
use crate::layer::{End, Layer, Pass, Residual};
use crate::row::Row as _;

/// What a [`Residual`] keeps of some rows: what its layers keep, and the sum.
pub struct ResidualRows<'a, R, T> {
    inner: R,
    y: &'a mut [T],
    dy: &'a mut [T],
}

/// Adds `b` to `a`.
pub(crate) fn add_to<T: Float>(a: &mut [T], b: &[T]) {
    tensor::simd::vectorize(|| a.iter_mut().zip(b).for_each(|(a, &b)| *a = *a + b));
}

impl<L: Layer> Layer for Residual<L> {
    const KEPT: usize = L::KEPT + 2 * L::OUTPUTS;
    const KEPT_ONCE: usize = L::KEPT_ONCE;
    const COUPLED: bool = L::COUPLED;
    const PENALIZED: bool = L::PENALIZED;

    type Rows<'a, T: Float> = ResidualRows<'a, L::Rows<'a, T>, T>;
    type View<'a, T: Float> = L::View<'a, T>;

    fn view<T: Float>(parameters: &[T]) -> L::View<'_, T> {
        L::view(parameters)
    }

    fn init<T: Float>(parameters: &mut [T], seed: u64, index: &mut u64) {
        L::init(parameters, seed, index);
    }

    fn carve<'a, T: Float>(memory: &mut &'a mut [T], rows: usize) -> Self::Rows<'a, T> {
        let (y, dy) = (take(memory, rows * L::OUTPUTS), take(memory, rows * L::OUTPUTS));
        ResidualRows { inner: L::carve(memory, rows), y, dy }
    }

    fn split<'a, T: Float>(
        rows: Self::Rows<'a, T>,
        at: usize,
    ) -> (Self::Rows<'a, T>, Self::Rows<'a, T>) {
        let (inner, inner_rest) = L::split(rows.inner, at);
        let (y, y_rest) = rows.y.split_at_mut(at * L::OUTPUTS);
        let (dy, dy_rest) = rows.dy.split_at_mut(at * L::OUTPUTS);
        (ResidualRows { inner, y, dy }, ResidualRows { inner: inner_rest, y: y_rest, dy: dy_rest })
    }

    fn outputs<'r, T: Float>(rows: &'r Self::Rows<'_, T>) -> &'r [T] {
        rows.y
    }

    fn end<'r, T: Float>(rows: &'r mut Self::Rows<'_, T>) -> End<'r, T> {
        End::open(rows.y, rows.dy)
    }

    fn forward<T: Float>(parameters: &[T], x: &[T], rows: &mut Self::Rows<'_, T>, pass: Pass) {
        L::forward(parameters, x, &mut rows.inner, pass);
        rows.y.copy_from_slice(x);
        add_to(rows.y, L::outputs(&rows.inner));
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
        rows: &mut Self::Rows<'_, T>,
        before: Option<End<'_, T>>,
    ) {
        let end = L::end(&mut rows.inner);
        end.gradient.copy_from_slice(rows.dy);
        end.close();
        let Some(before) = before else {
            return L::backward(parameters, &mut rows.inner, None);
        };
        L::backward(parameters, &mut rows.inner, Some(End::open(before.y, before.gradient)));
        add_to(before.gradient, rows.dy);
        before.close();
    }

    fn gradient<T: Float>(
        parameters: &[T],
        x: &[T],
        rows: &Self::Rows<'_, T>,
        from: usize,
        gradient: &mut [T],
    ) {
        L::gradient(parameters, x, &rows.inner, from, gradient);
    }

    fn descend<T: Float>(
        parameters: &mut [T],
        x: &[T],
        rows: &Self::Rows<'_, T>,
        from: usize,
        rate: T,
    ) {
        L::descend(parameters, x, &rows.inner, from, rate);
    }

    fn cut(at: usize) -> usize {
        L::cut(at)
    }

    fn penalty<T: Float>(parameters: &[T]) -> T {
        L::penalty(parameters)
    }

    fn update_state<T: Float>(parameters: &mut [T], rows: &Self::Rows<'_, T>) {
        L::update_state(parameters, &rows.inner);
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
