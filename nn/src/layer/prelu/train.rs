//! Training with PReLU.
//!
//! y  = x where x > 0, else x∘a
//! dx = dy where x > 0, else dy∘a
//! da = Σ rows of 0 where x > 0, else dy∘x
//!
//! shapes: x, y `[rows, N]`, a `[N]`

use tensor::Float;
use tensor::simd::vectorize;

use super::{Prelu, PreluFormula};
use crate::layer::{Fixed, Formula, Leaf, OutputGrad, Pass, Width, Workspace};
use crate::parameters::{NamedTensor, TensorKind, array, padded};

/// The parameters of a [`Prelu`].
#[derive(Clone, Copy, Debug)]
pub struct PreluView<'a, T, const N: usize> {
    /// What each column is multiplied by where it is not positive.
    pub slope: &'a [T; N],
}

impl<T: Float, W: Width> Formula<T> for PreluFormula<W> {
    fn widths(&self) -> [usize; 2] {
        [self.width.get(); 2]
    }

    fn len(&self) -> usize {
        padded(self.width.get())
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        vec![NamedTensor::new("slope", &[self.width.get()], 0).kind(TensorKind::Scale)]
    }

    fn init(&self, parameters: &mut [T], _seed: u64, _index: &mut u64) {
        parameters.fill(T::zero());
        parameters[..self.width.get()].fill(T::of(self.slope));
    }

    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        vectorize(|| {
            let width = self.width.get();
            for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
                self.bend(parameters, x, x, y);
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
        let (x, dy, dx) = (before.y, &*workspace.dy, &mut *before.gradient);
        vectorize(|| {
            let width = self.width.get();
            let each = x.chunks_exact(width).zip(dy.chunks_exact(width));
            for ((x, dy), dx) in each.zip(dx.chunks_exact_mut(width)) {
                self.bend(parameters, x, dy, dx);
            }
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
        let slope = &mut gradient[..self.width.get()];
        vectorize(|| {
            let width = self.width.get();
            for (x, dy) in x.chunks_exact(width).zip(workspace.dy.chunks_exact(width)) {
                for ((slope, &x), &dy) in slope.iter_mut().zip(x).zip(dy) {
                    *slope = *slope + if x > T::zero() { T::zero() } else { dy * x };
                }
            }
        });
    }
}

impl<const N: usize, const SLOPE: u64> Leaf for Prelu<N, SLOPE> {
    type Formula<T: Float> = PreluFormula<Fixed<N>>;
    type View<'a, T: Float> = PreluView<'a, T, N>;

    fn formula<T: Float>() -> Self::Formula<T> {
        Self::FORMULA
    }

    fn view<T: Float>(parameters: &[T]) -> PreluView<'_, T, N> {
        PreluView { slope: array(parameters, 0) }
    }
}
