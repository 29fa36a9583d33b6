//! The conditions that must not change when a training resumes.

use std::fmt::Write as _;
use std::path::Path;

use crate::error::{Error, Result};

/// The settings that affect the bits of a training, by name; values are compared as text.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    named: Vec<(&'static str, String)>,
    /// Inputs that cannot be compared.
    pub(crate) unchecked: Vec<String>,
}

impl Conditions {
    pub(crate) fn add(&mut self, name: &'static str, value: impl ToString) {
        self.named.push((name, value.to_string().replace('\n', " ")));
    }

    /// One line per condition.
    pub(crate) fn text(&self) -> String {
        let lines = self.named.iter().map(|(name, value)| format!("{name}: {value}\n"));
        lines.collect()
    }

    /// Refuses a file written under other conditions, with this advice.
    pub(crate) fn compare(&self, path: &Path, text: &str, advice: &str) -> Result<()> {
        let saved = |name: &str| {
            let mut lines = text.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(key, _)| *key == name).map_or("none", |(_, value)| value)
        };
        let (mut found, mut expected) = (String::new(), String::new());
        for (name, value) in self.named.iter().filter(|(name, value)| saved(name) != value) {
            let comma = if found.is_empty() { "" } else { ", " };
            let _ = write!(found, "{comma}{name} {}", saved(name));
            let _ = write!(expected, "{comma}{name} {value}");
        }
        match found.is_empty() {
            true => Ok(()),
            false => Err(Error::file(path, "conditions of the training", found, expected, advice)),
        }
    }
}

/// Factors of a schedule at some of the steps taken.
#[derive(Debug, PartialEq)]
pub(crate) struct Rates(Vec<(u64, f64)>);

impl Rates {
    /// Samples a training of `steps` steps of which `taken` have been taken.
    pub(crate) fn of(schedule: &dyn Fn(f64) -> f64, taken: u64, steps: u64) -> Self {
        /// Maximum number of samples.
        const PLACES: u64 = 32;
        let places = taken.min(PLACES);
        let step = |place| if place + 1 == places { taken - 1 } else { place * (taken / places) };
        let rate = |step: u64| (step, schedule(step as f64 / steps as f64));
        Rates((0..places).map(|place| rate(step(place))).collect())
    }

    pub(crate) fn text(&self) -> String {
        let rates = self.0.iter().map(|(step, factor)| format!("{step}={factor:?}"));
        rates.collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let rate = |word: &str| {
            let (step, factor) = word.split_once('=')?;
            Some((step.parse().ok()?, factor.parse().ok()?))
        };
        text.split_whitespace().map(rate).collect::<Option<_>>().map(Rates)
    }

    /// Refuses a schedule that would have given other factors.
    pub(crate) fn compare(
        &self,
        path: &Path,
        schedule: &dyn Fn(f64) -> f64,
        steps: u64,
    ) -> Result<()> {
        for &(step, factor) in &self.0 {
            let now = schedule(step as f64 / steps as f64);
            if now.to_bits() != factor.to_bits() {
                return Err(Error::file(
                    path,
                    "schedule of the learning rate",
                    format!("factor {factor} before step {}", step + 1),
                    format!("{now}, as this schedule over {steps} steps gives"),
                    "resume with the schedule and the number of epochs it began with, or train \
                     into another directory",
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named() {
        let mut conditions = Conditions::default();
        conditions.add("seed", 3);
        conditions.add("batch size", 64);
        let path = Path::new("run/step-1.safetensors");
        assert!(conditions.compare(path, &conditions.text(), "").is_ok());
        let error =
            conditions.compare(path, "seed: 4\nother: 1\n", "go on").unwrap_err().to_string();
        assert_eq!(
            error,
            "run/step-1.safetensors: conditions of the training: found seed 4, batch size none, \
             expected seed 3, batch size 64; go on"
        );
    }

    #[test]
    fn a_schedule_is_known_by_its_factors() {
        let path = Path::new("x");
        let falling = |done: f64| 1.0 - done;
        for taken in [0, 1, 5, 31, 32, 33, 1000] {
            let rates = Rates::of(&falling, taken, 1000);
            let again = Rates::parse(&rates.text()).unwrap();
            assert_eq!(again, rates);
            assert!(again.compare(path, &falling, 1000).is_ok());
            // From the first step alone, no difference is visible.
            assert_eq!(again.compare(path, &falling, 2000).is_err(), taken > 1, "{taken}");
            assert!(Rates::of(&|_| 1.0, taken, 1000).compare(path, &|_| 1.0, 7).is_ok());
        }
        assert!(Rates::parse("1=x").is_none());
    }
}
