//! The goal of a training, and the decisions that follow from it: stopping, the best epoch,
//! plateaus.

use std::fmt;

use super::checkpoint::Conditions;
use super::report::Epoch;
use crate::error::{Error, Result};

/// The value of an epoch, if it has one.
type Value = Box<dyn Fn(&Epoch) -> Option<f64> + Send>;

/// The criterion that decides which of two epochs is better. Early stopping, the best network and
/// the reduction of the learning rate on a plateau use it.
///
/// ```
/// use nn::Goal;
///
/// let goal = Goal::validation_accuracy().least_gain(0.001);
/// // A custom value: here both losses count.
/// let both = Goal::lowest("both losses", |epoch| Some(epoch.loss + epoch.validation?.loss));
/// # let _ = (goal, both);
/// ```
pub struct Goal {
    name: String,
    value: Value,
    is_highest: bool,
    least_gain: f64,
    /// Whether the value requires validation data.
    needs_validation: bool,
}

impl Goal {
    /// The lowest loss on the validation data: the default goal.
    pub fn validation_loss() -> Self {
        let goal = Goal::lowest("validation loss", |epoch| Some(epoch.validation?.loss));
        Goal { needs_validation: true, ..goal }
    }

    /// The highest accuracy on the validation data.
    pub fn validation_accuracy() -> Self {
        let goal = Goal::highest("validation accuracy", |epoch| epoch.validation?.accuracy);
        Goal { needs_validation: true, ..goal }
    }

    /// The lowest loss on the training data, if there are no validation data.
    pub fn training_loss() -> Self {
        Goal::lowest("training loss", |epoch| Some(epoch.loss))
    }

    /// The lowest `value` of an epoch; `name` is its name in messages.
    pub fn lowest(
        name: impl Into<String>,
        value: impl Fn(&Epoch) -> Option<f64> + Send + 'static,
    ) -> Self {
        let (name, value) = (name.into(), Box::new(value));
        Goal { name, value, is_highest: false, least_gain: 0.0, needs_validation: false }
    }

    /// The highest `value` of an epoch; `name` is its name in messages.
    pub fn highest(
        name: impl Into<String>,
        value: impl Fn(&Epoch) -> Option<f64> + Send + 'static,
    ) -> Self {
        Goal { is_highest: true, ..Goal::lowest(name, value) }
    }

    /// Sets the smallest improvement over the best epoch that counts; the default is 0.
    #[must_use]
    pub fn least_gain(self, least_gain: f64) -> Self {
        Goal { least_gain, ..self }
    }

    /// Refuses a goal that cannot be evaluated.
    pub(super) fn check(&self, has_validation: bool) -> Result<()> {
        if self.needs_validation && !has_validation {
            return Err(Error::value(
                format!("goal `{}`", self.name),
                "no validation data",
                "some, since the goal is measured on them",
                "add them with `validation`, or use `Goal::training_loss()`",
            ));
        }
        if self.least_gain >= 0.0 && self.least_gain.is_finite() {
            return Ok(());
        }
        Err(Error::value(
            format!("least gain of goal `{}`", self.name),
            self.least_gain.to_string(),
            "a finite number from 0",
            "with 0, every improvement counts",
        ))
    }

    /// The value of an epoch.
    fn of(&self, epoch: &Epoch, number: usize) -> Result<f64> {
        match (self.value)(epoch) {
            Some(value) if !value.is_nan() => Ok(value),
            value => Err(Error::value(
                format!("goal `{}` after epoch {number}", self.name),
                value.map_or("no value".into(), |value| value.to_string()),
                "a number",
                "choose a goal that has a value for this network and these data",
            )),
        }
    }

    fn is_better(&self, value: f64, best: f64) -> bool {
        match self.is_highest {
            true => value > best + self.least_gain,
            false => value < best - self.least_gain,
        }
    }
}

/// Shows its name and its direction.
impl fmt::Debug for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Goal { name, is_highest, least_gain, .. } = self;
        let direction = if *is_highest { "highest" } else { "lowest" };
        write!(f, "{direction} {name}, least gain {least_gain}")
    }
}

