//! Weights of rows.

use std::fmt;

use tensor::threads::Threads;

use super::{Class, Labels, Source, Visit, Words, all_targets};
use crate::error::{Error, InvalidRows, Result};

/// A source with a weight for each row, which applies to every loss and every metric.
///
/// The loss of a batch is Σ wᵢ·lᵢ / Σ wᵢ. Scaling all weights by a factor changes nothing, and
/// weights of 1 give the bits of training without weights. A row of weight 2 counts as two rows of
/// a batch, a row of weight 0 as none. Layers such as batch norm ignore the weights.
///
/// ```
/// use nn::data::{Dataset, WeightedRows};
/// use nn::metric::Mae;
/// use nn::prelude::*;
/// use nn::Show;
///
/// network! { struct Line(dense(1 -> 1)); }
///
/// // y = 2x + 1, and a measurement that is not to be trusted.
/// let data = Dataset::new(vec![[0.0], [1.0], [2.0]], vec![[1.0], [3.0], [90.0]])?;
/// let weighted = WeightedRows::new(&data, vec![1.0, 1.0, 0.0])?;
/// let mut line = Line::init(1);
/// fit(&mut line, &weighted).epochs(2000).learning_rate(0.01).show(Show::Nothing).run()?;
/// assert!((line.predict(&[2.0])[0] - 5.0).abs() < 0.1);
/// assert!(line.evaluation(&weighted).measure(Mae::default())?.unwrap() < 0.1);
/// # Ok::<(), nn::Error>(())
/// ```
pub struct WeightedRows<'d, X, Y> {
    source: &'d dyn Source<X, Y>,
    weights: Vec<f64>,
}

impl<'d, X, Y> WeightedRows<'d, X, Y> {
    /// The rows of `source`, each with the weight at its position.
    ///
    /// # Errors
    ///
    /// If the numbers of weights and rows differ, a weight is negative or not finite, or all are 0.
    pub fn new(source: &'d dyn Source<X, Y>, weights: Vec<f64>) -> Result<Self> {
        if weights.len() != source.len() {
            return Err(Error::value(
                "weights of rows",
                weights.len().to_string(),
                format!("{}, one for each row", source.len()),
                "give the weights in the order of the rows",
            ));
        }
        let rows = WeightedRows { source, weights };
        check_weights("", &rows)?;
        Ok(rows)
    }

    /// The weights, row by row.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }
}

/// Class weights that give all `N` classes the same total weight: rows / (N · rows of the class).
/// For [`class_weights`](crate::loss::CrossEntropy::class_weights).
///
/// The same as scikit-learn's `class_weight="balanced"`.
///
/// ```
/// use nn::Show;
/// use nn::data::{Class, Dataset, balanced_weights};
/// use nn::loss::cross_entropy;
/// use nn::prelude::*;
///
/// network! { struct Rare(dense(1 -> 2, softmax)); }
///
/// let data =
///     Dataset::new(vec![[0.0], [0.2], [0.1], [1.0]], Class::<2>::from_labels(&[0, 0, 0, 1])?)?;
/// let weights = balanced_weights(&data)?;
/// assert_eq!(weights, [4.0 / 6.0, 4.0 / 2.0]);
/// fit(&mut Rare::init(1), &data)
///     .loss(cross_entropy().class_weights(weights))
///     .show(Show::Nothing)
///     .run()?;
/// # Ok::<(), nn::Error>(())
/// ```
///
/// Weights of rows are used in both counts.
///
/// # Errors
///
/// If a class has no rows, or the weight of a row is invalid.
pub fn balanced_weights<X, const N: usize>(source: &dyn Source<X, Class<N>>) -> Result<[f64; N]> {
    check_weights("", source)?;
    let mut counts = [0.0; N];
    for (row, target) in all_targets(source, &Threads::new(1))?.iter().enumerate() {
        counts[target.index()] += source.weight(row).unwrap_or(1.0);
    }
    if let Some(class) = counts.iter().position(|&count| count == 0.0) {
        return Err(Error::value(
            format!("rows of class {class}"),
            "none",
            "at least one",
            "remove the class from the network, or pass the weights yourself",
        ));
    }
    let all: f64 = counts.iter().sum();
    Ok(counts.map(|count| all / (N as f64 * count)))
}

impl<X, Y> Source<X, Y> for WeightedRows<'_, X, Y> {
    fn len(&self) -> usize {
        self.source.len()
    }

    fn fill(&self, rows: &[usize], inputs: &mut Vec<X>, targets: &mut Vec<Y>, threads: &Threads) {
        self.source.fill(rows, inputs, targets, threads);
    }

    fn fill_for_step(
        &self,
        visit: Visit,
        rows: &[usize],
        inputs: &mut Vec<X>,
        targets: &mut Vec<Y>,
        threads: &Threads,
    ) {
        self.source.fill_for_step(visit, rows, inputs, targets, threads);
    }

    fn class_names(&self) -> Option<&Labels> {
        self.source.class_names()
    }

    fn words(&self) -> Option<&Words> {
        self.source.words()
    }

    fn augmentation(&self) -> Option<String> {
        self.source.augmentation()
    }

    fn in_memory(&self) -> Option<(&[X], &[Y])> {
        self.source.in_memory()
    }

    /// Multiplied by the weight of the source, if it has weights, too.
    fn weight(&self, row: usize) -> Option<f64> {
        Some(self.weights[row] * self.source.weight(row).unwrap_or(1.0))
    }
}

