//! Training a layer that treats each row by itself.

use tensor::Float;
use tensor::simd::{Inline, vectorize_inline};

use super::{ByRow, ByRowFormula, RowRule};
use crate::layer::{Extra, Fixed, Formula, Leaf, OutputGrad, Pass, Sums, Width, Workspace};
use crate::parameters::{NamedTensor, padded};

impl<T: Float, R: RowRule, W: Width> Formula<T> for ByRowFormula<R, W> {
    fn widths(&self) -> [usize; 2] {
        self.row()
    }

    fn len(&self) -> usize {
        R::TENSORS.len() * padded(self.outputs.get())
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let outputs = self.outputs.get();
        let each = R::TENSORS.iter().enumerate();
        each.map(|(index, &(name, kind))| {
            NamedTensor::new(name, &[outputs], index * padded(outputs)).kind(kind)
        })
        .collect()
    }

    fn extra(&self) -> Extra {
        Extra { per_row: self.rule.kept(), shared: 0 }
    }

    fn init(&self, parameters: &mut [T], _seed: u64, _index: &mut u64) {
        parameters.fill(T::zero());
        for index in 0..R::TENSORS.len() {
            let first = T::of(self.rule.first(index));
            super::column_mut(parameters, index, self.outputs.get()).fill(first);
        }
    }

    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        vectorize_inline(Forward { formula: *self, parameters, x, y, kept: &mut [] });
    }

    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, _pass: Pass) {
        let Workspace { y, per_row: kept, .. } = workspace;
        vectorize_inline(Forward { formula: *self, parameters, x, y, kept });
    }

    fn backward(
        &self,
        parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        let Workspace { dy, per_row: kept, .. } = workspace;
        let (x, dx) = (before.y, &mut *before.gradient);
        vectorize_inline(Backward { formula: *self, parameters, x, kept, dy, dx });
        before.apply_derivative();
    }

    fn gradient(
        &self,
        _parameters: &[T],
        x: &[T],
        workspace: &Workspace<'_, T>,
        _from: usize,
        gradient: &mut [T],
        sums: Sums,
    ) {
        if sums.begin {
            gradient.fill(T::zero());
        }
        if !gradient.is_empty() {
            let Workspace { dy, per_row: kept, .. } = workspace;
            vectorize_inline(Gradient { formula: *self, x, kept, dy, gradient });
        }
    }
}

impl<const N: usize, R: RowRule, const A: u64, const B: u64> Leaf for ByRow<N, R, A, B> {
    type Formula<T: Float> = ByRowFormula<R, Fixed<N>>;
    type View<'a, T: Float> = R::View<'a, T, N>;

    fn formula<T: Float>() -> Self::Formula<T> {
        Self::formula()
    }

    fn view<T: Float>(parameters: &[T]) -> Self::View<'_, T> {
        R::view(parameters)
    }
}

/// The forward pass of all rows. [`Inline`], since the compiler otherwise finds the loop too large
/// to inline into the vector code.
struct Forward<'a, T, R, W> {
    formula: ByRowFormula<R, W>,
    parameters: &'a [T],
    x: &'a [T],
    y: &'a mut [T],
    /// The cached values of all rows, or an empty slice.
    kept: &'a mut [T],
}

impl<T: Float, R: RowRule, W: Width> Inline for Forward<'_, T, R, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [inputs, outputs] = self.formula.row();
        let each = if self.kept.is_empty() { 0 } else { self.formula.rule.kept() };
        let mut rest = self.kept;
        for (x, y) in self.x.chunks_exact(inputs).zip(self.y.chunks_exact_mut(outputs)) {
            let (kept, others) = rest.split_at_mut(each);
            self.formula.rule.forward(self.parameters, x, y, kept);
            rest = others;
        }
    }
}

/// The backward pass of all rows.
struct Backward<'a, T, R, W> {
    formula: ByRowFormula<R, W>,
    parameters: &'a [T],
    x: &'a [T],
    kept: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
}

impl<T: Float, R: RowRule, W: Width> Inline for Backward<'_, T, R, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [inputs, outputs] = self.formula.row();
        let each = self.x.chunks_exact(inputs).zip(self.dy.chunks_exact(outputs));
        let mut rest = self.kept;
        for ((x, dy), dx) in each.zip(self.dx.chunks_exact_mut(inputs)) {
            let (kept, others) = rest.split_at(self.formula.rule.kept());
            self.formula.rule.backward(self.parameters, x, kept, dy, dx);
            rest = others;
        }
    }
}

/// The gradient of the parameters, summed over all rows.
struct Gradient<'a, T, R, W> {
    formula: ByRowFormula<R, W>,
    x: &'a [T],
    kept: &'a [T],
    dy: &'a [T],
    gradient: &'a mut [T],
}

impl<T: Float, R: RowRule, W: Width> Inline for Gradient<'_, T, R, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let [inputs, outputs] = self.formula.row();
        let mut rest = self.kept;
        for (x, dy) in self.x.chunks_exact(inputs).zip(self.dy.chunks_exact(outputs)) {
            let (kept, others) = rest.split_at(self.formula.rule.kept());
            self.formula.rule.gradient(x, kept, dy, self.gradient);
            rest = others;
        }
    }
}
