//! Checks that rows can be used for evaluation or training.

use std::sync::atomic::{AtomicBool, Ordering};

use num_traits::Float as _;
use tensor::threads::Threads;

use crate::data::{Source, portions};
use crate::error::{Error, InvalidRows, Result};
use crate::head::{Head as _, HeadFunction as _};
use crate::layer::Inference as _;
use crate::network::Network;
use crate::parameters::all_finite;
use crate::row::Row;

/// Rejects data with inputs that are not finite, or with targets that the network's head does not
/// allow. `which` names the data in the message: empty, or `validation ` with a space.
pub(crate) fn check_rows<N: Network>(
    which: &str,
    data: &dyn Source<N::Input, N::Target>,
    threads: &Threads,
) -> Result<()> {
    check_not_empty(which, data.len())?;
    let (mut inputs, mut targets) = (InvalidRows::none(), InvalidRows::none());
    portions(data, threads, |start, x, t| {
        // Single rows are checked only where a wrong one was found.
        if !are_finite::<N>(x, threads) {
            inputs.look(start, x, |row| {
                let (column, x) =
                    row.as_slice().iter().enumerate().find(|(_, x)| !is_allowed::<N>(**x))?;
                Some(format!("{x} in column {column}"))
            });
        }
        targets.look(start, t, N::Head::refuses);
        Ok(())
    })?;
    let refused = |noun: String, wrong: InvalidRows, expected: &str, advice: String| {
        Err(Error::value(wrong.what(&noun), wrong.found(&noun), expected, advice))
    };
    if let Some(wrong) = inputs.any() {
        let advice = format!("{} takes numbers: fill the gaps or leave these rows out", N::NAME);
        return refused(format!("{which}input"), wrong, "finite numbers", advice);
    }
    if let Some(wrong) = targets.any() {
        let head = N::Head::NAME;
        let advice = format!("{} ends in {head}: correct these rows or leave them out", N::NAME);
        return refused(format!("{which}target"), wrong, N::Head::ALLOWED, advice);
    }
    Ok(())
}

/// Rejects an empty data set.
pub(crate) fn check_not_empty(which: &str, rows: usize) -> Result<()> {
    match rows {
        0 => Err(Error::value(
            format!("number of {which}rows"),
            "0",
            "at least 1",
            "give a data set that is not empty",
        )),
        _ => Ok(()),
    }
}

/// Whether a number can be an input: a missing one only if the encoder handles it.
fn is_allowed<N: Network>(x: N::Float) -> bool {
    x.is_finite() || (N::Layers::HAS_GAPS && x.is_nan())
}

/// Whether all numbers of some rows are finite.
fn are_finite<N: Network>(rows: &[N::Input], threads: &Threads) -> bool {
    /// Numbers that are worth a thread.
    const PART: usize = 1 << 16;
    let numbers = N::Input::flatten(rows);
    let finite = AtomicBool::new(true);
    threads.worth(numbers.len() > PART).for_each(numbers.chunks(PART), |numbers| {
        if !all_finite(numbers) {
            finite.store(false, Ordering::Relaxed);
        }
    });
    finite.into_inner()
}