/// The best epoch of a training.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Best {
    /// Number of the epoch, counted from 1.
    pub epoch: usize,
    /// Its value of the [`Goal`].
    pub value: f64,
    /// The goal's name.
    pub goal: String,
}

impl fmt::Display for Best {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {} with {} {:.4}", self.epoch, self.goal, self.value)
    }
}

/// A reduction of the learning rate when epochs no longer improve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plateau {
    /// Epochs without an improvement.
    pub(super) patience: usize,
    /// Factor on the learning rate.
    pub(super) factor: f64,
}

/// Settings for the decisions after each epoch.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    pub(super) goal: Option<Goal>,
    /// Epochs without an improvement after which the training stops.
    pub(super) patience: Option<usize>,
    pub(super) plateau: Option<Plateau>,
    pub(super) keeps_best: bool,
    pub(super) course: Course,
}

/// Progress toward the goal, as saved in a checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Course {
    pub(super) best: Option<(usize, f64)>,
    /// Epochs since the best.
    pub(super) since_best: usize,
    /// Epochs since the best, or since the rate was reduced.
    pub(super) on_plateau: usize,
    /// Factor on the learning rate.
    pub(super) factor: f64,
    /// Whether the training is over.
    pub(super) is_over: bool,
}

impl Default for Course {
    fn default() -> Self {
        Course { best: None, since_best: 0, on_plateau: 0, factor: 1.0, is_over: false }
    }
}

impl Decisions {
    /// Sets the default goal if one is needed and none was set; refuses invalid settings.
    pub(super) fn prepare(&mut self, has_validation: bool) -> Result<()> {
        let needs_goal = self.patience.is_some() || self.plateau.is_some() || self.keeps_best;
        if needs_goal && self.goal.is_none() {
            self.goal = Some(Goal::validation_loss());
        }
        self.keeps_best |= self.patience.is_some();
        if let Some(goal) = &self.goal {
            goal.check(has_validation)?;
        }
        let positive = |what, patience| match patience {
            Some(0) => Err(Error::value(
                what,
                "0",
                "at least 1 epoch",
                "an epoch can only be compared with a later one",
            )),
            _ => Ok(()),
        };
        positive("patience of early stopping", self.patience)?;
        positive("patience on a plateau", self.plateau.map(|plateau| plateau.patience))?;
        match self.plateau {
            Some(Plateau { factor, .. }) if !(factor > 0.0 && factor < 1.0) => Err(Error::value(
                "factor on a plateau",
                factor.to_string(),
                "a number between 0 and 1",
                "0.1, for example, divides the learning rate by ten",
            )),
            _ => Ok(()),
        }
    }

    /// Records epoch `number`; returns whether it is the best so far.
    pub(super) fn judge(&mut self, number: usize, epoch: &Epoch) -> Result<bool> {
        let Some(goal) = &self.goal else { return Ok(false) };
        let value = goal.of(epoch, number)?;
        let course = &mut self.course;
        let is_best = course.best.is_none_or(|(_, best)| goal.is_better(value, best));
        if is_best {
            course.best = Some((number, value));
            (course.since_best, course.on_plateau) = (0, 0);
        } else {
            course.since_best += 1;
            course.on_plateau += 1;
        }
        if let Some(Plateau { patience, factor }) = self.plateau
            && course.on_plateau >= patience
        {
            course.factor *= factor;
            course.on_plateau = 0;
        }
        course.is_over |= self.patience.is_some_and(|patience| course.since_best >= patience);
        Ok(is_best)
    }

    /// The settings that affect the bits.
    pub(super) fn conditions(&self, conditions: &mut Conditions) {
        let Decisions { goal, patience, plateau, keeps_best, .. } = self;
        conditions.add("goal", format!("{goal:?}"));
        conditions.add("early stopping", format!("{patience:?}"));
        conditions.add("plateau", format!("{plateau:?}"));
        conditions.add("best network kept", keeps_best);
    }

