//! Training an embedding.

use tensor::Float;
use tensor::random::Random;

use super::super::{ColumnForms, ColumnWidths, DeclaredColumns, DeclaredForms};
use super::{Embedding, answer, code, numbers, tables};
use crate::layer::{Formula, Leaf, OutputGrad, Pass, Sums, Workspace};
use crate::parameters::{NamedTensor, padded};

/// Standard deviation of the initial vectors.
const DEVIATION: f64 = 0.3;
/// The random stream of the initial vectors, separate from all others of the same seed ("EMBD").
const STREAM: u64 = 0x454D_4244_0000_0000;

/// The formula of an [`Embedding`], for any columns.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddingFormula<F> {
    forms: F,
}

impl<F: ColumnForms> EmbeddingFormula<F> {
    /// Creates the formula for the words of these columns.
    pub fn new(forms: F) -> Self {
        EmbeddingFormula { forms }
    }

    fn answer<T: Float>(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        let forms = self.forms.forms();
        let [inputs, outputs] = Formula::<T>::widths(self);
        for (x, y) in x.chunks_exact(inputs).zip(y.chunks_exact_mut(outputs)) {
            answer(forms, parameters, x, y);
        }
    }
}

impl<T: Float, F: ColumnForms> Formula<T> for EmbeddingFormula<F> {
    fn widths(&self) -> [usize; 2] {
        let widths = ColumnWidths::of(self.forms.forms());
        [widths.row(), widths.outputs]
    }

    fn len(&self) -> usize {
        padded(numbers(self.forms.forms()))
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        vec![NamedTensor::new("vectors", &[numbers(self.forms.forms())], 0)]
    }

    fn init(&self, parameters: &mut [T], seed: u64, index: &mut u64) {
        let random = Random::new(seed, STREAM + *index);
        *index += 1;
        parameters.fill(T::zero());
        let vectors = &mut parameters[..numbers(self.forms.forms())];
        random.fill_normal(vectors, T::zero(), T::of(DEVIATION));
    }

    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        self.answer(parameters, x, y);
    }

    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, _: Pass) {
        self.answer(parameters, x, workspace.y);
    }

    fn backward(
        &self,
        _parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        let [inputs, outputs] = Formula::<T>::widths(self);
        let floats = ColumnWidths::of(self.forms.forms()).floats;
        let rows = before.gradient.chunks_exact_mut(inputs);
        for (dx, dy) in rows.zip(workspace.dy.chunks_exact(outputs)) {
            let (of_floats, of_codes) = dx.split_at_mut(floats);
            of_floats.copy_from_slice(&dy[..floats]);
            of_codes.fill(T::zero());
        }
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
        let [inputs, outputs] = Formula::<T>::widths(self);
        let forms = self.forms.forms();
        let floats = ColumnWidths::of(forms).floats;
        for (x, dy) in x.chunks_exact(inputs).zip(workspace.dy.chunks_exact(outputs)) {
            for (&number, [start, places, dimensions, at]) in x[floats..].iter().zip(tables(forms))
            {
                let Some(code) = code(number, places) else { continue };
                let sums = &mut gradient[start + code * dimensions..][..dimensions];
                sums.iter_mut().zip(&dy[at..]).for_each(|(sum, &dy)| *sum = *sum + dy);
            }
        }
    }
}

impl<C: DeclaredColumns, const I: usize, const O: usize> Leaf for Embedding<C, I, O> {
    type Formula<T: Float> = EmbeddingFormula<DeclaredForms<C>>;
    type View<'a, T: Float> = &'a [T];

    fn formula<T: Float>() -> Self::Formula<T> {
        EmbeddingFormula::new(DeclaredForms::new())
    }

    fn view<T: Float>(parameters: &[T]) -> &[T] {
        parameters
    }
}
