//! How good a network is on a data set.
//!
//! ```
//! use nn::data::Dataset;
//! use nn::metric::Metric;
//! use nn::prelude::*;
//! use nn::{Float, head::Linear};
//!
//! /// The largest |output − target|; lower is better.
//! #[derive(Default)]
//! struct Worst(f64, usize);
//!
//! impl<T: Float, const N: usize> Metric<T, Linear<N>> for Worst {
//!     const NAME: &'static str = "largest error";
//!
//!     fn observe(&mut self, logits: &[T], target: &[T; N]) {
//!         let errors = logits.iter().zip(target).map(|(&z, &t)| (z - t).as_f64().abs());
//!         self.0 = errors.fold(self.0, f64::max);
//!         self.1 += 1;
//!     }
//!
//!     fn finish(self) -> Option<f64> {
//!         (self.1 > 0).then_some(self.0)
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
mod evaluation;
mod rows;

use std::fmt;

use tensor::Float;

pub use evaluation::{Evaluate, Evaluation};
pub(crate) use rows::{check_not_empty, check_rows};

use crate::error::{Error, Result};
use crate::head::Head;

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

// Every metric but the loss. To add one: write its file, add it here. A file without `examples()` does not
// compile.
metrics! { accuracy::Accuracy }

/// A number that says how good the outputs of the head `H` are, row by row.
///
/// Its documentation says whether higher or lower is better. A metric sees each row once, in the order of the
/// data, and its value should not depend on that order; [`Evaluation::measure`] computes one.
pub trait Metric<T: Float, H: Head<T>> {
    /// The metric's name.
    const NAME: &'static str;

    /// Takes in one row: the network's values before the head's function, `[H::UNITS]`, and what the outputs are
    /// compared with. [`Activate::activate`](crate::head::Activate::activate) turns the values into outputs.
    fn observe(&mut self, logits: &[T], target: &H::Target);

    /// The value over all rows; `None` where there is none, for example without rows.
    fn finish(self) -> Option<f64>;
}

/// Loss and accuracy on a data set.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Metrics {
    /// The mean of the rows' losses, weighted if the loss weighs them.
    pub loss: f64,
    /// The share of rows with the right answer, for heads that know right from wrong.
    pub accuracy: Option<f64>,
}

impl Metrics {
    /// The mean of the rows' losses, and how many are right.
    pub(crate) fn of_rows<'r, T: Float>(
        rows: impl Iterator<Item = &'r (T, Option<bool>)> + Clone,
    ) -> Self {
        let mut accuracy = Accuracy::default();
        rows.clone().for_each(|row| accuracy.count(row.1));
        let count = rows.clone().count() as f64;
        Metrics {
            loss: rows.map(|row| row.0.as_f64()).sum::<f64>() / count,
            accuracy: accuracy.share(),
        }
    }
}

impl Metrics {
    /// These metrics, if their loss is a number.
    pub(crate) fn finite(self) -> Result<Self> {
        match self.loss.is_finite() {
            true => Ok(self),
            false => Err(Error::diverged(
                "loss",
                self.loss.to_string(),
                "the outputs are not finite, or too far from the targets: look at the parameters",
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
