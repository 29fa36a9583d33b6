//! Training the identity.

use autograd::Var;
use tensor::Float;

use super::Passthrough;
use crate::layer::{Fixed, Formula, Leaf, OutputGrad, Pass, Width, Workspace};

/// y = x, dx = dy.
#[derive(Clone, Copy, Debug)]
pub struct PassthroughFormula<W> {
    width: W,
}

impl<W: Width> PassthroughFormula<W> {
    /// Creates the formula for `width` numbers.
    pub(crate) fn new(width: W) -> Self {
        PassthroughFormula { width }
    }
}

impl<T: Float, W: Width> Formula<T> for PassthroughFormula<W> {
    fn widths(&self) -> [usize; 2] {
        [self.width.get(); 2]
    }

    fn predict(&self, _parameters: &[T], x: &[T], y: &mut [T]) {
        y.copy_from_slice(x);
    }

    fn forward(&self, _parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, _pass: Pass) {
        workspace.y.copy_from_slice(x);
    }

    fn backward(
        &self,
        _parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        before.gradient.copy_from_slice(workspace.dy);
        before.apply_derivative();
    }
}

impl<const N: usize> Leaf for Passthrough<N> {
    type Formula<T: Float> = PassthroughFormula<Fixed<N>>;
    type View<'a, T: Float> = ();

    fn formula<T: Float>() -> Self::Formula<T> {
        PassthroughFormula { width: Fixed }
    }

    fn view<T: Float>(_parameters: &[T]) {}

    fn record<'t, T: Float>(
        _parameters: &mut std::slice::Iter<'_, Var<'t, T>>,
        x: Var<'t, T>,
        _pass: Pass,
    ) -> autograd::Result<Var<'t, T>> {
        Ok(x)
    }
}