/// Refuses invalid weights. `which` names the data in the message: empty, or `validation ` with a
/// space.
pub(crate) fn check_weights<X, Y>(which: &str, data: &dyn Source<X, Y>) -> Result<()> {
    let mut weights = Vec::new();
    raw_weights(data, 0..data.len(), &mut weights);
    let mut wrong = InvalidRows::none();
    let is_weight = |weight: f64| weight >= 0.0 && weight.is_finite();
    wrong.look(0, &weights, |&weight| (!is_weight(weight)).then(|| weight.to_string()));
    let noun = format!("{which}weight");
    if let Some(wrong) = wrong.any() {
        let advice = "0 ignores a row, 1 is the weight of an ordinary row";
        let expected = "finite numbers from 0";
        return Err(Error::value(wrong.what(&noun), wrong.found(&noun), expected, advice));
    }
    if !weights.is_empty() && weights.iter().all(|&weight| weight == 0.0) {
        let advice = "such rows can neither train nor evaluate a model";
        return Err(Error::value(format!("{noun}s of rows"), "0 for all", "one above 0", advice));
    }
    Ok(())
}

/// The weights of these rows of `data`, scaled to a mean of 1; empty if it has none.
pub(crate) fn weights_of<X, Y>(
    data: &dyn Source<X, Y>,
    rows: impl IntoIterator<Item = usize>,
    into: &mut Vec<f64>,
) {
    raw_weights(data, rows, into);
    normalize(into);
}

/// Scales the weights to a mean of 1, or leaves them all 0.
pub(crate) fn normalize(weights: &mut [f64]) {
    let total: f64 = weights.iter().sum();
    let factor = if total > 0.0 { weights.len() as f64 / total } else { 0.0 };
    weights.iter_mut().for_each(|weight| *weight *= factor);
}

fn raw_weights<X, Y>(
    data: &dyn Source<X, Y>,
    rows: impl IntoIterator<Item = usize>,
    into: &mut Vec<f64>,
) {
    into.clear();
    if data.is_weighted() {
        into.extend(rows.into_iter().map(|row| data.weight(row).unwrap_or(1.0)));
    }
}

impl<X, Y> Clone for WeightedRows<'_, X, Y> {
    fn clone(&self) -> Self {
        WeightedRows { source: self.source, weights: self.weights.clone() }
    }
}

/// Prints the number of rows.
impl<X, Y> fmt::Debug for WeightedRows<'_, X, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeightedRows").field("len", &self.weights.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Dataset, View};

    fn rows() -> Dataset<u32, u32> {
        (0..4).map(|x| (x, x)).collect()
    }

    #[test]
    fn weights_of_rows_have_a_mean_of_one() {
        let data = rows();
        let weighted = WeightedRows::new(&data, vec![1.0, 3.0, 0.0, 5.0]).unwrap();
        let mut weights = vec![7.0];
        weights_of(&weighted, [3, 1, 2], &mut weights);
        assert_eq!(weights, [15.0 / 8.0, 9.0 / 8.0, 0.0]);
        // Rows of weight 0 stay 0; a view has the weights of its rows; nested weights are
        // multiplied.
        weights_of(&weighted, [2, 2], &mut weights);
        assert_eq!(weights, [0.0, 0.0]);
        let view = View::new(&weighted, vec![3, 0]).unwrap();
        let twice = WeightedRows::new(&view, vec![0.25, 3.75]).unwrap();
        weights_of(&twice, 0..2, &mut weights);
        assert_eq!(weights, [0.5, 1.5]); // 1.25 and 3.75
        weights_of(&data, 0..4, &mut weights);
        assert!(weights.is_empty());
    }

    #[test]
    fn what_is_no_weight_is_refused() {
        let data = rows();
        let says = |weights: &[f64]| {
            let refused = WeightedRows::new(&data, weights.to_vec()).map(|_| ());
            refused.unwrap_err().to_string()
        };
        assert!(says(&[1.0]).starts_with("weights of rows: found 1, expected 4, one for each row"));
        let text = says(&[1.0, -1.0, f64::NAN, 0.0]);
        assert!(text.starts_with("weights of rows 1, 2"), "{text}");
        assert!(
            text.contains("found -1, NaN (2 of 4 weights are invalid), expected finite numbers"),
            "{text}"
        );
        assert!(says(&[0.0; 4]).starts_with("weights of rows: found 0 for all"));
    }

    #[test]
    fn a_class_without_rows_has_no_weight() {
        let classes = Class::<3>::from_labels(&[0, 1, 1]).unwrap();
        let data = Dataset::new(vec![0; 3], classes).unwrap();
        let text = balanced_weights(&data).unwrap_err().to_string();
        assert!(text.starts_with("rows of class 2: found none"), "{text}");
    }
}
