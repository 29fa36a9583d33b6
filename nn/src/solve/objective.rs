//! The loss of a model on a whole data set, as a function of its parameters alone.

use std::borrow::Cow;

use tensor::Float as _;
use tensor::threads::Threads;

use crate::data::{Source, weights_of};
use crate::error::{Error, Result};
use crate::model::{Batch, Model, Run};
use crate::parameters::{NamedTensor, TensorKind};
use crate::train::preconditions::check_weighted;

/// All rows, in one batch.
pub(super) struct Rows<'a, M: Model> {
    pub(super) inputs: Cow<'a, [M::Input]>,
    pub(super) targets: Cow<'a, [M::Target]>,
    /// With a mean of 1; empty if the rows are unweighted.
    pub(super) weights: Vec<f64>,
}

impl<'a, M: Model> Rows<'a, M> {
    /// The rows as the layers see them, after the encoder has been fitted to them.
    pub(super) fn adapted(
        model: &mut M,
        data: &'a dyn Source<M::Input, M::Target>,
        threads: &Threads,
    ) -> Result<Self> {
        let mut rows = Self::of(model, data, threads)?;
        if model.encodes() && model.check_adapted().is_err() {
            model.find_encoding(data, threads)?;
        }
        model.take_names(data)?;
        if model.encodes() {
            model.encode(rows.inputs.to_mut(), threads);
        }
        Ok(rows)
    }

    /// The rows of `data`, which the model must allow.
    pub(super) fn of(
        model: &M,
        data: &'a dyn Source<M::Input, M::Target>,
        threads: &Threads,
    ) -> Result<Self> {
        check_weighted(model, "", data)?;
        model.check_rows("", data, threads)?;
        let mut weights = Vec::new();
        weights_of(data, 0..data.len(), &mut weights);
        if let Some((inputs, targets)) = data.in_memory() {
            let (inputs, targets) = (Cow::Borrowed(inputs), Cow::Borrowed(targets));
            return Ok(Rows { inputs, targets, weights });
        }
        let all: Vec<usize> = (0..data.len()).collect();
        let (mut inputs, mut targets) = (Vec::new(), Vec::new());
        data.fill(&all, &mut inputs, &mut targets, threads);
        Ok(Rows { inputs: Cow::Owned(inputs), targets: Cow::Owned(targets), weights })
    }
}

impl<M: Model> Rows<'_, M> {
    fn batch(&self) -> Batch<'_, M> {
        Batch { inputs: &self.inputs, targets: &self.targets, weights: &self.weights }
    }
}

/// Loss and gradient of a model on rows.
pub(super) struct Objective<'a, M: Model> {
    pub(super) model: &'a mut M,
    pub(super) rows: Rows<'a, M>,
    pub(super) threads: Threads,
    /// The ranges of the trained tensors, without the gaps between them.
    places: Vec<std::ops::Range<usize>>,
    loss: M::Loss,
    workspace: M::Workspace,
    gradient: Vec<M::Float>,
}

impl<'a, M: Model> Objective<'a, M> {
    /// Rejects a model whose loss is not a function of its parameters alone.
    pub(super) fn new(
        solver: &str,
        model: &'a mut M,
        rows: Rows<'a, M>,
        loss: M::Loss,
        threads: Threads,
    ) -> Result<Self> {
        let tensors = model.tensors();
        if let Some(kept) = tensors.iter().find(|tensor| tensor.kind == TensorKind::State) {
            return Err(Error::value(
                format!("model for {solver}"),
                format!("`{}`, a running statistic of the batches", kept.name),
                "parameters that are all trained",
                "leave the layer out or use another norm, such as layer_norm; or train with `fit`",
            ));
        }
        let trained = tensors.iter().filter(|tensor| tensor.trained);
        let places: Vec<_> = trained.map(NamedTensor::range).collect();
        let gradient = vec![M::Float::of(0.0); model.flat().len()];
        let workspace = M::Workspace::default();
        let mut objective = Objective { model, rows, threads, places, loss, workspace, gradient };
        // Dropout is a function of the step; this loss must not depend on it.
        let first = objective.loss_at(0)?;
        for step in 1..4 {
            let other = objective.loss_at(step)?;
            if other.to_bits() != first.to_bits() {
                return Err(Error::value(
                    format!("loss of {} for {solver}", objective.model.name()),
                    format!("{first}, then {other} for the same parameters"),
                    "a function of the parameters alone",
                    "leave out layers that draw random numbers, such as dropout; or train with \
                     `fit`",
                ));
            }
        }
        if !first.is_finite() {
            let advice = "the parameters are unchanged; check them, and that inputs and targets \
                          are scaled to about 1";
            return Err(Error::diverged(
                "loss before the first iteration",
                first.to_string(),
                advice,
            ));
        }
        Ok(objective)
    }

    /// The trained parameters, without gaps.
    pub(super) fn parameters(&self) -> Vec<f64> {
        let flat = self.model.flat();
        self.places.iter().flat_map(|place| &flat[place.clone()]).map(|p| p.as_f64()).collect()
    }

    /// Sets the trained parameters.
    pub(super) fn set(&mut self, parameters: &[f64]) {
        let flat = self.model.flat_mut();
        let numbers = self.places.iter().flat_map(|place| place.clone());
        numbers.zip(parameters).for_each(|(at, &p)| flat[at] = M::Float::of(p));
    }

    /// Collects the numbers that belong to [`Objective::parameters`] from a buffer in the flat
    /// layout.
    pub(super) fn collect(places: &[std::ops::Range<usize>], flat: &[M::Float], into: &mut [f64]) {
        let numbers = places.iter().flat_map(|place| &flat[place.clone()]);
        numbers.zip(into).for_each(|(x, into)| *into = x.as_f64());
    }

    /// The ranges of the trained parameters in the flat buffer.
    pub(super) fn places(&self) -> &[std::ops::Range<usize>] {
        &self.places
    }

    /// The loss at these parameters, and its gradient.
    pub(super) fn evaluate(&mut self, parameters: &[f64], gradient: &mut [f64]) -> Result<f64> {
        self.set(parameters);
        let loss = self.loss_at(0)?;
        let batch = self.rows.batch();
        self.model.gradient(batch, &mut self.workspace, &mut self.gradient);
        Self::collect(&self.places, &self.gradient, gradient);
        Ok(loss)
    }

    /// The loss at the model's parameters, with the random numbers that layers draw at this step.
    fn loss_at(&mut self, step: u64) -> Result<f64> {
        let batch = self.rows.batch();
        let run = Run { step, ..Run::new(&self.threads) };
        let loss = self.model.differentiate(batch, &mut self.loss, &mut self.workspace, &run)?;
        Ok(loss.as_f64())
    }
}
