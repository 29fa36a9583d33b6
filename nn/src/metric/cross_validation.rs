//! Cross-validation: trains and scores a model once per fold.

use std::fmt;

use tensor::threads::Threads;

use crate::data::{FoldNumber, FoldViews, View};
use crate::error::{Error, Result};

/// Trains and scores once per fold, several folds in parallel, and collects the scores.
///
/// `score` receives the training rows, the test rows and the number of the fold, and returns a
/// number, or the value of [`Evaluation::measure`](super::Evaluation::measure). Folds are
/// distributed over all threads of the process, so that each training has one. The number of
/// threads does not change the scores, which are in the order of the folds.
///
/// ```
/// use nn::data::{Class, Dataset, folds};
/// use nn::metric::{Accuracy, cross_validate};
/// use nn::prelude::*;
/// use nn::{Show, fit};
///
/// network! { struct Sign(dense(1 -> 2, softmax)); }
///
/// let inputs: Vec<[f32; 1]> = (0..60).map(|i| [i as f32 / 10.0 - 3.0]).collect();
/// let labels: Vec<u8> = inputs.iter().map(|[x]| u8::from(*x > 0.0)).collect();
/// let data = Dataset::new(inputs, Class::<2>::from_labels(&labels)?)?;
///
/// let scores = cross_validate(folds(&data, 5).stratified().views()?, |train, test, fold| {
///     let mut sign = Sign::init(fold.fold as u64);
///     fit(&mut sign, train).epochs(30).learning_rate(0.1).show(Show::Nothing).run()?;
///     sign.evaluation(test).measure(Accuracy::default())
/// })?;
/// assert!(scores.mean() > 0.8);
/// println!("{scores}");
/// # Ok::<(), nn::Error>(())
/// ```
///
/// # Errors
///
/// The first error in the order of the folds, with the number of the fold. Also if a score is
/// missing or not finite.
pub fn cross_validate<X, Y, S: Into<Option<f64>>>(
    folds: FoldViews<'_, X, Y>,
    score: impl Fn(&View<'_, X, Y>, &View<'_, X, Y>, FoldNumber) -> Result<S> + Sync,
) -> Result<CrossValidation> {
    cross_validate_with(&Threads::all(), folds, score)
}

/// [`cross_validate`] on the given threads.
///
/// # Errors
///
/// As [`cross_validate`].
pub fn cross_validate_with<X, Y, S: Into<Option<f64>>>(
    threads: &Threads,
    folds: FoldViews<'_, X, Y>,
    score: impl Fn(&View<'_, X, Y>, &View<'_, X, Y>, FoldNumber) -> Result<S> + Sync,
) -> Result<CrossValidation> {
    let mut found = Vec::new();
    found.resize_with(folds.len(), || None);
    threads.for_each(folds.zip(&mut found), |(fold, found)| {
        let value = score(&fold.train, &fold.test, fold.number).map(Into::into);
        *found = Some((fold.number, fold.test.rows().len(), value));
    });
    let mut scores = Vec::with_capacity(found.len());
    for (number, rows, value) in found.into_iter().flatten() {
        let name = match number.repeat {
            0 => format!("fold {}", number.fold),
            repeat => format!("fold {} of repetition {repeat}", number.fold),
        };
        let missing = |found: String| {
            Error::value(
                format!("score of {name} (counted from 0)"),
                found,
                "a finite number",
                "stratify, or make fewer folds, if the score is not defined on so few rows",
            )
        };
        match value.map_err(|error| error.of(&name))? {
            Some(value) if value.is_finite() => scores.push(FoldScore { number, rows, value }),
            Some(value) => return Err(missing(value.to_string())),
            None => return Err(missing("no value".into())),
        }
    }
    Ok(CrossValidation { scores })
}

/// The result of [`cross_validate`].
///
/// It prints every fold, and the mean with the standard deviation.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CrossValidation {
    /// The score of every fold, in order.
    pub scores: Vec<FoldScore>,
}

/// The score of one fold.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FoldScore {
    /// The number of the fold.
    pub number: FoldNumber,
    /// The number of test rows.
    pub rows: usize,
    /// The score.
    pub value: f64,
}

impl CrossValidation {
    /// The mean of the scores, unweighted.
    pub fn mean(&self) -> f64 {
        self.scores.iter().map(|score| score.value).sum::<f64>() / self.scores.len() as f64
    }