    /// The best epoch, if there is a goal.
    pub(super) fn best(&self) -> Option<Best> {
        let ((epoch, value), goal) = self.course.best.zip(self.goal.as_ref())?;
        Some(Best { epoch, value, goal: goal.name.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(loss: f64) -> Epoch {
        Epoch { loss, validation: None, measured: Vec::new(), seconds: 0.0 }
    }

    /// For each epoch: whether it is the best so far, whether the training stops after it, and the
    /// factor.
    fn judged(mut decisions: Decisions, losses: &[f64]) -> Vec<(bool, bool, f64)> {
        decisions.prepare(true).unwrap();
        let each = losses.iter().zip(1..).map(|(&loss, number)| {
            let is_best = decisions.judge(number, &epoch(loss)).unwrap();
            (is_best, decisions.course.is_over, decisions.course.factor)
        });
        each.collect()
    }

    fn training_loss() -> Decisions {
        Decisions { goal: Some(Goal::training_loss()), ..Decisions::default() }
    }

    #[test]
    fn it_stops_when_nothing_was_better_for_so_many_epochs() {
        let decisions = Decisions { patience: Some(2), ..training_loss() };
        let found = judged(decisions, &[3.0, 2.0, 2.5, 1.0, 1.0, 1.5]);
        let best: Vec<bool> = found.iter().map(|found| found.0).collect();
        assert_eq!(best, [true, true, false, true, false, false]);
        let over: Vec<bool> = found.iter().map(|found| found.1).collect();
        assert_eq!(over, [false, false, false, false, false, true]);
    }

    #[test]
    fn a_gain_that_is_too_small_is_none() {
        let goal = Goal::highest("accuracy", |epoch| Some(epoch.loss)).least_gain(0.1);
        let decisions = Decisions { goal: Some(goal), ..Decisions::default() };
        let found = judged(decisions, &[0.5, 0.55, 0.65, 0.7]);
        let best: Vec<bool> = found.iter().map(|found| found.0).collect();
        assert_eq!(best, [true, false, true, false]);
    }

    #[test]
    fn the_rate_is_reduced_again_and_again_on_a_plateau() {
        let plateau = Some(Plateau { patience: 2, factor: 0.5 });
        let decisions = Decisions { plateau, ..training_loss() };
        let found = judged(decisions, &[1.0, 1.0, 1.0, 1.0, 0.5, 1.0, 1.0, 1.0, 1.0]);
        let factors: Vec<f64> = found.iter().map(|found| found.2).collect();
        assert_eq!(factors, [1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125]);
    }

    #[test]
    fn what_cannot_be_judged_is_refused() {
        let refused = |mut decisions: Decisions, text: &str| {
            let error = decisions.prepare(false).unwrap_err().to_string();
            assert!(error.starts_with(text), "{error}");
        };
        refused(
            Decisions { patience: Some(3), ..Decisions::default() },
            "goal `validation loss`: found no validation data",
        );
        refused(Decisions { patience: Some(0), ..training_loss() }, "patience of early stopping");
        for factor in [0.0, 1.0, -0.5, f64::NAN] {
            let plateau = Some(Plateau { patience: 1, factor });
            refused(Decisions { plateau, ..training_loss() }, "factor on a plateau");
        }
        let goal = Some(Goal::training_loss().least_gain(f64::NAN));
        refused(Decisions { goal, ..Decisions::default() }, "least gain of goal `training loss`");

        let goal = Some(Goal::validation_accuracy());
        let mut decisions = Decisions { goal, ..Decisions::default() };
        decisions.prepare(true).unwrap();
        let error = decisions.judge(1, &epoch(1.0)).unwrap_err().to_string();
        assert!(error.starts_with("goal `validation accuracy` after epoch 1: found no value"));
        let nan = Some(Goal::lowest("mine", |_| Some(f64::NAN)));
        let mut decisions = Decisions { goal: nan, ..Decisions::default() };
        assert!(decisions.judge(1, &epoch(1.0)).is_err());
    }
}
