//! What must hold before anything is trained.

use crate::error::{Error, Result};

/// The number of steps, if there is one.
pub(super) fn check_steps(epochs: usize, batches: usize) -> Result<u64> {
    if epochs == 0 {
        let advice = "a training without an epoch would leave the first weights as they are";
        return Err(Error::value("epochs", "0", "at least 1", advice));
    }
    // So many that a step's place in the training is exact as a number of the schedule.
    const MOST: u64 = 1 << f64::MANTISSA_DIGITS;
    match (epochs as u64).checked_mul(batches as u64) {
        Some(steps) if steps <= MOST => Ok(steps),
        _ => Err(Error::value(
            "epochs",
            format!("{epochs} of {batches} batches each"),
            format!("at most {MOST} steps in all"),
            "to train until something is reached, take some number of epochs and stop in an observer",
        )),
    }
}

/// Refuses a schedule that gives something else than a factor anywhere in a training of so many steps.
pub(super) fn check_schedule(schedule: &dyn Fn(f64) -> f64, steps: u64) -> Result<()> {
    /// Places that are looked at, the first and the last among them; the trainer looks at every other in its turn.
    const PLACES: u64 = 10_000;
    let places = steps.min(PLACES);
    for place in 0..places {
        let step = if place + 1 == places { steps - 1 } else { place * (steps / places) };
        let done = step as f64 / steps as f64;
        let factor = schedule(done);
        if !(factor >= 0.0 && factor.is_finite()) {
            return Err(Error::value(
                "schedule",
                format!("{factor} after {done} of the training, before step {}", step + 1),
                "a finite factor from 0 for every share of the training from 0 to 1",
                "nothing was trained: correct the function, which is asked from 0 on",
            ));
        }
    }
    Ok(())
}
