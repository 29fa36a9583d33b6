//! Learning-rate schedules.
//!
//! A schedule is any function from training progress, 0 to 1, to a factor on the learning rate:
//! `.schedule(|done| 1.0 - done)` is one. Early steps should be large enough to make progress, late
//! ones small enough to converge.
//!
//! ```
//! use nn::schedule;
//! assert_eq!(schedule::cosine(0.0), 1.0);
//! assert_eq!(schedule::linear(0.75), 0.25);
//! assert_eq!(schedule::constant(0.9), 1.0);
//!
//! let schedule = schedule::warm_up(0.1, schedule::steps(3, 0.1));
//! assert_eq!(schedule(0.05), 0.5);
//! assert_eq!(schedule(0.2), 1.0);
//! ```

use crate::error::{Error, Result};

macro_rules! schedules {
    ($($name:ident $(($($argument:ident),+))?),* $(,)?) => {
        $( mod $name; pub use $name::$name; )*

        /// Each schedule by its name; `None` for one with arguments.
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

// Every schedule. To add one: write its file, with a function of the file's name, and add it here,
// with the names of its arguments if it has any: `step_decay(factor)`. A file without `examples()`
// does not compile.
schedules! {
    constant, linear, cosine, coslog4, cosine_restarts(cycles, growth),
    one_cycle(peak, first, last), warm_up(share, schedule), steps(count, factor), exponential(last),
    polynomial(power, last), inverse_root(peak), flat_cosine(share), chained(first, share, second),
}

/// A schedule without arguments.
type Schedule = fn(f64) -> f64;

/// Returns the schedule with this name, for a command line or a settings file.
///
/// # Errors
///
/// If there is no such schedule; the message lists the names.
///
/// ```
/// use nn::schedule;
/// assert_eq!(schedule::by_name("linear")?(0.75), 0.25);
/// let error = schedule::by_name("triangle").unwrap_err().to_string();
/// assert!(error.starts_with(
///     "schedule: found triangle, expected one of constant, linear, cosine, coslog4"
/// ));
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

/// The data that a schedule's file provides for the tests of the list.
#[cfg(test)]
struct Example {
    schedule: Box<dyn Fn(f64) -> f64>,
    /// Progress and factor, computed by hand: at the start, at the end and between.
    values: Vec<(f64, f64)>,
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// A schedule over the training, as lines of documentation.
    fn picture(schedule: &dyn Fn(f64) -> f64) -> String {
        const WIDTH: usize = 61;
        const HEIGHT: usize = 7;
        let mut lines = String::new();
        for row in (0..HEIGHT).rev() {
            let axis = match row {
                0 => "0 ┼",
                _ if row == HEIGHT - 1 => "1 ┤",
                _ => "  │",
            };
            let marks = (0..WIDTH).map(|column| {
                let factor = schedule(column as f64 / (WIDTH - 1) as f64);
                // Slightly off the middle, so that the last bit of a factor does not move a mark.
                let at = (factor * (HEIGHT - 1) as f64 + 0.499).floor() as usize;
                match (at == row, row) {
                    (true, _) => '•',
                    (false, 0) => '─',
                    (false, _) => ' ',
                }
            });
            let line: String = axis.chars().chain(marks).collect();
            lines += format!("/// {line}").trim_end();
            lines.push('\n');
        }
        lines
    }

    /// `UPDATE_PICTURES=1 cargo test -p nn --lib schedule` writes them.
    #[test]
    fn every_schedule_has_its_picture() {
        const BEFORE: &str = "/// ```text\n";
        const AFTER: &str = "/// ```\n";
        for (name, examples) in all_examples() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/optim/schedule");
            let path = path.join(format!("{name}.rs"));
            let source = fs::read_to_string(&path).unwrap();
            let Some((before, rest)) = source.split_once(BEFORE) else {
                panic!("{name}: its documentation needs a block of text for the picture")
            };
            let (found, after) = rest.split_once(AFTER).unwrap();
            let call = before.lines().rev().find(|line| line.contains(&format!("`{name}")));
            assert!(call.is_some(), "{name}: the documentation says above which call is shown");
            let expected = picture(&examples[0].schedule);
            if std::env::var_os("UPDATE_PICTURES").is_some() {
                fs::write(&path, [before, BEFORE, &expected, AFTER, after].concat()).unwrap();
            } else {
                assert_eq!(found, expected, "{name}: UPDATE_PICTURES=1 draws the picture anew");
            }
        }
    }

    #[test]
    fn arguments_out_of_range_are_refused_with_what_is_allowed() {
        type Make = fn() -> Box<dyn Fn(f64) -> f64>;
        let made: [(&str, Make); 12] = [
            ("cosine_restarts: found 0 cycles", || Box::new(cosine_restarts(0, 1.0))),
            ("cosine_restarts: found a growth of 0", || Box::new(cosine_restarts(1, 0.0))),
            ("one_cycle: found a peak at 1", || Box::new(one_cycle(1.0, 0.1, 0.1))),
            ("one_cycle: found first -1", || Box::new(one_cycle(0.5, -1.0, 0.1))),
            ("warm_up: found a share of NaN", || Box::new(warm_up(f64::NAN, constant))),
            ("steps: found 0 parts", || Box::new(steps(0, 1.0))),
            ("steps: found a factor of -1", || Box::new(steps(2, -1.0))),
            ("exponential: found a last factor of 0", || Box::new(exponential(0.0))),
            ("polynomial: found a power of 0", || Box::new(polynomial(0.0, 0.0))),
            ("inverse_root: found a peak at 0", || Box::new(inverse_root(0.0))),
            ("flat_cosine: found a share of 1", || Box::new(flat_cosine(1.0))),
            ("chained: found a share of 0", || Box::new(chained(linear, 0.0, linear))),
        ];
        for (expected, make) in made {
            let Err(panic) = std::panic::catch_unwind(make) else {
                panic!("{expected}: it was not refused")
            };
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or(panic.downcast_ref::<&str>().copied()).unwrap_or_default();
            assert!(said.starts_with(expected) && said.ends_with(" is needed"), "{said}");
        }
    }

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
