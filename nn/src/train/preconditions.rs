//! Checks before anything is trained.

use super::model::Model;
use crate::data::{Source, check_weights};
use crate::error::{Error, Result};

/// Refuses weighted rows for a model that ignores weights, and invalid weights. `which` names the
/// data in the message: empty, or `validation ` with a space.
pub(crate) fn check_weighted<M: Model + ?Sized>(
    model: &M,
    which: &str,
    data: &dyn Source<M::Input, M::Target>,
) -> Result<()> {
    if !data.is_weighted() {
        return Ok(());
    }
    check_weighs(model)?;
    check_weights(which, data)
}

/// Refuses a model that ignores the weights of rows.
pub(super) fn check_weighs<M: Model + ?Sized>(model: &M) -> Result<()> {
    if model.weighs_rows() {
        return Ok(());
    }
    Err(Error::value(
        format!("weights of rows for {}", model.name()),
        "some",
        "none, since its loss does not use them",
        "multiply each row's loss by `Batch::weights` in `differentiate`, and say so in \
         `Model::weighs_rows`",
    ))
}

/// The number of steps, if there is one.
pub(super) fn check_steps(epochs: usize, batches: usize) -> Result<u64> {
    if epochs == 0 {
        let advice = "without an epoch, the initial weights would not change";
        return Err(Error::value("epochs", "0", "at least 1", advice));
    }
    // A limit that keeps a step's position in the training exact as a number passed to the
    // schedule.
    const MOST: u64 = 1 << f64::MANTISSA_DIGITS;
    match (epochs as u64).checked_mul(batches as u64) {
        Some(steps) if steps <= MOST => Ok(steps),
        _ => Err(Error::value(
            "epochs",
            format!("{epochs} of {batches} batches each"),
            format!("at most {MOST} steps in all"),
            "to train until a goal is reached, set a number of epochs and stop in an observer",
        )),
    }
}

/// Refuses a schedule that returns an invalid factor, or one that is not `allowed`, anywhere in a
/// training of `steps` steps.
pub(super) fn check_schedule(
    what: &str,
    schedule: &dyn Fn(f64) -> f64,
    steps: u64,
    allowed: impl Fn(f64) -> Result<()>,
) -> Result<()> {
    /// Positions that are checked, including the first and the last; the trainer checks every other
    /// one in its turn.
    const PLACES: u64 = 10_000;
    let places = steps.min(PLACES);
    for place in 0..places {
        let step = if place + 1 == places { steps - 1 } else { place * (steps / places) };
        let done = step as f64 / steps as f64;
        let factor = schedule(done);
        if !(factor >= 0.0 && factor.is_finite()) {
            return Err(Error::value(
                what,
                format!("{factor} after {done} of the training, before step {}", step + 1),
                "a finite factor from 0 for every fraction of the training from 0 to 1",
                "nothing was trained: correct the function",
            ));
        }
        allowed(factor).map_err(|error| {
            error.advising(&format!(
                "nothing was trained: the {what} gives {factor} after {done} of the training"
            ))
        })?;
    }
    Ok(())
}

/// Returns the number of rows of a batch with these numbers of inputs and targets, if it can be
/// trained with. `is_coupled`: whether rows depend on one another.
pub(crate) fn check_batch(inputs: usize, targets: usize, is_coupled: bool) -> Result<usize> {
    if inputs == 0 || targets != inputs {
        return Err(Error::value(
            "batch",
            format!("{inputs} inputs and {targets} targets"),
            "as many targets as inputs, and at least one",
            "pass rows and targets of the same samples",
        ));
    }
    if is_coupled && inputs == 1 {
        return Err(Error::value(
            "batch",
            "1 row",
            "at least 2",
            "batch_norm trains by the mean and the variance of a batch, and one row has no \
             variance: make the batch larger or leave this row out",
        ));
    }
    Ok(inputs)
}

/// Refuses micro-batches for a network whose rows depend on one another.
pub(crate) fn check_independent(network: &str, is_coupled: bool) -> Result<()> {
    if !is_coupled {
        return Ok(());
    }
    Err(Error::value(
        format!("micro-batches of {network}"),
        "batch_norm, which uses the mean and the variance of all rows of a batch",
        "layers whose rows do not depend on one another",
        "use `shards` instead: each part has its own mean and variance",
    ))
}

/// Refuses a batch size that leaves a last batch of one row if rows depend on one another.
pub(crate) fn check_last_batch(rows: usize, batch_size: usize, is_coupled: bool) -> Result<()> {
    let is_one = |size: usize| size == 1 || rows % size == 1;
    if !is_coupled || !is_one(batch_size) {
        return Ok(());
    }
    let advice = match (2..batch_size.min(rows)).rev().find(|&size| !is_one(size)) {
        Some(size) => format!("; {size} would do"),
        None => String::new(),
    };
    Err(Error::value(
        "batch size",
        format!("{batch_size}, which leaves a batch of 1 of {rows} rows"),
        "batches of at least 2 rows",
        format!(
            "batch_norm trains by the mean and the variance of a batch, and one row has no \
             variance{advice}"
        ),
    ))
}
