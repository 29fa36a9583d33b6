//! The search for a learning rate: a range test with a rate that grows from step to step.

use std::fmt;

use crate::error::{Error, Result};
use crate::metric::Grid;
use crate::optim::{LearningRate, Optimizer};
use crate::train::failure::Failure;
use crate::train::{Fit, Model};

/// First and last rate.
const FROM: f64 = 1e-7;
const TO: f64 = 10.0;
/// Number of steps between them.
const STEPS: usize = 100;
/// Fraction of the smoothed loss that is retained from step to step.
const SMOOTH: f64 = 0.9;
/// The loss diverges when it exceeds its minimum by this many times the size of the first loss or
/// of the minimum; losses may be negative.
const DIVERGED: f64 = 3.0;

/// Result of [`Fit::find_rate`].
///
/// It displays as a plot of the loss over the rate, followed by the suggestions.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RateSearch {
    /// Steps of the search, until the loss diverged.
    pub trials: Vec<RateTrial>,
    /// The rate at which the loss falls fastest: a good initial value.
    pub steepest: f64,
    /// A tenth of the rate with the lowest smoothed loss: a cautious value.
    pub tenth_of_least: f64,
}

/// One step of the search.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RateTrial {
    /// The learning rate.
    pub rate: f64,
    /// The loss of the batch before the step.
    pub loss: f64,
    /// Running mean of the loss, which reduces the noise of the batches.
    pub smoothed: f64,
}

impl<M: Model, O: Optimizer<M::Float> + LearningRate> Fit<'_, M, O> {
    /// Searches for a learning rate: takes steps with a rate that grows from 1e-7 to 10, until the
    /// loss diverges (the range test of Smith 2017, "Cyclical Learning Rates for Training Neural
    /// Networks", section 3.3). The model is unchanged. All settings are those of the training; its
    /// schedule, validation and observers are not used.
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
    /// let found = fit(&mut curve, &data).find_rate()?;
    /// println!("{found}");
    /// fit(&mut curve, &data).learning_rate(found.steepest).epochs(2).run()?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Fit::run`], before anything is trained; and if the loss falls at no rate.
    pub fn find_rate(self) -> Result<RateSearch> {
        let mut trial = self.learning_rate(1.0).into_trial()?;
        let mut trials: Vec<RateTrial> = Vec::with_capacity(STEPS);
        let (mut mean, mut least) = (0.0, f64::INFINITY);
        for at in 0..STEPS {
            let rate = FROM * (TO / FROM).powf(at as f64 / (STEPS - 1) as f64);
            let loss = match trial.step(rate) {
                Ok(loss) => loss,
                Err(Failure::Diverged { .. }) => break,
                Err(Failure::Refused(error)) => return Err(error),
            };
            mean = SMOOTH * mean + (1.0 - SMOOTH) * loss;
            let smoothed = mean / (1.0 - SMOOTH.powi(at as i32 + 1));
            least = smoothed.min(least);
            trials.push(RateTrial { rate, loss, smoothed });
            if smoothed - least > DIVERGED * least.abs().max(trials[0].loss.abs()) {
                break;
            }
        }
        RateSearch::of(trials)
    }
}

impl RateSearch {
    fn of(trials: Vec<RateTrial>) -> Result<Self> {
        let least = trials.iter().enumerate().min_by(|a, b| a.1.smoothed.total_cmp(&b.1.smoothed));
        let least = least.map_or(0, |(at, _)| at);
        // Per step, which differs by a constant factor; only before the minimum, because after it
        // the loss diverges.
        let fall = |at: usize| trials[at + 1].smoothed - trials[at - 1].smoothed;
        let steepest = (1..least).min_by(|&a, &b| fall(a).total_cmp(&fall(b)));
        let Some(steepest) = steepest.filter(|&at| fall(at) < 0.0) else {
            let last = trials.last().map_or(FROM, |trial| trial.rate);
            return Err(Error::value(
                "learning rate",
                format!("none below {last:.1e} at which the loss falls"),
                "one at which it does",
                "check that inputs are scaled to about 1 and that the loss fits the targets, and \
                 try larger batches",
            ));
        };
        let (steepest, tenth_of_least) = (trials[steepest].rate, trials[least].rate / 10.0);
        Ok(RateSearch { trials, steepest, tenth_of_least })
    }
}

impl fmt::Display for RateSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let losses = self.trials.iter().map(|trial| trial.smoothed);
        let least = losses.clone().fold(f64::INFINITY, f64::min);
        let first = self.trials.first().map_or(least, |trial| trial.smoothed);
        // Diverging losses are left out of the plot, which shows the valley.
        let most = losses.fold(least, f64::max).min(first + (first - least) / 2.0);
        let last = self.trials.last().map_or(FROM, |trial| trial.rate);
        let along = |rate: f64| (rate / FROM).ln() / (last / FROM).ln();
        let up = |loss: f64| (loss - least) / (most - least);
        let mut grid = Grid::new(64, 12);
        for rate in [self.steepest, self.tenth_of_least] {
            grid.line((along(rate), 0.0), (along(rate), 1.0), '┊');
        }
        for pair in self.trials.windows(2) {
            let [a, b] = [pair[0], pair[1]].map(|trial| (along(trial.rate), up(trial.smoothed)));
            if b.1 <= 1.05 {
                grid.line(a, b, '•');
            }
        }
        let heights = [most, (most + least) / 2.0, least].map(|loss| format!("{loss:.3}"));
        let ends = [FROM, last].map(|rate| format!("{rate:.0e}"));
        grid.show_between(f, "loss", "learning rate", &heights, &ends)?;
        writeln!(f, "suggested: {:.1e}, where the loss falls most quickly", self.steepest)?;
        write!(f, "careful:   {:.1e}, a tenth of where it is least", self.tenth_of_least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(losses: &[f64]) -> Result<RateSearch> {
        let trial = |(at, &loss)| RateTrial { rate: 10_f64.powi(at as i32), loss, smoothed: loss };
        RateSearch::of(losses.iter().enumerate().map(trial).collect())
    }

    #[test]
    fn the_suggestions_are_the_steepest_fall_before_the_least_and_a_tenth_of_that() {
        let found = search(&[1.0, 0.99, 0.6, 0.2, 0.1, 3.0, 0.5]).unwrap();
        assert_eq!((found.steepest, found.tenth_of_least), (100.0, 1000.0));
        let shown = found.to_string();
        assert!(
            shown.contains("suggested: 1.0e2")
                && shown.lines().all(|line| line.chars().count() <= 80)
        );
    }

    #[test]
    fn a_loss_that_never_falls_has_none() {
        for losses in [&[1.0, 1.1, 1.2, 5.0][..], &[1.0; 9], &[1.0, 0.5], &[]] {
            assert!(search(losses).unwrap_err().to_string().contains("at which the loss falls"));
        }
    }
}
