//! Layers that are trained differently from the rest.

use crate::error::{Error, Result};
use crate::parameters::NamedTensor;

/// Learning rates, decay and freezing by layer, for any [`Model`](super::Model).
///
/// A layer has the name of its tensors in files: `hidden` for `hidden.weight` and `hidden.bias`. A
/// single tensor can be named as well, and `deep` names everything inside it. A name that no tensor
/// has is an error before anything is trained. If two settings apply to a tensor, the later one
/// wins. (For a declared network the compiler checks the names: [`Fit::rate`](super::Fit::rate),
/// [`Fit::decay`](super::Fit::decay), [`Fit::freeze`](super::Fit::freeze).)
///
/// ```
/// use nn::data::Dataset;
/// use nn::prelude::*;
/// use nn::{Groups, Show};
///
/// network! { struct Curve { hidden: dense(1 -> 8, tanh), output: dense(1) } }
///
/// let data = Dataset::new(vec![[0.0], [1.0]], vec![[1.0], [3.0]])?;
/// let mut curve = Curve::init(1);
/// let before = *curve.hidden().weight;
/// let groups = Groups::new().freeze("hidden").rate("output.bias", 0.5);
/// fit(&mut curve, &data).groups(groups).show(Show::Nothing).run()?;
/// assert_eq!(*curve.hidden().weight, before);
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    settings: Vec<(String, Setting)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Setting {
    Rate(f64),
    Decay(f64),
    Frozen,
}

impl Groups {
    /// No settings: every layer is trained the same way.
    pub fn new() -> Self {
        Self::default()
    }

    /// Multiplies the learning rate of this layer by `factor`.
    #[must_use]
    pub fn rate(self, layer: impl Into<String>, factor: f64) -> Self {
        self.with(layer.into(), Setting::Rate(factor))
    }

    /// Multiplies the weight decay of this layer by `factor`; 0 turns it off. The optimizer must
    /// have a weight decay.
    #[must_use]
    pub fn decay(self, layer: impl Into<String>, factor: f64) -> Self {
        self.with(layer.into(), Setting::Decay(factor))
    }

    /// Freezes this layer: its parameters and its running state, such as running means, do not
    /// change. (In training, batch norm still normalizes by the batch.)
    #[must_use]
    pub fn freeze(self, layer: impl Into<String>) -> Self {
        self.with(layer.into(), Setting::Frozen)
    }

    /// Appends the other settings to these.
    #[must_use]
    pub(super) fn and(mut self, others: Self) -> Self {
        self.settings.extend(others.settings);
        self
    }

    fn with(mut self, layer: String, setting: Setting) -> Self {
        self.settings.push((layer, setting));
        self
    }

    /// Whether every layer is trained the same way.
    pub(super) fn is_empty(&self) -> bool {
        self.settings.is_empty()
    }

    /// Writes the settings into the tensors, and returns which are frozen. `decays` says whether
    /// the optimizer, named `rule`, has a weight decay.
    ///
    /// # Errors
    ///
    /// If no tensor has a name, a factor is negative or not finite, there is no weight decay to
    /// scale, or everything is frozen.
    pub(super) fn apply(
        &self,
        tensors: &mut [NamedTensor],
        rule: &str,
        decays: bool,
    ) -> Result<Vec<usize>> {
        let mut frozen = Vec::new();
        for (layer, setting) in &self.settings {
            let mut is_there = false;
            for (at, tensor) in tensors.iter_mut().enumerate() {
                if !is_in(&tensor.name, layer) {
                    continue;
                }
                is_there = true;
                match *setting {
                    Setting::Rate(factor) => tensor.rate = checked("rate", layer, factor)?,
                    Setting::Decay(factor) => tensor.decay = checked("decay", layer, factor)?,
                    Setting::Frozen => {
                        tensor.trained = false;
                        frozen.push(at);
                    }
                }
            }
            if !is_there {
                return Err(unknown(layer, tensors));
            }
            if matches!(setting, Setting::Decay(_)) && !decays {
                return Err(Error::value(
                    format!("decay of layer `{layer}`"),
                    format!("the optimizer {rule}, which has no weight decay"),
                    "one that has",
                    "choose another optimizer, such as `AdamW`, or leave the decay out",
                ));
            }
        }
        if !self.is_empty() && !tensors.iter().any(|tensor| tensor.trained) {
            return Err(Error::value(
                "frozen layers",
                "all of them",
                "at least one that is trained",
                "freeze fewer",
            ));
        }
        Ok(frozen)
    }
}

/// Whether the tensor has this name, or is inside the layer of this name.
fn is_in(tensor: &str, layer: &str) -> bool {
    let rest = tensor.strip_prefix(layer);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn checked(what: &str, layer: &str, factor: f64) -> Result<f64> {
    if factor >= 0.0 && factor.is_finite() {
        return Ok(factor);
    }
    Err(Error::value(
        format!("factor on the {what} of layer `{layer}`"),
        factor.to_string(),
        "a finite number from 0",
        "1 changes nothing",
    ))
}

fn unknown(layer: &str, tensors: &[NamedTensor]) -> Error {
    let layer_of =
        |name: &'_ str| name.rsplit_once('.').map_or(name, |(layer, _)| layer).to_owned();
    let mut layers: Vec<String> = tensors.iter().map(|tensor| layer_of(&tensor.name)).collect();
    layers.dedup();
    Error::value(
        "layer",
        format!("`{layer}`"),
        format!("one of `{}`", layers.join("`, `")),
        "name a layer as its tensors are named in files",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensors() -> Vec<NamedTensor> {
        let names = ["deep.0.weight", "deep.0.bias", "deep.1.weight", "deeper.weight"];
        names.iter().enumerate().map(|(at, name)| NamedTensor::new(*name, &[1], at)).collect()
    }

    #[test]
    fn a_layer_is_all_that_is_inside_it_and_the_later_setting_counts() {
        let mut tensors = tensors();
        let groups = Groups::new().rate("deep", 0.5).rate("deep.0.bias", 2.0).freeze("deeper");
        groups.apply(&mut tensors, "sgd", false).unwrap();
        let rates: Vec<f64> = tensors.iter().map(|tensor| tensor.rate).collect();
        assert_eq!(rates, [0.5, 2.0, 0.5, 1.0]);
        let trained: Vec<bool> = tensors.iter().map(|tensor| tensor.trained).collect();
        assert_eq!(trained, [true, true, true, false]);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let refused = |groups: Groups, says: &[&str]| {
            let error = groups.apply(&mut tensors(), "adam", false).unwrap_err().to_string();
            says.iter().for_each(|part| assert!(error.contains(part), "{error}"));
        };
        refused(Groups::new().freeze("dee"), &["`dee`", "`deep.0`, `deep.1`, `deeper`"]);
        refused(Groups::new().freeze(""), &["layer"]);
        refused(Groups::new().rate("deep", f64::NAN), &["rate of layer `deep`", "NaN"]);
        refused(Groups::new().rate("deep", -1.0), &["-1"]);
        refused(Groups::new().decay("deep", 0.0), &["adam", "AdamW"]);
        refused(Groups::new().freeze("deep").freeze("deeper"), &["all of them"]);
        let error = Groups::new().decay("deep", f64::INFINITY).apply(&mut tensors(), "adamw", true);
        assert!(error.unwrap_err().to_string().contains("decay of layer `deep`"));
    }
}
