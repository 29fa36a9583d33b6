//! The ranges of optimizers' settings.

use tensor::Float;

use crate::error::{Error, Result};

/// Checks a step size: above 0, also in the network's number type.
pub(super) fn learning_rate<T: Float>(rule: &str, found: f64) -> Result<()> {
    let as_number = T::of(found);
    refuse_unless(
        as_number > T::zero() && as_number.is_finite(),
        (rule, "learning rate", found),
        "a finite number above 0, neither so small nor so large that the network's numbers cannot \
         hold it",
        "1e-3 is usual for Adam, 0.1 for gradient descent",
    )
}

/// Checks a decay rate: from 0 to below 1.
pub(super) fn decay(rule: &str, setting: &str, found: f64) -> Result<()> {
    let advice = "0.9 is usual; with 1 old values would never decay";
    refuse_unless((0.0..1.0).contains(&found), (rule, setting, found), "from 0 to below 1", advice)
}

/// A momentum times the factor of a schedule; `None` if there is no momentum.
pub(super) fn scaled_momentum(momentum: f64, factor: f64) -> Option<f64> {
    // Not 0 itself, with which an optimizer would stop updating its state: it may have a faster
    // loop for that.
    (momentum != 0.0).then(|| (momentum * factor).max(f64::MIN_POSITIVE))
}

/// Checks a number that prevents division by zero: above 0, also in the network's number type.
pub(super) fn epsilon<T: Float>(rule: &str, found: f64) -> Result<()> {
    let as_number = T::of(found);
    refuse_unless(
        as_number > T::zero() && as_number.is_finite(),
        (rule, "epsilon", found),
        "a finite number above 0, also as a number of the network",
        "1e-8 is usual",
    )
}

/// Checks a weight decay: from 0.
pub(super) fn weight_decay(rule: &str, found: f64) -> Result<()> {
    from_0(rule, "weight decay", found, "0.01 is usual, 0 is none")
}

/// Checks a setting that may be 0, but neither negative nor infinite.
pub(super) fn from_0(rule: &str, setting: &str, found: f64, advice: &str) -> Result<()> {
    let holds = found >= 0.0 && found.is_finite();
    refuse_unless(holds, (rule, setting, found), "a finite number from 0", advice)
}

/// Returns an error with these texts unless the setting is in range.
pub(super) fn refuse_unless(
    holds: bool,
    (rule, setting, found): (&str, &str, f64),
    expected: &str,
    advice: &str,
) -> Result<()> {
    match holds {
        true => Ok(()),
        false => {
            Err(Error::value(format!("{setting} of {rule}"), found.to_string(), expected, advice))
        }
    }
}
