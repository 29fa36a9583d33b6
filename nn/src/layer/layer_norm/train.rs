//! Training with layer norm.
//!
//! y  = n∘g + s, n = (x − m)·r, r = 1/√(v + ε)
//! dx = r·(h − mean h − n·mean (h∘n)), h = dy∘g
//! dg = Σ rows of dy∘n, ds = Σ rows of dy
//!
//! shapes: x, y `[rows, N]`, m, v `[rows]`, g, s `[N]`; means along a row

use tensor::Float;
use tensor::simd::{Inline, vectorize, vectorize_inline};

use super::{LayerNorm, LayerNormFormula};
use crate::layer::moments::{column_sums, sum};
use crate::layer::{Extra, Fixed, Formula, Leaf, OutputGrad, Pass, Width, Workspace};
use crate::parameters::{NamedTensor, TensorKind, array, padded};

/// The parameters of a layer norm.
#[derive(Clone, Copy, Debug)]
pub struct NormView<'a, T, const N: usize> {
    /// What each column is multiplied by.
    pub scale: &'a [T; N],
    /// What is added to each column.
    pub shift: &'a [T; N],
}

impl<T: Float, W: Width> Formula<T> for LayerNormFormula<W> {
    fn widths(&self) -> [usize; 2] {
        [self.width.get(); 2]
    }

    fn len(&self) -> usize {
        2 * padded(self.width.get())
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let shape = [self.width.get()];
        vec![
            NamedTensor::new("scale", &shape, 0).kind(TensorKind::Scale),
            NamedTensor::new("shift", &shape, self.shift()).kind(TensorKind::Bias),
        ]
    }

    /// Mean and rate of each row.
    fn extra(&self) -> Extra {
        Extra { per_row: 2, shared: 0 }
    }

    fn init(&self, parameters: &mut [T], _seed: u64, _index: &mut u64) {
        parameters.fill(T::zero());
        parameters[..self.width.get()].fill(T::one());
    }

    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        vectorize_inline(Predict { formula: *self, parameters, x, y });
    }

    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, _pass: Pass) {
        let Workspace { y, per_row, .. } = workspace;
        vectorize_inline(Forward { formula: *self, parameters, x, y, moments: per_row });
    }

    fn backward(
        &self,
        parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        vectorize_inline(Backward {
            formula: *self,
            scale: &parameters[..self.width.get()],
            x: before.y,
            dy: workspace.dy,
            moments: workspace.per_row,
            dx: before.gradient,
        });
        before.apply_derivative();
    }

    fn gradient(
        &self,
        _parameters: &[T],
        x: &[T],
        workspace: &Workspace<'_, T>,
        _from: usize,
        gradient: &mut [T],
    ) {
        let width = self.width.get();
        gradient.fill(T::zero());
        let (scale, shift) = gradient.split_at_mut(self.shift());
        let scale = &mut scale[..width];
        vectorize(|| {
            // Not captured: a constant stays one.
            let width = self.width.get();
            let each = x.chunks_exact(width).zip(workspace.dy.chunks_exact(width));
            for ((x, dy), &[mean, rate]) in each.zip(workspace.per_row.as_chunks::<2>().0) {
                for ((scale, &x), &dy) in scale.iter_mut().zip(x).zip(dy) {
                    *scale = *scale + dy * ((x - mean) * rate);
                }
            }
        });
        column_sums(workspace.dy, &mut shift[..width]);
    }
}

impl<const N: usize, const EPSILON: u64> Leaf for LayerNorm<N, EPSILON> {
    type Formula<T: Float> = LayerNormFormula<Fixed<N>>;
    type View<'a, T: Float> = NormView<'a, T, N>;

    fn formula<T: Float>() -> Self::Formula<T> {
        Self::FORMULA
    }

    fn view<T: Float>(parameters: &[T]) -> NormView<'_, T, N> {
        NormView { scale: array(parameters, 0), shift: array(parameters, padded(N)) }
    }
}

/// Some rows, without their moments.
struct Predict<'a, T, W> {
    formula: LayerNormFormula<W>,
    parameters: &'a [T],
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Float, W: Width> Inline for Predict<'_, T, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let width = self.formula.width.get();
        for (x, y) in self.x.chunks_exact(width).zip(self.y.chunks_exact_mut(width)) {
            self.formula.normalize(self.parameters, x, y);
        }
    }
}

/// The rows on their way forward. [`Inline`], since the compiler would find the loop too large to inline it
/// into the vector code.
struct Forward<'a, T, W> {
    formula: LayerNormFormula<W>,
    parameters: &'a [T],
    x: &'a [T],
    y: &'a mut [T],
    moments: &'a mut [T],
}

impl<T: Float, W: Width> Inline for Forward<'_, T, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let width = self.formula.width.get();
        let moments = self.moments.as_chunks_mut::<2>().0;
        let rows = self.x.chunks_exact(width).zip(self.y.chunks_exact_mut(width));
        for ((x, y), [mean, rate]) in rows.zip(moments) {
            (*mean, *rate) = self.formula.normalize(self.parameters, x, y);
        }
    }
}

/// The gradient of the rows on its way back.
struct Backward<'a, T, W> {
    formula: LayerNormFormula<W>,
    scale: &'a [T],
    x: &'a [T],
    dy: &'a [T],
    moments: &'a [T],
    dx: &'a mut [T],
}

impl<T: Float, W: Width> Inline for Backward<'_, T, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let width = self.formula.width.get();
        let share = T::one() / T::of(width as f64);
        let moments = self.moments.as_chunks::<2>().0;
        let each = self.dy.chunks_exact(width).zip(self.x.chunks_exact(width));
        for (((dy, x), dx), &[mean, rate]) in each.zip(self.dx.chunks_exact_mut(width)).zip(moments)
        {
            // dx holds h meanwhile.
            for ((h, &dy), &scale) in dx.iter_mut().zip(dy).zip(self.scale) {
                *h = dy * scale;
            }
            let mean_h = sum(dx, dx, |h, _| h) * share;
            let along = sum(dx, x, |h, x| h * ((x - mean) * rate)) * share;
            for (dx, &x) in dx.iter_mut().zip(x) {
                *dx = rate * (*dx - mean_h - (x - mean) * rate * along);
            }
        }
    }
}
