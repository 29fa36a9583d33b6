//! Training with numbers that pass as they are.

use autograd::Var;
use tensor::Float;

use crate::layer::workspace::keeps;
use crate::layer::{End, Inference, Layer, Pass, Passthrough};

impl<const N: usize> Layer for Passthrough<N> {
    keeps!(0, 0);

    type View<'a, T: Float> = ();

    fn view<T: Float>(_parameters: &[T]) {}

    fn init<T: Float>(_parameters: &mut [T], _seed: u64, _index: &mut u64) {}

    fn end<'r, T: Float>(rows: &'r mut Self::Rows<'_, T>) -> End<'r, T> {
        End::open(rows.y, rows.dy)
    }

    fn forward<T: Float>(_parameters: &[T], x: &[T], rows: &mut Self::Rows<'_, T>, _pass: Pass) {
        rows.y.copy_from_slice(x);
    }

    fn predict<T: Float>(parameters: &[T], x: &[T]) -> [T; N] {
        Self::predict_inline(parameters, x)
    }

    fn backward<T: Float>(
        _parameters: &[T],
        rows: &mut Self::Rows<'_, T>,
        before: Option<End<'_, T>>,
    ) {
        if let Some(before) = before {
            before.gradient.copy_from_slice(rows.dy);
            before.close();
        }
    }

    fn gradient<T: Float>(
        _parameters: &[T],
        _x: &[T],
        _rows: &Self::Rows<'_, T>,
        _from: usize,
        _gradient: &mut [T],
    ) {
    }

    fn cut(_at: usize) -> usize {
        0
    }

    fn record<'t, T: Float>(
        _parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        _pass: Pass,
    ) -> autograd::Result<Var<'t, T>> {
        Ok(x)
    }
}
