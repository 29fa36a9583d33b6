//! Metrics: how good a model is on a data set.
//!
//! | of classes and events | |
//! |---|---|
//! | correctness | [`Accuracy`], [`BalancedAccuracy`], [`TopK`], [`Matthews`] |
//! | per class | [`Precision`], [`Recall`], [`F1`], [`ClassReport`], [`ConfusionMatrix`] |
//! | ranking | [`RocAuc`], [`PrAuc`], [`Roc`] |
//! | probabilities | [`LogLoss`], [`Brier`], [`CalibrationError`], [`Calibration`] |
//!
//! | of regression | |
//! |---|---|
//! | size of the errors | [`Mae`], [`Rmse`], [`Mape`], [`MedianAbsoluteError`], [`Pinball`], [`Residuals`] |
//! | explained variance | [`R2`], [`ExplainedVariance`] |
//!
//! [`Evaluation::measure`] computes one metric, or several in one pass over the data: a tuple of
//! metrics is a metric. A value that is not defined, such as a recall without rows, is `None`,
//! never a number that looks like one.
//!
//! ```
//! use nn::data::{Class, Dataset};
//! use nn::metric::{ConfusionMatrix, F1, LogLoss};
//! use nn::prelude::*;
//!
//! network! { struct Sign(dense(1 -> 2, softmax)); }
//!
//! let data = Dataset::new(vec![[-1.0], [1.0]], Class::<2>::from_labels(&[0, 1])?)?;
//! let metrics = (F1::macro_mean(), LogLoss::default(), ConfusionMatrix::named(["minus", "plus"]));
//! let (f1, loss, matrix) = Sign::init(1).evaluation(&data).measure(metrics)?;
//! println!("{f1:?} {loss:?}\n{matrix}");
//! # Ok::<(), nn::Error>(())
//! ```
//!
//! A custom metric receives one [`Observation`] after the other, for every kind of model:
//!
//! ```
//! use nn::data::Dataset;
//! use nn::metric::{Observation, Metric};
//! use nn::prelude::*;
//!
//! /// The largest |output − target|; lower is better.
//! #[derive(Default)]
//! struct Worst(Option<f64>);
//!
//! impl Metric for Worst {
//!     type Value = Option<f64>;
//!     const NAME: &'static str = "largest error";
//!
//!     fn observe(&mut self, row: &Observation) -> nn::Result<()> {
//!         let (outputs, targets) = row.numbers()?;
//!         let errors = outputs.iter().zip(targets).map(|(y, t)| (y - t).abs());
//!         self.0 = errors.chain(self.0).reduce(f64::max);
//!         Ok(())
//!     }
//!
//!     fn finish(self) -> Option<f64> {
//!         self.0
//!     }
//! }
//!
//! network! { struct Line(dense(1 -> 1)); }
//!
//! let data = Dataset::new(vec![[0.0], [0.0]], vec![[1.0], [-3.0]])?;
//! assert_eq!(Line::init(1).evaluation(&data).measure(Worst::default())?, Some(3.0));
//! # Ok::<(), nn::Error>(())
//! ```

#[cfg(test)]
mod checks;
mod cross_validation;
mod evaluation;
mod gathered;
mod picture;
mod rows;
mod several;

use std::fmt;

use tensor::Float;

pub use calibration::{Reliability, ReliabilityBin};
pub use class_report::ClassScores;
pub use cross_validation::{CrossValidation, FoldScore, cross_validate, cross_validate_with};
pub use evaluation::{Evaluate, Evaluation};
pub(crate) use picture::Grid;
pub use roc_curve::{RocCurve, RocPoint};
pub(crate) use rows::{check_not_empty, check_rows};

use crate::error::{Error, Result};
pub use crate::head::{Decision, Observation, Target};

/// The former name of [`Observation`].
#[deprecated(note = "renamed to `Observation`")]
pub type Answer = Observation;

macro_rules! metrics {
    ($($file:ident :: $Metric:ident),* $(,)?) => {
        $( mod $file; pub use $file::$Metric; )*

        /// Each metric with its examples.
        #[cfg(test)]
        fn all_examples() -> Vec<(&'static str, Vec<checks::Example>)> {
            vec![$( (stringify!($Metric), $file::examples()) ),*]
        }
    };
}

// Every metric but the loss. To add one, write its file and add it here. A file without
// `examples()` does not compile.
metrics! {
    accuracy::Accuracy,
    balanced_accuracy::BalancedAccuracy,
    brier::Brier,
    calibration::Calibration,
    calibration_error::CalibrationError,
    class_report::ClassReport,
    confusion_matrix::ConfusionMatrix,
    explained_variance::ExplainedVariance,
    f1::F1,
    log_loss::LogLoss,
    mae::Mae,
    mape::Mape,
    matthews::Matthews,
    median_absolute_error::MedianAbsoluteError,
    pinball::Pinball,
    pr_auc::PrAuc,
    precision::Precision,
    r2::R2,
    recall::Recall,
    residuals::Residuals,
    rmse::Rmse,
    roc_auc::RocAuc,
    roc_curve::Roc,
    top_k::TopK,
}

/// A metric: it accumulates over the rows of a data set and returns a value.
///
/// The documentation of each says whether higher or lower is better. A metric sees each row once,
/// in the order of the data, regardless of batches and threads, so its bits depend on neither.
/// [`Evaluation::measure`] computes one, or a tuple of them.
pub trait Metric {
    /// The type of the value: `Option<f64>` for a number that may be undefined.
    type Value;

    /// The metric's name.
    const NAME: &'static str;

    /// Takes in one row: the model's output and the target.
    ///
    /// # Errors
    ///
    /// If the metric does not fit such targets, or is not defined for such an output. The methods
    /// of [`Observation`] return these errors.
    fn observe(&mut self, row: &Observation) -> Result<()>;

    /// The value over all rows.
    fn finish(self) -> Self::Value;
}

/// Loss and accuracy on a data set.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Metrics {
    /// The mean loss over the rows, weighted if the data has weights or the loss weights its rows.
    pub loss: f64,
    /// The fraction of rows predicted correctly, for heads that define correctness.
    pub accuracy: Option<f64>,
}

impl Metrics {
    /// The mean of the rows' losses, and the fraction predicted correctly. Weighted by `weights`,
    /// which have a mean of 1, or unweighted if there are none.
    pub(crate) fn of_rows<'r, T: Float>(
        rows: impl Iterator<Item = &'r (T, Option<bool>)>,
        weights: &[f64],
    ) -> Self {
        let (mut accuracy, mut loss, mut count) = (Accuracy::default(), 0.0, 0);
        for row in rows {
            let weight = weights.get(count).copied().unwrap_or(1.0);
            accuracy.count(row.1, weight);
            loss += row.0.as_f64() * weight;
            count += 1;
        }
        Metrics { loss: loss / count as f64, accuracy: accuracy.share() }
    }
}

impl Metrics {
    /// Returns these metrics, or an error if the loss is not finite.
    pub(crate) fn finite(self) -> Result<Self> {
        match self.loss.is_finite() {
            true => Ok(self),
            false => Err(Error::diverged(
                "loss",
                self.loss.to_string(),
                "the outputs are not finite, or too far from the targets: check the parameters",
            )),
        }
    }
}

impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "loss {:.4}", self.loss)?;
        match self.accuracy {
            Some(accuracy) => write!(f, ", accuracy {accuracy:.4}"),
            None => Ok(()),
        }
    }
}
