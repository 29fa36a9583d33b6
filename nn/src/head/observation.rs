//! [`Observation`]: the outputs of a model for one row next to the target, in one form for all
//! models.

use tensor::Float;

use super::Head;
use crate::error::{Error, Result};

/// The kind of a target, for metrics that do not know the head's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetKind {
    /// One of several exclusive classes.
    Class,
    /// For each of several independent events, whether it happens (1 or 0) or its probability.
    Events,
    /// Numbers of any size.
    Numbers,
    /// The targets of several heads.
    Several,
    /// A target that only the head itself can interpret.
    Other,
}

impl TargetKind {
    /// The text for `found` in an error.
    fn words(self) -> &'static str {
        match self {
            TargetKind::Class => "a class",
            TargetKind::Events => "events that happen or not",
            TargetKind::Numbers => "numbers",
            TargetKind::Several => "the targets of several heads",
            TargetKind::Other => "a target of the head's own kind",
        }
    }
}

/// The target of one row.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Target<'r> {
    /// The index of the right class. There are as many exclusive classes as outputs.
    Class(usize),
    /// For each output whether the event happens (1 or 0), or its probability.
    Events(&'r [f64]),
    /// For each output the number that it should be.
    Numbers(&'r [f64]),
    /// Any other target: of several heads at once, or of a custom head.
    Other,
}

/// The predicted class and the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// The class of the largest output; the first of equal ones.
    pub chosen: usize,
    /// The class that the target names.
    pub actual: usize,
    /// Number of classes.
    pub classes: usize,
}

/// A model's prediction for one row, with its target: the input of a
/// [`Metric`](crate::metric::Metric), for any model.
///
/// All numbers are `f64`. An evaluation creates the observations of a network. For any other model,
/// create them yourself:
///
/// ```
/// use nn::metric::{Accuracy, Observation, Metric};
///
/// let mut accuracy = Accuracy::default();
/// accuracy.observe(&Observation::of_class(&[0.2, 0.8], 1)?)?;
/// accuracy.observe(&Observation::of_class(&[0.6, 0.4], 1)?.weighted(3.0)?)?;
/// assert_eq!(accuracy.finish(), Some(0.25));
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    outputs: Vec<f64>,
    /// Empty if they are not known.
    logits: Vec<f64>,
    target: Vec<f64>,
    kind: TargetKind,
    is_right: Option<bool>,
    weight: f64,
}

impl Default for Observation {
    /// An empty observation.
    fn default() -> Self {
        Observation {
            outputs: Vec::new(),
            logits: Vec::new(),
            target: Vec::new(),
            kind: TargetKind::Other,
            is_right: None,
            weight: 1.0,
        }
    }
}

impl Observation {
    /// Creates one from a probability, or other score, for each class, and the index of the right
    /// class.
    ///
    /// # Errors
    ///
    /// If there is no such class.
    pub fn of_class(outputs: &[f64], class: usize) -> Result<Self> {
        let Some((own, (before, from))) = outputs.get(class).zip(outputs.split_at_checked(class))
        else {
            return Err(Error::value(
                "class",
                class.to_string(),
                format!("a number below {}, the number of outputs", outputs.len()),
                "count classes from 0, and give one output for each",
            ));
        };
        let is_right = before.iter().all(|other| other < own) && from.iter().all(|o| o <= own);
        let target = vec![class as f64];
        Ok(Observation::made(outputs, target, TargetKind::Class, Some(is_right)))
    }

    /// Creates one from the probabilities of independent events, and their targets: whether each
    /// happens (1 or 0), or its probability.
    ///
    /// # Errors
    ///
    /// If the number of targets is not that of outputs, or a target is not in 0..=1.
    pub fn of_events(outputs: &[f64], targets: &[f64]) -> Result<Self> {
        check_targets(outputs, targets, "a number from 0 to 1", |t| (0.0..=1.0).contains(&t))?;
        let is_right = |(&p, &t): (&f64, &f64)| !p.is_nan() && (p > 0.5) == (t > 0.5);
        let is_right = outputs.iter().zip(targets).all(is_right);
        Ok(Observation::made(outputs, targets.to_vec(), TargetKind::Events, Some(is_right)))
    }

    /// Creates one from predicted numbers and their targets.
    ///
    /// # Errors
    ///
    /// If the number of targets is not that of outputs, or a target is not finite.
    pub fn of_numbers(outputs: &[f64], targets: &[f64]) -> Result<Self> {
        check_targets(outputs, targets, "a finite number", f64::is_finite)?;
        Ok(Observation::made(outputs, targets.to_vec(), TargetKind::Numbers, None))
    }

