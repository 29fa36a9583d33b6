//! A record in the model's file of how the model was trained, so that the training can be
//! reproduced.

use std::path::{Path, PathBuf};

use tensor::Float as _;

use super::Fit;
use super::checkpoint::{Conditions, Rates};
use super::model::Model;
use crate::data::Fingerprint;
use crate::error::{Error, Result};
use crate::file::{FORMAT, load_all, save_all};
use crate::optim::Optimizer;

impl<M: Model, O: Optimizer<M::Float>> Fit<'_, M, O> {
    /// Writes the model that [`Fit::run`] returns to a file, as
    /// [`Checkpoint::save`](crate::Checkpoint::save) does, with a record of the training:
    /// fingerprints of data and initial weights, settings and seeds. [`Fit::verify`] reproduces it.
    /// Inputs that cannot be compared (rows that a closure computes, the effect of an observer
    /// without a name) are listed in the record as unchecked.
    ///
    /// ```
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    /// use nn::Show;
    ///
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// let data = Dataset::new(vec![[0.0], [1.0]], vec![[1.0], [3.0]])?;
    /// let path = std::env::temp_dir().join("nn-line-made.safetensors");
    /// fit(&mut Line::init(1), &data).epochs(20).seed(5).show(Show::Nothing).save_to(&path).run()?;
    ///
    /// // Someone else, on another machine, with another number of threads:
    /// fit(&mut Line::init(1), &data).epochs(20).seed(5).show(Show::Nothing).verify(&path)?;
    /// let error = fit(&mut Line::init(1), &data).epochs(20).seed(6).verify(&path).unwrap_err();
    /// assert!(error.to_string().contains("found seed 5, expected seed 6"));
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn save_to(mut self, path: impl Into<PathBuf>) -> Self {
        self.saves_to = Some(path.into());
        self
    }

    /// Trains, and compares the result with the file that the same training [wrote](Fit::save_to);
    /// `Ok` if all bits agree. Checkpoints are neither read nor written. The model is then the
    /// reproduced one.
    ///
    /// # Errors
    ///
    /// If the file has no record of its training, or something differs. Settings, data and initial
    /// weights are compared before anything is trained; afterwards the error names the first tensor
    /// whose bits differ. Otherwise as [`Fit::run`].
    pub fn verify(mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        self.check_alone("a verification")?;
        let made = Made::read(path, &self)?;
        self.checkpoints = None;
        self.saves_to = None;
        self.train(|model, _| made.compare(path, model))
    }
}

/// The record of a training.
pub(super) struct Recipe {
    conditions: Conditions,
}

impl Recipe {
    pub(super) fn of<M: Model, O: Optimizer<M::Float>>(fit: &Fit<'_, M, O>) -> Self {
        let mut conditions = fit.conditions();
        conditions.add("network", fit.model.architecture());
        conditions.add("first weights", format!("{:016x}", hash(fit.model)));
        conditions.add("epochs", fit.epochs);
        let steps = fit.data.len().div_ceil(fit.batch_size.max(1)) * fit.epochs;
        let rates = Rates::of(&*fit.schedule, steps as u64, steps as u64);
        conditions.add("schedule", rates.text());
        Recipe { conditions }
    }

    /// The text that ranks of one training compare.
    pub(super) fn text(&self) -> String {
        self.conditions.text()
    }

    /// Writes the model and the record.
    pub(super) fn save<M: Model>(&self, path: &Path, model: &M) -> Result<()> {
        let (name, architecture) = (model.name(), model.architecture());
        let (made, unchecked) = (self.conditions.text(), self.conditions.unchecked.join(", "));
        let more = model.texts();
        let mut texts = vec![
            ("architecture", &architecture[..]),
            ("format", FORMAT),
            ("made_by", &made),
            ("made_by_unchecked", &unchecked),
            ("network", &name),
        ];
        texts.extend(more.iter().map(|(key, text)| (*key, &text[..])));
        texts.sort_unstable();
        let tensors = model.tensors().into_iter().map(|tensor| {
            let range = tensor.range();
            (tensor.name, tensor.shape, &model.flat()[range])
        });
        save_all(path, &texts, &tensors.collect::<Vec<_>>())
            .map_err(|error| error.advising("the training is complete, and the network is trained"))
    }
}

/// The record in a model's file.
struct Made<T> {
    tensors: Vec<(String, Vec<usize>, Vec<T>)>,
    unchecked: String,
}

impl<T: tensor::Float> Made<T> {
    /// Reads the file, and compares its record with the training to come.
    fn read<M: Model<Float = T>, O: Optimizer<T>>(
        path: &Path,
        fit: &Fit<'_, M, O>,
    ) -> Result<Self> {
        let keys = ["made_by", "made_by_unchecked"];
        let (mut texts, tensors) = load_all::<T>(path, &keys)?;
        let Some(made) = texts.remove("made_by") else {
            return Err(Error::file(
                path,
                "metadata",
                "no record of its training",
                "the settings of a training, under `made_by`",
                "only what `fit(…).save_to(path)` wrote can be verified",
            ));
        };
        let advice = "train in the same way: with the same data, settings and seeds";
        Recipe::of(fit).conditions.compare(path, &made, advice)?;
        let unchecked = texts.remove("made_by_unchecked").unwrap_or_default();
        Ok(Made { tensors, unchecked })
    }

    /// Refuses a model whose bits differ.
    fn compare<M: Model<Float = T>>(&self, path: &Path, model: &M) -> Result<()> {
        for tensor in model.tensors() {
            let now = &model.flat()[tensor.range()];
            let saved = self.tensors.iter().find(|(name, ..)| *name == tensor.name);
            let saved = saved.map_or(&[][..], |(_, _, values)| values);
            let differs = |at: &usize| {
                let bits = |values: &[T]| values.get(*at).map(|x| x.as_f64().to_bits());
                bits(now) != bits(saved)
            };
            let Some(at) = (0..now.len().max(saved.len())).find(differs) else { continue };
            let show = |values: &[T]| values.get(at).map_or("nothing".into(), T::to_string);
            let mut advice =
                "the file was changed, or written by another version of this crate".to_owned();
            if !self.unchecked.is_empty() {
                advice += &format!(", or something unchecked differs: {}", self.unchecked);
            }
            return Err(Error::file(
                path,
                format!("element {at} of tensor `{}`", tensor.name),
                show(saved),
                format!("{}, as this training computes it", show(now)),
                advice,
            ));
        }
        Ok(())
    }
}

/// A hash of all numbers of a model's tensors.
fn hash<M: Model>(model: &M) -> u64 {
    let mut hash = Fingerprint::new();
    for tensor in model.tensors() {
        model.flat()[tensor.range()].iter().for_each(|x| hash.add(x.as_f64().to_bits()));
    }
    hash.value()
}
