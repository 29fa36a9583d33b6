//! Vectors of words, which are learned.
//!
//! y = x without its codes, then for each code the vector of its place: w[code], or zeros for −1
//!
//! dw[code] = Σ dy over the rows with that code; dx = dy, and 0 at the codes
//!
//! shapes: x `[rows, floats + tables]`, y `[rows, floats + Σ dimensions]`, w of each table `[places, dimensions]`

use tensor::Float;
use tensor::random::Random;

use crate::layer::{Formula, OutputGrad, Pass, Workspace};
use crate::parameters::{NamedTensor, padded};

/// The size of first weights.
const DEVIATION: f64 = 0.3;
/// Keeps them apart from other random numbers with the same seed ("EMBD").
const STREAM: u64 = 0x454D_4244_0000_0000;

/// See the module.
#[derive(Clone, Debug)]
pub(in crate::dynamic) struct EmbeddingFormula {
    floats: usize,
    /// Places and dimensions of each.
    tables: Vec<[usize; 2]>,
}

impl EmbeddingFormula {
    /// Behind so many numbers that are no codes.
    pub(in crate::dynamic) fn new(floats: usize, tables: Vec<[usize; 2]>) -> Self {
        EmbeddingFormula { floats, tables }
    }

    fn inputs(&self) -> usize {
        self.floats + self.tables.len()
    }

    fn outputs(&self) -> usize {
        self.floats + self.tables.iter().map(|[_, dimensions]| dimensions).sum::<usize>()
    }

    /// Where each table begins, its dimensions, and where its vector begins in a row of outputs.
    fn places(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let (mut start, mut at) = (0, self.floats);
        self.tables.iter().map(move |&[places, dimensions]| {
            let found = (start, dimensions, at);
            start += padded(places * dimensions);
            at += dimensions;
            found
        })
    }

    fn answer<T: Float>(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        for (x, y) in x.chunks_exact(self.inputs()).zip(y.chunks_exact_mut(self.outputs())) {
            let (floats, codes) = x.split_at(self.floats);
            y[..self.floats].copy_from_slice(floats);
            for (code, (start, dimensions, at)) in codes.iter().zip(self.places()) {
                let vector = &mut y[at..][..dimensions];
                match code.to_usize() {
                    Some(code) => {
                        vector.copy_from_slice(
                            &parameters[start + code * dimensions..][..dimensions],
                        );
                    }
                    _ => vector.fill(T::zero()),
                }
            }
        }
    }
}

impl<T: Float> Formula<T> for EmbeddingFormula {
    fn widths(&self) -> [usize; 2] {
        [self.inputs(), self.outputs()]
    }

    fn len(&self) -> usize {
        self.tables.iter().map(|[places, dimensions]| padded(places * dimensions)).sum()
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let tables = self.tables.iter().zip(self.places()).enumerate();
        tables
            .map(|(index, (shape, (start, ..)))| {
                NamedTensor::new(format!("table{index}"), shape, start)
            })
            .collect()
    }

    fn init(&self, parameters: &mut [T], seed: u64, index: &mut u64) {
        parameters.fill(T::zero());
        for (&[places, dimensions], (start, ..)) in self.tables.iter().zip(self.places()) {
            let random = Random::new(seed, STREAM + *index);
            *index += 1;
            let table = &mut parameters[start..][..places * dimensions];
            random.fill_normal(table, T::zero(), T::of(DEVIATION));
        }
    }

    fn predict(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        self.answer(parameters, x, y);
    }

    fn forward(&self, parameters: &[T], x: &[T], workspace: &mut Workspace<'_, T>, _pass: Pass) {
        self.answer(parameters, x, workspace.y);
    }

    fn backward(
        &self,
        _parameters: &[T],
        workspace: &mut Workspace<'_, T>,
        before: OutputGrad<'_, T>,
    ) {
        let rows = before.gradient.chunks_exact_mut(self.inputs());
        for (dx, dy) in rows.zip(workspace.dy.chunks_exact(self.outputs())) {
            let (floats, codes) = dx.split_at_mut(self.floats);
            floats.copy_from_slice(&dy[..self.floats]);
            codes.fill(T::zero());
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
    ) {
        gradient.fill(T::zero());
        for (x, dy) in x.chunks_exact(self.inputs()).zip(workspace.dy.chunks_exact(self.outputs()))
        {
            for (code, (start, dimensions, at)) in x[self.floats..].iter().zip(self.places()) {
                let Some(code) = code.to_usize() else { continue };
                let sums = &mut gradient[start + code * dimensions..][..dimensions];
                sums.iter_mut().zip(&dy[at..]).for_each(|(sum, &dy)| *sum = *sum + dy);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two tables behind one number: gradients against differences, by every parameter.
    #[test]
    fn gradients_are_right() {
        let formula = EmbeddingFormula::new(1, vec![[3, 2], [2, 4]]);
        let x = [0.5, 2.0, -1.0, -0.25, 0.0, 1.0, 1.5, 2.0, 0.0];
        let dy: Vec<f64> = (0..21).map(|i| f64::from(i * 5 % 13) - 6.0).collect();
        let mut parameters = vec![0.0; Formula::<f64>::len(&formula)];
        formula.init(&mut parameters, 3, &mut 0);
        let value = |parameters: &[f64]| {
            let mut y = vec![f64::NAN; 21];
            formula.predict(parameters, &x, &mut y);
            y.iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>()
        };
        let mut memory = vec![0.0; Workspace::<f64>::len(3, 7, crate::layer::Extra::default())];
        let mut workspace =
            Workspace::carve(&mut &mut memory[..], 3, 7, crate::layer::Extra::default());
        formula.forward(&parameters, &x, &mut workspace, Pass::Evaluation);
        assert_eq!(workspace.y[3..7], [0.0; 4], "no word");
        workspace.dy.copy_from_slice(&dy);
        let mut gradient = vec![f64::NAN; parameters.len()];
        formula.gradient(&parameters, &x, &workspace, 0, &mut gradient);
        for at in 0..parameters.len() {
            let (mut more, mut less) = (parameters.clone(), parameters.clone());
            (more[at], less[at]) = (more[at] + 1e-3, less[at] - 1e-3);
            let difference = (value(&more) - value(&less)) / 2e-3;
            assert!(
                (gradient[at] - difference).abs() < 1e-9,
                "{at}: {} {difference}",
                gradient[at]
            );
        }
        let mut dx = [f64::NAN; 9];
        formula.backward(&parameters, &mut workspace, OutputGrad::linear(&x, &mut dx));
        assert_eq!(dx, [dy[0], 0.0, 0.0, dy[7], 0.0, 0.0, dy[14], 0.0, 0.0]);
    }
}