    fn made(outputs: &[f64], target: Vec<f64>, kind: TargetKind, is_right: Option<bool>) -> Self {
        Observation { outputs: outputs.to_vec(), target, kind, is_right, ..Observation::default() }
    }

    /// Adds the logits, the values before the head's function. From them the logarithm of an output
    /// is exact, even where the output was rounded to 0 or 1.
    ///
    /// # Errors
    ///
    /// If the number of logits is not that of outputs.
    pub fn with_logits(mut self, logits: &[f64]) -> Result<Self> {
        if logits.len() != self.outputs.len() {
            return Err(Error::value(
                "number of logits",
                logits.len().to_string(),
                format!("{}, one for each output", self.outputs.len()),
                "give the values before the head's function",
            ));
        }
        self.logits = logits.to_vec();
        Ok(self)
    }

    /// Sets the weight of the row.
    ///
    /// # Errors
    ///
    /// If the weight is negative or not finite.
    pub fn weighted(mut self, weight: f64) -> Result<Self> {
        if !(weight >= 0.0 && weight.is_finite()) {
            let advice = "1 is the weight of a row like all others";
            return Err(Error::value(
                "weight",
                weight.to_string(),
                "a finite number from 0",
                advice,
            ));
        }
        self.weight = weight;
        Ok(self)
    }

    /// [`Observation::weighted`], for a weight that has been checked.
    pub(crate) fn set_weight(&mut self, weight: f64) {
        self.weight = weight;
    }

    /// Overwrites this with the prediction of a head for one row.
    pub(crate) fn write<T: Float, H: Head<T>>(
        &mut self,
        logits: &[T],
        outputs: &[T],
        target: &H::Target,
    ) {
        let copy = |into: &mut Vec<f64>, from: &[T]| {
            into.clear();
            into.extend(from.iter().map(|x| x.as_f64()));
        };
        copy(&mut self.outputs, outputs);
        copy(&mut self.logits, logits);
        self.target.clear();
        let is_seen = H::see_numbers(target, &mut |number| self.target.push(number));
        self.kind = if is_seen { H::KIND } else { TargetKind::Other };
        self.is_right = H::is_right(logits, target);
        self.weight = 1.0;
    }

    /// Returns the model's outputs, after the head's function.
    ///
    /// # Errors
    ///
    /// If an output is not finite.
    pub fn outputs(&self) -> Result<&[f64]> {
        match self.outputs.iter().position(|y| !y.is_finite()) {
            None => Ok(&self.outputs),
            Some(at) => Err(Error::diverged(
                format!("output {at}"),
                self.outputs[at].to_string(),
                "check the parameters of the model",
            )),
        }
    }

    /// Returns the values before the head's function, if they are known.
    pub fn logits(&self) -> Option<&[f64]> {
        (self.logits.len() == self.outputs.len()).then_some(&self.logits)
    }

    /// Returns the target.
    pub fn target(&self) -> Target<'_> {
        match (self.kind, &self.target[..]) {
            (TargetKind::Class, &[class]) => Target::Class(class as usize),
            (TargetKind::Events, events) => Target::Events(events),
            (TargetKind::Numbers, numbers) => Target::Numbers(numbers),
            _ => Target::Other,
        }
    }

    /// Returns the weight of the row, 1 by default.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// Whether the prediction is right; `None` where right and wrong are not defined. NaN is never
    /// right.
    pub fn is_right(&self) -> Option<bool> {
        self.is_right
    }

    /// Returns the outputs and their targets as numbers. The probabilities of events are numbers,
    /// too.
    ///
    /// # Errors
    ///
    /// If the target is of another kind, or an output is not finite.
    pub fn numbers(&self) -> Result<(&[f64], &[f64])> {
        match self.target() {
            Target::Numbers(numbers) | Target::Events(numbers) => Ok((self.outputs()?, numbers)),
            _ => Err(self.other_than("numbers")),
        }
    }

    /// Returns the predicted class and the right one. A single event has two classes, it does not
    /// happen (0) or does (1); its probability is compared with ½.
    ///
    /// # Errors
    ///
    /// If the target is of another kind, or an output is not finite.
    pub fn decision(&self) -> Result<Decision> {
        match self.target() {
            Target::Class(actual) => {
                let outputs = self.outputs()?;
                let largest = |best: usize, at| if outputs[at] > outputs[best] { at } else { best };
                let chosen = (1..outputs.len()).fold(0, largest);
                Ok(Decision { chosen, actual, classes: outputs.len() })
            }
            Target::Events(&[event]) => {
                let chosen = usize::from(self.outputs()?[0] > 0.5);
                Ok(Decision { chosen, actual: usize::from(event > 0.5), classes: 2 })
            }
            _ => Err(self.other_than("a class, or one event that happens or not")),
        }
    }

    /// The error that the target is of another kind than expected.
    pub(crate) fn other_than(&self, expected: &str) -> Error {
        let found = match (self.kind, self.target.len()) {
            (TargetKind::Events, count) if count > 1 => format!("{count} events at once"),
            (kind, _) => kind.words().to_string(),
        };
        let advice = match self.kind {
            TargetKind::Several => "choose one of them with `Evaluation::head`",
            _ => "choose a metric that fits the model's head",
        };
        Error::value("target", found, expected, advice)
    }
}

