//! The batch size, by how many rows a second it trains.

use std::fmt;
use std::time::Duration;

use crate::data::Batches;
use crate::error::Result;
use crate::optim::Optimizer;
use crate::text::bar;
use crate::train::clock::Clock;
use crate::train::{Fit, Model};

/// The smallest size that is tried, and the largest.
const LEAST: usize = 8;
const MOST: usize = 8192;
/// Steps and time that are measured for each.
const STEPS: usize = 5;
const TIME: Duration = Duration::from_millis(50);
/// What is as good as the best.
const NEARLY: f64 = 0.9;

/// What [`Fit::find_batch_size`] has measured.
///
/// Its display is a table with a bar for each size.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BatchSizeSearch {
    /// Size by size.
    pub speeds: Vec<BatchSpeed>,
    /// The smallest size with at least nine tenths of the best speed: smaller batches learn more from the same rows.
    pub suggestion: usize,
}

/// How quick batches of one size are.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BatchSpeed {
    /// Rows in a batch.
    pub size: usize,
    /// Rows that are trained with in a second: by the median of the steps' times, gathering included.
    pub rows_per_second: f64,
}

impl<M: Model, O: Optimizer<M::Float>> Fit<'_, M, O> {
    /// Measures how quickly batches of 8, 16, 32, … rows are trained with, up to 8192 or all rows, in half a second or so. The
    /// model is then as it was. What is measured is a property of this machine: in a program, write the number.
    ///
    /// ```
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    ///
    /// network! { struct Curve(dense(1 -> 32, tanh), dense(1)); }
    ///
    /// let data: Dataset<_, _> = (0..64).map(|i| i as f32 / 32.0).map(|x| ([x], [x.sin()])).collect();
    /// let mut curve = Curve::init(1);
    /// println!("{}", fit(&mut curve, &data).find_batch_size()?);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Fit::run`], the loss that diverges included.
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
            // The first step makes room, and what the last batch of an epoch lacks is not measured.
            let whole_batches = (rows / size).max(1);
            while times.len() <= STEPS || whole.elapsed() < TIME {
                let is_whole = trial.taken % trial.batches.count() < whole_batches;
                let clock = Clock::start();
                // Nothing is to be learnt, so that nothing diverges.
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
