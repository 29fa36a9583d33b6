//! The search for a batch size, by rows trained per second.

use std::fmt;
use std::time::Duration;

use crate::data::Batches;
use crate::error::Result;
use crate::optim::Optimizer;
use crate::text::bar;
use crate::train::clock::Clock;
use crate::train::{Fit, Model};

/// Smallest and largest batch size tried.
const LEAST: usize = 8;
const MOST: usize = 8192;
/// Steps and time measured per batch size.
const STEPS: usize = 5;
const TIME: Duration = Duration::from_millis(50);
/// Fraction of the best speed that counts as good enough.
const NEARLY: f64 = 0.9;

/// Result of [`Fit::find_batch_size`].
///
/// It displays as a table with a bar for each size.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BatchSizeSearch {
    /// Speeds, size by size.
    pub speeds: Vec<BatchSpeed>,
    /// The smallest size with at least nine tenths of the best speed: smaller batches learn more
    /// from the same rows.
    pub suggestion: usize,
}

/// Training speed with one batch size.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BatchSpeed {
    /// Rows per batch.
    pub size: usize,
    /// Rows trained per second, from the median time of the steps, gathering included.
    pub rows_per_second: f64,
}

impl<M: Model, O: Optimizer<M::Float>> Fit<'_, M, O> {
    /// Measures the training speed with batches of 8, 16, 32, … rows, up to 8192 or all rows, in
    /// about half a second. The model is unchanged. The result is a property of this machine: in a
    /// program, write the number.
    ///
    /// ```
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    ///
    /// network! { struct Curve(dense(1 -> 32, tanh), dense(1)); }
    ///
    /// let data: Dataset<_, _> =
    ///     (0..64).map(|i| i as f32 / 32.0).map(|x| ([x], [x.sin()])).collect();
    /// let mut curve = Curve::init(1);
    /// println!("{}", fit(&mut curve, &data).find_batch_size()?);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Fit::run`], including a loss that diverges.
    pub fn find_batch_size(self) -> Result<BatchSizeSearch> {
        let rows = self.rows();
        let mut trial = self.batch_size(LEAST.min(rows)).into_trial()?;
        let mut speeds: Vec<BatchSpeed> = Vec::new();
        let sizes = std::iter::successors(Some(LEAST), |size| Some(2 * size));
        for size in sizes.take_while(|&size| size <= MOST.min(rows.max(LEAST))) {
            let size = size.min(rows);
            trial.batches = Batches::new(rows, size)?;
            trial.taken = 0;
            let mut times = Vec::new();
            let whole = Clock::start();
            // The first step allocates; an incomplete last batch of an epoch is not measured.
            let whole_batches = (rows / size).max(1);
            while times.len() <= STEPS || whole.elapsed() < TIME {
                let is_whole = trial.taken % trial.batches.count() < whole_batches;
                let clock = Clock::start();
                // With a rate of 0 nothing is trained, so nothing diverges.
                trial.step(0.0).map_err(crate::train::failure::Failure::in_a_step)?;
                if is_whole {
                    times.push(clock.elapsed());
                }
                if whole.elapsed() == Duration::ZERO && times.len() > STEPS {
                    break; // no clock
                }
            }
            times.remove(0);
            times.sort_unstable();
            let median = times[times.len() / 2].as_secs_f64().max(f64::MIN_POSITIVE);
            speeds.push(BatchSpeed { size, rows_per_second: size as f64 / median });
        }
        let best = speeds.iter().map(|speed| speed.rows_per_second).fold(0.0, f64::max);
        let good = speeds.iter().find(|speed| speed.rows_per_second >= NEARLY * best);
        let suggestion = good.map_or(LEAST, |speed| speed.size);
        Ok(BatchSizeSearch { speeds, suggestion })
    }
}

impl fmt::Display for BatchSizeSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let best = self.speeds.iter().map(|speed| speed.rows_per_second).fold(0.0, f64::max);
        writeln!(f, "  rows   rows a second")?;
        for &BatchSpeed { size, rows_per_second } in &self.speeds {
            let bar = bar(rows_per_second / best, 40);
            writeln!(f, "{size:>6}   {rows_per_second:>13.0}   {bar}")?;
        }
        write!(f, "suggested: {}, the smallest with nine tenths of the best speed", self.suggestion)
    }
}
