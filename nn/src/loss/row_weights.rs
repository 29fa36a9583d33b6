//! Weights of rows.

use tensor::Float;

/// Multiplies the loss of each row and its gradient, `[rows, units]`, by the row's weight; does
/// nothing without weights.
///
/// The mean over the rows is then their weighted mean if the weights have a mean of 1 over the
/// whole batch.
pub(crate) fn weigh<T: Float>(losses: &mut [T], gradient: &mut [T], weights: &[f64]) {
    if weights.is_empty() {
        return;
    }
    let units = gradient.len() / losses.len().max(1);
    for ((loss, row), &weight) in
        losses.iter_mut().zip(gradient.chunks_exact_mut(units.max(1))).zip(weights)
    {
        let weight = T::of(weight);
        *loss = *loss * weight;
        row.iter_mut().for_each(|slope| *slope = *slope * weight);
    }
}

/// Each target with the weight of its row: 1 if there are no weights.
pub(crate) fn weighted_targets<'t, Y>(
    targets: &'t [Y],
    weights: &'t [f64],
) -> impl Iterator<Item = (&'t Y, f64)> + Clone {
    let weight = |row: usize| weights.get(row).copied().unwrap_or(1.0);
    targets.iter().enumerate().map(move |(row, target)| (target, weight(row)))
}
