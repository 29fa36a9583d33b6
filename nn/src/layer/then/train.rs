//! Training one layer after another: the chain rule.

use autograd::Var;
use tensor::Float;
use tensor::threads::Threads;

use crate::layer::{End, Layer, Pass, Then};
use crate::row::Row as _;

/// What a [`Then`] keeps of some rows: what its two parts keep.
pub struct ThenRows<A, B>(A, B);

impl<A: Layer, B: Layer> Layer for Then<A, B> {
    const KEPT: usize = A::KEPT + B::KEPT;
    const KEPT_ONCE: usize = A::KEPT_ONCE + B::KEPT_ONCE;
    const COUPLED: bool = A::COUPLED || B::COUPLED;
    const PENALIZED: bool = A::PENALIZED || B::PENALIZED;
    const FIRST_WEIGHT: Option<[usize; 2]> = A::FIRST_WEIGHT;

    type Rows<'a, T: Float> = ThenRows<A::Rows<'a, T>, B::Rows<'a, T>>;
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

    fn carve<'a, T: Float>(memory: &mut &'a mut [T], rows: usize) -> Self::Rows<'a, T> {
        let a = A::carve(memory, rows);
        ThenRows(a, B::carve(memory, rows))
    }

    fn split<'a, T: Float>(
        rows: Self::Rows<'a, T>,
        at: usize,
    ) -> (Self::Rows<'a, T>, Self::Rows<'a, T>) {
        let (a, a_rest) = A::split(rows.0, at);
        let (b, b_rest) = B::split(rows.1, at);
        (ThenRows(a, b), ThenRows(a_rest, b_rest))
    }

    fn outputs<'r, T: Float>(rows: &'r Self::Rows<'_, T>) -> &'r [T] {
        B::outputs(&rows.1)
    }

    fn end<'r, T: Float>(rows: &'r mut Self::Rows<'_, T>) -> End<'r, T> {
        B::end(&mut rows.1)
    }

    fn forward<T: Float>(parameters: &[T], x: &[T], rows: &mut Self::Rows<'_, T>, pass: Pass) {
        let (a, b) = parameters.split_at(A::LEN);
        A::forward(a, x, &mut rows.0, pass);
        B::forward(b, A::outputs(&rows.0), &mut rows.1, pass.skip(A::INFO.count()));
    }

    fn forward_first<T: Float>(
        parameters: &[T],
        x: &[T],
        rows: &mut Self::Rows<'_, T>,
        threads: &Threads,
        depth: usize,
    ) {
        A::forward_first(&parameters[..A::LEN], x, &mut rows.0, threads, depth);
    }

    fn forward_others<T: Float>(parameters: &[T], rows: &mut Self::Rows<'_, T>, pass: Pass) {
        let (a, b) = parameters.split_at(A::LEN);
        A::forward_others(a, &mut rows.0, pass);
        B::forward(b, A::outputs(&rows.0), &mut rows.1, pass.skip(A::INFO.count()));
    }

    fn predict<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T> {
        let (a, b) = parameters.split_at(A::LEN);
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
        rows: &mut Self::Rows<'_, T>,
        before: Option<End<'_, T>>,
    ) {
        let (a, b) = parameters.split_at(A::LEN);
        B::backward(b, &mut rows.1, Some(A::end(&mut rows.0)));
        A::backward(a, &mut rows.0, before);
    }

    fn gradient<T: Float>(
        parameters: &[T],
        x: &[T],
        rows: &Self::Rows<'_, T>,
        from: usize,
        gradient: &mut [T],
    ) {
        let between = A::outputs(&rows.0);
        pair_gradient::<A, B, T>(parameters, (x, &rows.0), (between, &rows.1), from, gradient);
    }

    fn descend<T: Float>(
        parameters: &mut [T],
        x: &[T],
        rows: &Self::Rows<'_, T>,
        from: usize,
        rate: T,
    ) {
        let between = A::outputs(&rows.0);
        pair_descend::<A, B, T>(parameters, (x, &rows.0), (between, &rows.1), from, rate);
    }

    fn cut(at: usize) -> usize {
        pair_cut::<A, B>(at)
    }

    fn penalty<T: Float>(parameters: &[T]) -> T {
        let (a, b) = parameters.split_at(A::LEN);
        A::penalty(a) + B::penalty(b)
    }

    fn update_state<T: Float>(parameters: &mut [T], rows: &Self::Rows<'_, T>) {
        let (a, b) = parameters.split_at_mut(A::LEN);
        A::update_state(a, &rows.0);
        B::update_state(b, &rows.1);
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

/// [`Layer::gradient`] of two layers whose parameters follow one another, given the inputs and the rows of
/// each.
pub(crate) fn pair_gradient<A: Layer, B: Layer, T: Float>(
    parameters: &[T],
    (x_a, rows_a): (&[T], &A::Rows<'_, T>),
    (x_b, rows_b): (&[T], &B::Rows<'_, T>),
    from: usize,
    gradient: &mut [T],
) {
    let seam = A::LEN.saturating_sub(from).min(gradient.len());
    let (a, b) = gradient.split_at_mut(seam);
    let (of_a, of_b) = parameters.split_at(seam);
    if !a.is_empty() {
        A::gradient(of_a, x_a, rows_a, from, a);
    }
    if !b.is_empty() {
        B::gradient(of_b, x_b, rows_b, from.saturating_sub(A::LEN), b);
    }
}

/// [`Layer::descend`] of two layers whose parameters follow one another, given the inputs and the rows of
/// each.
pub(crate) fn pair_descend<A: Layer, B: Layer, T: Float>(
    parameters: &mut [T],
    (x_a, rows_a): (&[T], &A::Rows<'_, T>),
    (x_b, rows_b): (&[T], &B::Rows<'_, T>),
    from: usize,
    rate: T,
) {
    let (a, b) = parameters.split_at_mut(A::LEN.saturating_sub(from).min(parameters.len()));
    if !a.is_empty() {
        A::descend(a, x_a, rows_a, from, rate);
    }
    if !b.is_empty() {
        B::descend(b, x_b, rows_b, from.saturating_sub(A::LEN), rate);
    }
}

/// [`Layer::cut`] of two layers whose parameters follow one another.
pub(crate) fn pair_cut<A: Layer, B: Layer>(at: usize) -> usize {
    if at < A::LEN { A::cut(at) } else { A::LEN + B::cut(at - A::LEN) }
}

/// The sum of those that are there.
pub(crate) fn add_penalties<'t, T: Float>(
    a: Option<Var<'t, T>>,
    b: Option<Var<'t, T>>,
) -> autograd::Result<Option<Var<'t, T>>> {
    match (a, b) {
        (Some(a), Some(b)) => a.tape().apply(autograd::ops::Add, [a, b]).map(Some),
        (one, other) => Ok(one.or(other)),
    }
}