    /// The standard deviation of the scores, √(Σ (s − s̄)² / (n − 1)); 0 for a single one.
    ///
    /// It says how much a score depends on the rows, not how exact the mean is: folds share most of
    /// their training rows.
    pub fn spread(&self) -> f64 {
        let mean = self.mean();
        let squares = self.scores.iter().map(|score| (score.value - mean).powi(2));
        let others = self.scores.len().saturating_sub(1).max(1);
        (squares.sum::<f64>() / others as f64).sqrt()
    }

    /// The lowest and the highest score.
    pub fn range(&self) -> (f64, f64) {
        let values = self.scores.iter().map(|score| score.value);
        (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max))
    }
}

impl fmt::Display for CrossValidation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repeats = self.scores.iter().any(|score| score.number.repeat > 0);
        for FoldScore { number, rows, value } in &self.scores {
            if repeats {
                write!(f, "repetition {:>3}, ", number.repeat)?;
            }
            writeln!(f, "fold {:>3} {value:>12.5}   {rows} rows", number.fold)?;
        }
        let (low, high) = self.range();
        let (mean, spread, count) = (self.mean(), self.spread(), self.scores.len());
        write!(f, "mean {mean:.5} ± {spread:.5}, from {low:.5} to {high:.5}, of {count} folds")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Dataset, folds};
    use crate::metric::checks::fits_80_columns;

    fn data(rows: usize) -> Dataset<usize, usize> {
        (0..rows).map(|x| (x, x)).collect()
    }

    #[test]
    fn every_fold_is_scored_in_order_whatever_the_threads_are() {
        let data = data(30);
        let of = |threads: usize| {
            let threads = Threads::new(threads).for_any_work();
            let folds = folds(&data, 5).repeated(2).seed(3).views().unwrap();
            cross_validate_with(&threads, folds, |train, test, fold| {
                assert_eq!((train.rows().len(), test.rows().len()), (24, 6));
                Ok(test.rows().iter().sum::<usize>() as f64 + 1000.0 * fold.repeat as f64)
            })
            .unwrap()
        };
        let one = of(1);
        assert_eq!(one.scores.len(), 10);
        assert_eq!(one, of(3));
        let sum: f64 = one.scores[..5].iter().map(|score| score.value).sum();
        assert_eq!(sum, (0..30).sum::<usize>() as f64);
        assert!(one.scores[5..].iter().all(|score| score.value >= 1000.0));
        let views = folds(&data, 5).repeated(2).seed(3).views().unwrap();
        for (score, fold) in one.scores.iter().zip(views) {
            assert_eq!(score.number, fold.number);
        }
        fits_80_columns(&one);
    }

    #[test]
    fn mean_and_spread_by_hand() {
        let data = data(4);
        let folds = || folds(&data, 4).in_order().views().unwrap();
        let found = cross_validate(folds(), |_, test, _| Ok(test.rows()[0] as f64)).unwrap();
        assert_eq!(found.mean(), 1.5);
        assert!((found.spread() - (5.0_f64 / 3.0).sqrt()).abs() < 1e-15);
        assert_eq!(found.range(), (0.0, 3.0));
        let text = found.to_string();
        assert!(text.starts_with("fold   0      0.00000   1 rows\nfold   1"), "{text}");
        let end = "mean 1.50000 ± 1.29099, from 0.00000 to 3.00000, of 4 folds";
        assert!(text.ends_with(end), "{text}");
    }

    #[test]
    fn what_goes_wrong_in_a_fold_is_said_with_its_number() {
        let data = data(6);
        let folds = || folds(&data, 3).repeated(2).views().unwrap();
        let error = cross_validate(folds(), |_, _, fold| match (fold.repeat, fold.fold) {
            (1, 1) | (1, 2) => Err(Error::value("epochs", "0", "1", "x")),
            _ => Ok(0.5),
        });
        let text = error.unwrap_err().to_string();
        assert_eq!(text, "fold 1 of repetition 1: epochs: found 0, expected 1; x");
        let no_value = cross_validate(folds(), |_, _, _| Ok(None)).unwrap_err().to_string();
        let start = "score of fold 0 (counted from 0): found no value, expected a finite number";
        assert!(no_value.starts_with(start), "{no_value}");
        assert!(cross_validate(folds(), |_, _, _| Ok(f64::NAN)).is_err());
    }
}
