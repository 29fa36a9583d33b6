//! Training with layer scale.
//!
//! y  = x∘g
//! dx = dy∘g, dg = Σ rows of dy∘x
//!
//! shapes: x, y `[rows, N]`, g `[N]`

use tensor::Float;
use tensor::simd::vectorize;

use super::{LayerScale, LayerScaleFormula};
use crate::layer::{Fixed, Formula, Leaf, OutputGrad, Pass, Width, Workspace};
use crate::parameters::{NamedTensor, TensorKind, array, padded};

/// The parameters of a layer that scales its columns.
#[derive(Clone, Copy, Debug)]
pub struct ScaleView<'a, T, const N: usize> {
    /// What each column is multiplied by.
    pub scale: &'a [T; N],
}

impl<T: Float, W: Width> Formula<T> for LayerScaleFormula<W> {
    fn widths(&self) -> [usize; 2] {
        [self.width.get(); 2]
    }

    fn len(&self) -> usize {
        padded(self.width.get())
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        vec![NamedTensor::new("scale", &[self.width.get()], 0).kind(TensorKind::Scale)]
    }

    fn init(&self, parameters: &mut [T], _seed: u64, _index: &mut u64) {
        parameters.fill(T::zero());
        parameters[..self.width.get()].fill(T::one());
    }

    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        vectorize(|| {
            let width = self.width.get();
            for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
                self.multiply(parameters, x, y);
            }
        });
    }

    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, _pass: Pass) {
        self.predict(parameters, x, workspace.y);
    }

    fn backward(
        &self,
        parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        self.predict(parameters, workspace.dy, before.gradient);
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
            let width = self.width.get();
            for (x, dy) in x.chunks_exact(width).zip(workspace.dy.chunks_exact(width)) {
                for ((scale, &x), &dy) in scale.iter_mut().zip(x).zip(dy) {
                    *scale = *scale + dy * x;
                }
            }
        });
    }
}

impl<const N: usize> Leaf for LayerScale<N> {
    type Formula<T: Float> = LayerScaleFormula<Fixed<N>>;
    type View<'a, T: Float> = ScaleView<'a, T, N>;

    fn formula<T: Float>() -> Self::Formula<T> {
        LayerScaleFormula::new(Fixed, [])
    }

    fn view<T: Float>(parameters: &[T]) -> ScaleView<'_, T, N> {
        ScaleView { scale: array(parameters, 0) }
    }
}
