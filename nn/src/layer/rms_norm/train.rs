//! Training with RMS norm.
//!
//! y  = x·r∘g, r = 1/√(mean x² + ε)
//! dx = r·(h − x·r²·mean (h∘x)), h = dy∘g
//! dg = Σ rows of dy∘x·r
//!
//! shapes: x, y `[rows, N]`, r `[rows]`, g `[N]`; means along a row

use tensor::Float;
use tensor::simd::{Inline, vectorize, vectorize_inline};

use super::{RmsNorm, RmsNormFormula};
use crate::layer::moments::sum;
use crate::layer::{Extra, Fixed, Formula, Leaf, OutputGrad, Pass, ScaleView, Width, Workspace};
use crate::parameters::{NamedTensor, TensorKind, array, padded};

impl<T: Float, W: Width> Formula<T> for RmsNormFormula<W> {
    fn widths(&self) -> [usize; 2] {
        [self.width.get(); 2]
    }

    fn len(&self) -> usize {
        padded(self.width.get())
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        vec![NamedTensor::new("scale", &[self.width.get()], 0).kind(TensorKind::Scale)]
    }

    /// The rate of each row.
    fn extra(&self) -> Extra {
        Extra { per_row: 1, shared: 0 }
    }

    fn init(&self, parameters: &mut [T], _seed: u64, _index: &mut u64) {
        parameters.fill(T::zero());
        parameters[..self.width.get()].fill(T::one());
    }

    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        vectorize_inline(Forward { formula: *self, parameters, x, y, rates: &mut [] });
    }

    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, _pass: Pass) {
        let Workspace { y, per_row, .. } = workspace;
        vectorize_inline(Forward { formula: *self, parameters, x, y, rates: per_row });
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
            rates: workspace.per_row,
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
        gradient.fill(T::zero());
        let scale = &mut gradient[..self.width.get()];
        vectorize(|| {
            // Not captured: a constant stays one.
            let width = self.width.get();
            let each = x.chunks_exact(width).zip(workspace.dy.chunks_exact(width));
            for ((x, dy), &rate) in each.zip(&*workspace.per_row) {
                for ((scale, &x), &dy) in scale.iter_mut().zip(x).zip(dy) {
                    *scale = *scale + dy * (x * rate);
                }
            }
        });
    }
}

impl<const N: usize, const EPSILON: u64> Leaf for RmsNorm<N, EPSILON> {
    type Formula<T: Float> = RmsNormFormula<Fixed<N>>;
    type View<'a, T: Float> = ScaleView<'a, T, N>;

    fn formula<T: Float>() -> Self::Formula<T> {
        Self::FORMULA
    }

    fn view<T: Float>(parameters: &[T]) -> ScaleView<'_, T, N> {
        ScaleView { scale: array(parameters, 0) }
    }
}

/// The rows on their way forward. [`Inline`], since the compiler would find the loop too large to inline it
/// into the vector code.
struct Forward<'a, T, W> {
    formula: RmsNormFormula<W>,
    parameters: &'a [T],
    x: &'a [T],
    y: &'a mut [T],
    /// Of each row, or none.
    rates: &'a mut [T],
}

impl<T: Float, W: Width> Inline for Forward<'_, T, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let width = self.formula.width.get();
        let mut rates = self.rates.iter_mut();
        for (x, y) in self.x.chunks_exact(width).zip(self.y.chunks_exact_mut(width)) {
            let rate = self.formula.normalize(self.parameters, x, y);
            if let Some(to) = rates.next() {
                *to = rate;
            }
        }
    }
}

/// The gradient of the rows on its way back.
struct Backward<'a, T, W> {
    formula: RmsNormFormula<W>,
    scale: &'a [T],
    x: &'a [T],
    dy: &'a [T],
    rates: &'a [T],
    dx: &'a mut [T],
}

impl<T: Float, W: Width> Inline for Backward<'_, T, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let width = self.formula.width.get();
        let share = T::one() / T::of(width as f64);
        let each = self.dy.chunks_exact(width).zip(self.x.chunks_exact(width));
        for (((dy, x), dx), &rate) in each.zip(self.dx.chunks_exact_mut(width)).zip(self.rates) {
            // dx holds h meanwhile.
            for ((h, &dy), &scale) in dx.iter_mut().zip(dy).zip(self.scale) {
                *h = dy * scale;
            }
            let along = sum(dx, x, |h, x| h * (x * rate)) * share;
            for (dx, &x) in dx.iter_mut().zip(x) {
                *dx = rate * (*dx - x * rate * along);
            }
        }
    }
}