fn check_targets(
    outputs: &[f64],
    targets: &[f64],
    expected: &str,
    allowed: impl Fn(f64) -> bool,
) -> Result<()> {
    if outputs.len() != targets.len() {
        return Err(Error::value(
            "number of targets",
            targets.len().to_string(),
            format!("{}, one for each output", outputs.len()),
            "give as many targets as outputs",
        ));
    }
    match targets.iter().position(|&t| !allowed(t)) {
        None => Ok(()),
        Some(at) => Err(Error::value(
            format!("target {at}"),
            targets[at].to_string(),
            expected,
            "correct the row or leave it out",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_made_by_hand_is_checked() {
        let says = |result: Result<Observation>| result.unwrap_err().to_string();
        assert!(
            says(Observation::of_class(&[0.5, 0.5], 2)).starts_with("class: found 2, expected")
        );
        assert!(says(Observation::of_class(&[], 0)).starts_with("class: found 0"));
        assert!(
            says(Observation::of_events(&[0.5], &[])).starts_with("number of targets: found 0")
        );
        assert!(says(Observation::of_events(&[0.5], &[1.5])).starts_with("target 0: found 1.5"));
        assert!(
            says(Observation::of_numbers(&[0.5], &[f64::NAN])).starts_with("target 0: found NaN")
        );
        let one = || Observation::of_class(&[1.0], 0).unwrap();
        for weight in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(says(one().weighted(weight)).starts_with("weight: found"));
        }
        assert!(says(one().with_logits(&[])).starts_with("number of logits: found 0"));
    }

    #[test]
    fn the_first_of_the_largest_outputs_is_chosen() {
        let chosen = |outputs: &[f64]| Observation::of_class(outputs, 1).unwrap();
        let tie = chosen(&[0.5, 0.5, 0.0]);
        assert_eq!(tie.decision().unwrap(), Decision { chosen: 0, actual: 1, classes: 3 });
        assert_eq!(tie.is_right(), Some(false));
        assert_eq!(chosen(&[0.1, 0.5, 0.5]).decision().unwrap().chosen, 1);
        let nan = chosen(&[f64::NAN, 0.5]);
        assert!(nan.decision().is_err() && nan.outputs().is_err());
        assert_eq!(nan.is_right(), Some(false));
        let event = |p, t| Observation::of_events(&[p], &[t]).unwrap().decision().unwrap();
        assert_eq!(event(0.5, 1.0), Decision { chosen: 0, actual: 1, classes: 2 });
        assert_eq!(event(0.6, 0.0), Decision { chosen: 1, actual: 0, classes: 2 });
    }

    #[test]
    fn what_a_metric_does_not_fit_is_said() {
        let numbers = Observation::of_numbers(&[1.0], &[2.0]).unwrap();
        let error = numbers.decision().unwrap_err().to_string();
        let expected = "target: found numbers, expected a class, or one event that happens or not; \
                        choose a metric that fits the model's head";
        assert_eq!(error, expected);
        let two = Observation::of_events(&[0.5; 2], &[1.0; 2]).unwrap();
        let error = two.decision().unwrap_err().to_string();
        assert!(error.starts_with("target: found 2 events at once, expected a class"), "{error}");
        let class = Observation::of_class(&[1.0], 0).unwrap();
        assert!(class.numbers().unwrap_err().to_string().starts_with("target: found a class"));
    }
}
