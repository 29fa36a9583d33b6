//! An observer that reports jumps of the loss.

use std::collections::VecDeque;
use std::ops::ControlFlow::{self, Continue};

use super::event::{Event, Observer};
use super::model::Model;
use crate::error::{Error, Result};

/// Number of previous steps that a loss is compared with, and the smallest such number.
const WINDOW: usize = 64;
const FEWEST: usize = 16;
/// Rows listed in a note.
const SHOWN: usize = 12;
/// Standard deviation of a normal distribution, in units of its median absolute deviation:
/// 1 / Φ⁻¹(¾).
const NORMAL: f64 = 1.4826;

/// An observer that reports the batch of a step whose loss jumps, so that its rows can be inspected
/// for a wrong label or an input that was not scaled.
///
/// A loss jumps if it is more than twice the median of the 64 previous steps, and exceeds it by
/// `limit` standard deviations. These are estimated by the median absolute deviation, so that one
/// jump does not hide the next. The display shows a note such as
///
/// ```text
/// step 120 (epoch 2): the loss jumps to 9.1300, the median before is 0.4100; rows 17, 4, 203, … of
/// the training data
/// ```
///
/// ```
/// use nn::data::Dataset;
/// use nn::prelude::*;
/// use nn::{Show, Spikes};
///
/// network! { struct Line(dense(1 -> 1)); }
///
/// let mut targets = vec![[1.0]; 100];
/// targets[70] = [1e4]; // the decimal point is missing
/// let data = Dataset::new(vec![[0.5]; 100], targets)?;
/// // A note names row 70.
/// fit(&mut Line::init(1), &data).batch_size(2).observe(Spikes::new(8.0)).run()?;
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Spikes {
    limit: f64,
    /// The last losses, oldest first.
    losses: VecDeque<f64>,
    /// Steps since the last note.
    quiet: usize,
    note: Option<String>,
}

impl Spikes {
    /// Sets the limit in standard deviations, 8 for example.
    ///
    /// # Panics
    ///
    /// If `limit` is not a finite number above 0.
    #[track_caller]
    pub fn new(limit: f64) -> Self {
        assert!(
            limit > 0.0 && limit.is_finite(),
            "limit of a spike: found {limit}, expected a finite number above 0, such as 8"
        );
        Spikes { limit, losses: VecDeque::with_capacity(WINDOW), quiet: WINDOW, note: None }
    }

    /// Whether this loss is a spike, and the median before it.
    fn is_spike(&self, loss: f64) -> (bool, f64) {
        let mut before: Vec<f64> = self.losses.iter().copied().collect();
        let middle = median(&mut before);
        before.iter_mut().for_each(|loss| *loss = (*loss - middle).abs());
        let deviation = NORMAL * median(&mut before);
        let is_far = loss - middle > self.limit * deviation && loss > 2.0 * middle;
        (self.losses.len() >= FEWEST && is_far, middle)
    }
}

/// The median; 0 if there are no numbers.
fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

impl<M: Model> Observer<M> for Spikes {
    fn observe(&mut self, event: &Event<'_, M>) -> ControlFlow<()> {
        let &Event::Step { number, epoch, loss, batch, .. } = event else { return Continue(()) };
        let (is_spike, before) = self.is_spike(loss);
        // A diverging training jumps at every step: report it once per window.
        if is_spike && self.quiet >= WINDOW {
            self.quiet = 0;
            let mut rows: Vec<String> = batch.iter().take(SHOWN).map(usize::to_string).collect();
            if batch.len() > SHOWN {
                rows.push("…".into());
            }
            self.note = Some(format!(
                "step {number} (epoch {epoch}): the loss jumps to {loss:.4}, the median before is \
                 {before:.4}; rows {} of the training data",
                rows.join(", ")
            ));
        }
        self.quiet = self.quiet.saturating_add(1);
        if self.losses.len() == WINDOW {
            self.losses.pop_front();
        }
        self.losses.push_back(loss);
        Continue(())
    }

    fn note(&mut self) -> Option<String> {
        self.note.take()
    }

    fn name(&self) -> Option<&str> {
        Some("spikes")
    }

    fn state(&self) -> String {
        let losses: Vec<String> = self.losses.iter().map(|loss| format!("{loss:?}")).collect();
        format!("{} {}", self.quiet, losses.join(" "))
    }

    fn restore(&mut self, state: &str) -> Result<()> {
        let wrong = || {
            let expected = "steps since the last spike, and at most 64 losses";
            Error::value(
                "state of the spikes",
                state,
                expected,
                "the checkpoint is damaged, remove it",
            )
        };
        let mut words = state.split_ascii_whitespace();
        self.quiet = words.next().and_then(|word| word.parse().ok()).ok_or_else(wrong)?;
        let losses: Option<VecDeque<f64>> = words.map(|word| word.parse().ok()).collect();
        self.losses = losses.filter(|losses| losses.len() <= WINDOW).ok_or_else(wrong)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_is_one_among_what_was_before_and_noise_is_none() {
        let mut spikes = Spikes::new(8.0);
        assert!(!spikes.is_spike(1e9).0, "nothing to compare it with");
        // 1 to 1.3: the median is 1.15, the standard deviation 0.075 · 1.4826.
        spikes.losses.extend((0..WINDOW).map(|at| 1.0 + at as f64 % 16.0 / 50.0));
        for (loss, is_spike) in [(1.3, false), (2.2, false), (2.4, true), (1e9, true), (0.0, false)]
        {
            assert_eq!(spikes.is_spike(loss).0, is_spike, "{loss}");
        }
        // An earlier jump does not hide another.
        spikes.losses[3] = 1e6;
        assert!(spikes.is_spike(2.4).0);
        // Equal losses have a deviation of 0; twice as much is then a jump.
        spikes.losses.iter_mut().for_each(|loss| *loss = 0.5);
        assert!(spikes.is_spike(1.1).0 && !spikes.is_spike(0.9).0);
    }
}
