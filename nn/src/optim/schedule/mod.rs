//! How the learning rate changes over a training.
//!
//! A schedule is any function from training progress, 0 to 1, to a factor on the learning rate:
//! `.schedule(|done| 1.0 - done)` is one. Early steps should be large enough to get somewhere, late ones
//! small enough to settle.
//!
//! ```
//! use nn::schedule;
//! assert_eq!(schedule::cosine(0.0), 1.0);
//! assert_eq!(schedule::linear(0.75), 0.25);
//! assert_eq!(schedule::constant(0.9), 1.0);
//! ```

use crate::error::{Error, Result};

macro_rules! schedules {
    ($($name:ident $(($($argument:ident),+))?),* $(,)?) => {
        $( mod $name; pub use $name::$name; )*

        /// Each schedule by its name; `None` for one that is made from arguments.
        const NAMED: &[(&str, Option<Schedule>)] =
            &[$( (stringify!($name), schedules!(@named $name $(($($argument),+))?)) ),*];

        /// Each schedule with its examples.
        #[cfg(test)]
        fn all_examples() -> Vec<(&'static str, Vec<Example>)> {
            vec![$( (stringify!($name), $name::examples()) ),*]
        }
    };
    (@named $name:ident) => { Some($name) };
    (@named $name:ident ($($argument:ident),+)) => { None };
}

// Every schedule. To add one: write its file, in which the function has the file's name; add it here, with the
// names of its arguments if it is made from some: `step_decay(factor)`. A file without `examples()` does not
// compile.
schedules! { constant, linear, cosine }

/// A schedule without arguments.
type Schedule = fn(f64) -> f64;

/// The schedule with this name, for a command line or a file of settings.
///
/// # Errors
///
/// If there is none; the message lists the names.
///
/// ```
/// use nn::schedule;
/// assert_eq!(schedule::by_name("linear")?(0.75), 0.25);
/// let error = schedule::by_name("triangle").unwrap_err().to_string();
/// assert!(error.starts_with("schedule: found triangle, expected one of constant, linear, cosine"));
/// # Ok::<(), nn::Error>(())
/// ```
pub fn by_name(name: &str) -> Result<fn(f64) -> f64> {
    let named = || NAMED.iter().filter_map(|&(name, schedule)| Some((name, schedule?)));
    if let Some((_, schedule)) = named().find(|&(known, _)| known == name) {
        return Ok(schedule);
    }
    let names: Vec<&str> = named().map(|(name, _)| name).collect();
    Err(Error::value(
        "schedule",
        name,
        format!("one of {}", names.join(", ")),
        "write a function from training progress to a factor for any other",
    ))
}

/// What the file of a schedule gives to the tests of the list.
#[cfg(test)]
struct Example {
    schedule: Box<dyn Fn(f64) -> f64>,
    /// Progress and factor, worked by hand: at the start, at the end and between.
    values: Vec<(f64, f64)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schedule_has_the_values_worked_by_hand() {
        for (name, examples) in all_examples() {
            assert!(!examples.is_empty(), "{name} has no example");
            for Example { schedule, values } in examples {
                let between = values.iter().any(|&(done, _)| done > 0.0 && done < 1.0);
                let ends = [0.0, 1.0].map(|end| values.iter().any(|&(done, _)| done == end));
                assert!(between && ends == [true; 2], "{name}: start, end and between are needed");
                for (done, factor) in values {
                    let found = schedule(done);
                    assert!(
                        (found - factor).abs() < 1e-15,
                        "{name} at {done}: {found}, not {factor}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_factor_is_a_number_from_0() {
        for (name, examples) in all_examples() {
            for Example { schedule, .. } in examples {
                for done in (0..=1000).map(|step| f64::from(step) / 1000.0) {
                    let factor = schedule(done);
                    assert!(factor.is_finite() && factor >= 0.0, "{name} at {done}: {factor}");
                }
            }
        }
    }

    #[test]
    fn every_schedule_without_arguments_has_a_name() {
        for &(name, schedule) in NAMED {
            assert_eq!(by_name(name).ok().map(|found| found(0.3)), schedule.map(|it| it(0.3)));
        }
    }
}
