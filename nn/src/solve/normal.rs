//! The linear least-squares problem of a Levenberg–Marquardt step.

use std::borrow::Cow;
use std::ops::Range;

use num_traits::Zero as _;
use tensor::product::{Matrix, Start, product_with};

use super::cholesky::Cholesky;
use super::objective::{Objective, Rows};
use super::residuals::{LeastSquares, RowWidths};
use super::solution::{add_scaled, dot};
use crate::error::{Error, Result};

/// The maximum number of unknowns: their matrix then takes 800 MB.
const MOST: usize = 10_000;
/// The maximum number of derivatives in memory at a time, as the model computes them.
const PORTION: usize = 1 << 20;

/// The Jacobian J of the residuals r at some parameters, in the form that (JᵀJ + μ)·h = −Jᵀr needs.
///
/// With fewer residuals than parameters, h = −Jᵀ·y with (JJᵀ + μ)·y = r, which is the same step
/// from the smaller matrix.
pub(super) struct Normal {
    /// JᵀJ or JJᵀ, `[side, side]`.
    matrix: Vec<f64>,
    side: usize,
    /// J, `[residuals, parameters]`, where the matrix is JJᵀ.
    jacobian: Option<Vec<f64>>,
    residuals: Vec<f64>,
    /// Jᵀr.
    pub(super) gradient: Vec<f64>,
    /// The largest number on the diagonal of JᵀJ.
    pub(super) largest: f64,
}

/// Rejects a problem whose matrix would not fit in memory.
pub(super) fn check_size(residuals: usize, parameters: usize) -> Result<()> {
    if residuals.min(parameters) <= MOST {
        return Ok(());
    }
    Err(Error::value(
        "problem for levenberg_marquardt",
        format!("{parameters} parameters and {residuals} residuals"),
        format!("at most {MOST} of either"),
        "it solves a dense system of equations for each step: use `lbfgs`",
    ))
}

impl Normal {
    /// The equations at the parameters of the objective's model, where its residuals are
    /// `residuals`.
    pub(super) fn of<M: LeastSquares>(
        objective: &Objective<'_, M>,
        widths: RowWidths,
        residuals: Vec<f64>,
    ) -> Result<Self> {
        let threads = &objective.threads;
        let count = residuals.len();
        let parameters: usize = objective.places().iter().map(Range::len).sum();
        let by_residuals = count < parameters;
        let mut normal = Normal {
            matrix: Vec::new(),
            side: count.min(parameters),
            jacobian: None,
            residuals,
            gradient: vec![0.0; parameters],
            largest: 0.0,
        };
        let mut squares = vec![0.0; parameters];
        let mut add = |normal: &mut Normal, at: usize, part: &[f64]| {
            let residuals = &normal.residuals[at..];
            for (row, &r) in part.chunks_exact(parameters).zip(residuals) {
                add_scaled(&mut normal.gradient, r, row);
                squares.iter_mut().zip(row).for_each(|(square, x)| *square += x * x);
            }
        };
        let mut at = 0;
        if by_residuals {
            let mut all = Vec::with_capacity(count * parameters);
            each_part(objective, widths, |part| {
                add(&mut normal, at, part);
                at += part.len() / parameters;
                all.extend_from_slice(part);
            })?;
            let j = Matrix::new(&all, count, parameters);
            normal.matrix = vec![0.0; count * count];
            product_with(threads, j, j.transposed(), Start::Zero, &mut normal.matrix);
            normal.jacobian = Some(all);
        } else {
            let mut matrix = vec![0.0; parameters * parameters];
            each_part(objective, widths, |part| {
                let rows = part.len() / parameters;
                let j = Matrix::new(part, rows, parameters);
                product_with(threads, j.transposed(), j, Start::Accumulate, &mut matrix);
                add(&mut normal, at, part);
                at += rows;
            })?;
            normal.matrix = matrix;
        }
        normal.largest = super::solution::largest(&squares);
        if !normal.largest.is_finite() {
            let advice = "the parameters are those of the last step; check that inputs are scaled \
                          to about 1";
            let what = "largest squared derivative of the outputs";
            return Err(Error::diverged(what, normal.largest.to_string(), advice));
        }
        Ok(normal)
    }

    /// The step h for this damping μ; `None` if the equations are numerically singular.
    pub(super) fn step(&self, damping: f64) -> Option<Vec<f64>> {
        let mut matrix = self.matrix.clone();
        matrix.iter_mut().step_by(self.side + 1).for_each(|x| *x += damping);
        let factor = Cholesky::of(matrix, self.side)?;
        let (right, jacobian) = match &self.jacobian {
            None => (Cow::Borrowed(&self.gradient), None),
            Some(jacobian) => (Cow::Borrowed(&self.residuals), Some(jacobian)),
        };
        let mut solved = right.into_owned();
        factor.solve(&mut solved);
        let mut step = match jacobian {
            None => solved,
            Some(jacobian) => {
                let mut step = vec![0.0; self.gradient.len()];
                for (row, &y) in jacobian.chunks_exact(self.gradient.len()).zip(&solved) {
                    add_scaled(&mut step, y, row);
                }
                step
            }
        };
        step.iter_mut().for_each(|h| *h = -*h);
        step.iter().all(|h| h.is_finite()).then_some(step)
    }

    /// The decrease of half the sum of squares that the linear model predicts for this step.
    pub(super) fn promised(&self, step: &[f64], damping: f64) -> f64 {
        0.5 * (damping * dot(step, step) - dot(step, &self.gradient))
    }
}

/// Calls `see` with the rows of J, without the gaps between the tensors, a block at a time.
fn each_part<M: LeastSquares>(
    objective: &Objective<'_, M>,
    widths: RowWidths,
    mut see: impl FnMut(&[f64]),
) -> Result<()> {
    let Rows { inputs, targets, .. } = &objective.rows;
    let flat = objective.model.flat().len();
    let parameters: usize = objective.places().iter().map(Range::len).sum();
    let row = flat * widths.outputs;
    let (model, places, threads) = (&*objective.model, objective.places(), &objective.threads);
    let count = inputs.len() / widths.inputs;
    let portion = (PORTION / row.max(1)).clamp(1, count.max(1));
    let share = portion.div_ceil(threads.count());
    let mut derivatives = vec![M::Float::zero(); portion * row];
    let mut part = vec![0.0; portion * widths.outputs * parameters];
    let chunks = inputs.chunks(portion * widths.inputs);
    for (inputs, targets) in chunks.zip(targets.chunks(portion * widths.targets)) {
        let rows = inputs.len() / widths.inputs;
        let part = &mut part[..rows * widths.outputs * parameters];
        let shares =
            inputs.chunks(share * widths.inputs).zip(targets.chunks(share * widths.targets));
        let mut found: Vec<Result<()>> = shares.clone().map(|_| Ok(())).collect();
        let memory = derivatives
            .chunks_mut(share * row)
            .zip(part.chunks_mut(share * widths.outputs * parameters));
        threads.for_each(
            shares.zip(memory).zip(&mut found),
            |(((inputs, targets), (from, to)), found)| {
                let rows = inputs.len() / widths.inputs;
                let from = &mut from[..rows * row];
                *found = model.jacobian(inputs, targets, from);
                for (from, to) in from.chunks_exact(flat).zip(to.chunks_exact_mut(parameters)) {
                    Objective::<M>::collect(places, from, to);
                }
            },
        );
        found.into_iter().collect::<Result<()>>()?;
        see(part);
    }
    Ok(())
}
