//! Training declared networks: forward, backward, gradient and update by the static driver.
//!
//! The rows of a batch go through the whole forward and backward pass in parallel, independently of
//! one another. Where it pays, they go through the first layer's product in a pipeline instead, so
//! that each thread has its own rows of that weight. Then the flat gradient is computed in slices,
//! each with its full sum over the batch, and a slice of the parameters is updated as soon as its
//! gradient is complete, while both are in the cache. A step thus has two or three parallel
//! sections, and its bits do not depend on the number of threads.

mod division;

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use tensor::product::{Matrix, SharedFinish, product_in_stages, rows_per_thread};
use tensor::threads::Threads;
use tensor::{Buffer, Float};

use division::Declared;
pub(crate) use division::{Divided, Division, Parts};

use super::adapt::{Adapted, with_rows};
use super::model::{Batch, Model, Run, Whole};
use super::preconditions::{check_batch, check_independent, check_last_batch};
use super::update::{Update, is_frozen, update_stretch};
use crate::data::{Fingerprint, Source, portions};
use crate::error::Result;
use crate::file::texts;
use crate::head::Head as _;
use crate::labels::Labels;
use crate::layer::{FirstSums, Inference as _, Layer, Pass, Sums, largest_dropout_rate};
use crate::loss::{DynLoss, LossRows, TrainedWith, boxed, mean, mean_scale, weigh};
use crate::metric::{Evaluation, Metrics, check_rows};
use crate::network::{
    DefaultLossOf, Network, Units, check_class_names, declaration, encode_rows, place_of_units,
    take_words, tensors,
};
use crate::optim::{Optimizer, Stretch};
use crate::parameters::NamedTensor;
use crate::row::Row;
use crate::words::Words;

/// A loss that fits the head of the network `N`.
pub struct LossOf<N: Network>(pub(crate) Box<dyn DynLoss<N::Float, N::Head>>);

impl<N: Network> LossOf<N> {
    /// Wraps this loss.
    pub(crate) fn new<L>(loss: L) -> Self
    where
        N::Head: TrainedWith<N::Float, L>,
    {
        LossOf(boxed(N::Head::into_loss(loss)))
    }
}

impl<N: Network> Default for LossOf<N> {
    fn default() -> Self {
        LossOf(boxed(DefaultLossOf::<N>::default()))
    }
}

impl<N: Network> fmt::Debug for LossOf<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The static driver's buffers for a batch.
#[derive(Debug)]
pub struct NetworkWorkspace<T: Float> {
    /// Workspaces of the layers.
    layers: Buffer<T>,
    /// The loss of each row.
    losses: Buffer<T>,
    /// Number of rows of the batch.
    rows: usize,
    /// How the work on this batch is divided.
    division: Division,
}

impl<T: Float> Default for NetworkWorkspace<T> {
    fn default() -> Self {
        NetworkWorkspace {
            layers: Buffer::zeroed(0),
            losses: Buffer::zeroed(0),
            rows: 0,
            division: Division::default(),
        }
    }
}

impl<N: Network> Model for N {
    type Float = N::Float;
    type Input = N::Input;
    type Target = N::Target;
    type Loss = LossOf<N>;
    type Workspace = NetworkWorkspace<Self::Float>;

    fn tensors(&self) -> Vec<NamedTensor> {
        tensors::<N>()
    }

    fn flat(&self) -> &[Self::Float] {
        self.parameters().as_slice()
    }

    fn flat_mut(&mut self) -> &mut [Self::Float] {
        self.parameters_mut().as_mut_slice()
    }

    fn outputs(&self, inputs: &[Self::Input], threads: &Threads) -> Vec<Self::Float> {
        let mut outputs = N::Output::zeroed_rows(inputs.len());
        self.predict_into(inputs, &mut outputs, threads);
        Row::flatten(&outputs).to_vec()
    }

    fn encodes(&self) -> bool {
        N::Layers::ENCODES
    }

    fn encode(&self, inputs: &mut Vec<Self::Input>, threads: &Threads) {
        if const { N::Layers::ENCODES } {
            let rows = rows_per_thread(inputs.len(), threads);
            let parameters = self.flat();
            threads.for_each(inputs.chunks_mut(rows), |rows| encode_rows::<N>(parameters, rows));
        }
    }

    fn find_encoding(
        &mut self,
        data: &dyn Source<Self::Input, Self::Target>,
        threads: &Threads,
    ) -> Result<Adapted> {
        if const { !N::Layers::ENCODES } {
            return Ok(Adapted::default());
        }
        check_rows::<N>("", data, threads)?;
        let mut columns = Vec::new();
        with_rows(data, N::INPUTS, threads, Row::flatten, |seen| {
            N::Layers::adapt(self.flat_mut(), seen, &mut |found| columns.extend(found));
        })?;
        if let Some(place) = const { place_of_units::<N>() } {
            Units::find(self.flat_mut(), place, |see| {
                portions(data, threads, |_, _, targets| {
                    targets.iter().for_each(|target| {
                        N::Head::see_numbers(target, see);
                    });
                    Ok(())
                })
            })?;
        }
        if let Some(words) = data.words() {
            self.take_words(words);
        }
        Ok(Adapted::of(data.len(), columns, N::INFO, self.parameters()))
    }

    fn weighs_rows(&self) -> bool {
        true
    }

    fn dropout_rate(&self) -> Option<f64> {
        largest_dropout_rate(N::INFO)
    }

    fn label_smoothing(&self, LossOf(loss): &LossOf<N>) -> Option<f64> {
        loss.label_smoothing()
    }

    fn weight_sums(&self, batch: Batch<'_, Self>, LossOf(loss): &LossOf<N>, sums: &mut Vec<f64>) {
        loss.weight_sums(batch.targets, batch.weights, sums);
    }

    /// Forward pass, loss and backward pass of all rows.
    fn differentiate(
        &self,
        Batch { inputs, targets, weights }: Batch<'_, Self>,
        LossOf(loss): &mut LossOf<N>,
        workspace: &mut Self::Workspace,
        &Run { threads, seed, step, first_row: start, whole, dropout, smoothing }: &Run<'_>,
    ) -> Result<Self::Float> {
        let rows = check_batch(inputs.len(), targets.len(), N::Layers::COUPLED)?;
        // Number of rows that the mean is over, and the index of these rows among them.
        let (first, all) = Whole::place(whole, start, rows);
        if workspace.losses.len() < all {
            workspace.losses = Buffer::stale(all);
        }
        let needed = N::Layers::workspace_len::<Self::Float>(rows);
        if workspace.layers.len() < needed {
            workspace.layers = Buffer::stale(needed);
        }
        workspace.rows = rows;
        workspace.division = Division::of(Declared::<N>::new(), rows, threads);
        let NetworkWorkspace { layers, losses, division, .. } = workspace;
        let parameters = self.flat();
        let scale = mean_scale(all);
        let standardized: Vec<N::Target>;
        let targets = match Units::of::<N>(parameters) {
            None => targets,
            Some(units) => {
                let one = |target| N::Head::map_numbers(target, |t| units.standardized(t));
                standardized = targets.iter().map(one).collect();
                &standardized
            }
        };
        match whole {
            None => loss.begin_batch(targets, weights),
            // The mean over a part is weighted by its fraction of the rows later, or is one over
            // all rows.
            Some(whole) => loss.begin_part(whole.rows, whole.sums),
        }
        let loss = &**loss;

        let mut layers = N::Layers::workspace(&mut &mut layers[..], rows);
        if division.depth > 0
            && let Some(sums) = N::Layers::first_sums(parameters, &mut layers)
        {
            compute_first_sums::<N>(sums, inputs, division);
        }

        let pass = |row| {
            let first_row = start + row;
            Pass::Training { seed, step, first_row, layer: 0, dropout }
        };
        let part = |mut layers, x, targets, weights, losses: &mut [N::Float], pass| {
            N::Layers::forward(parameters, Row::flatten(x), &mut layers, pass);
            let end = N::Layers::output_grad(&mut layers);
            let (logits, gradient) = (end.y, &mut *end.gradient);
            let (to_losses, to_gradient) = (&mut *losses, &mut *gradient);
            loss.evaluate(LossRows {
                logits,
                targets,
                scale,
                losses: to_losses,
                gradient: to_gradient,
                smoothing,
            });
            weigh(losses, gradient, weights);
            end.apply_derivative();
            N::Layers::backward(parameters, &mut layers, None);
        };
        let all_losses = &mut losses[..all];
        let losses = &mut all_losses[first..first + rows];
        if division.rows >= rows {
            part(layers, inputs, targets, weights, &mut *losses, pass(0));
        } else {
            let mut rest = Some((layers, inputs, targets, weights, &mut *losses));
            let mut first_row = 0;
            // The batch in parts, one per thread.
            let parts = std::iter::from_fn(|| {
                let (layers, inputs, targets, weights, losses) = rest.take()?;
                let count = division.rows.min(inputs.len());
                let (layers, more_layers) = N::Layers::split(layers, count);
                let (x, more_inputs) = inputs.split_at(count);
                let (t, more_targets) = targets.split_at(count);
                let (w, more_weights) = weights.split_at(count.min(weights.len()));
                let (losses, more_losses) = losses.split_at_mut(count);
                if !more_inputs.is_empty() {
                    rest =
                        Some((more_layers, more_inputs, more_targets, more_weights, more_losses));
                }
                let pass = pass(first_row);
                first_row += count as u64;
                Some((layers, x, t, w, losses, pass))
            });
            let threads = &division.threads;
            threads.for_each(parts, |(layers, x, targets, weights, losses, pass)| {
                part(layers, x, targets, weights, losses, pass);
            });
        }

        if !Sums::of_rows(first, rows, all).end {
            return Ok(mean(losses));
        }
        let mut loss = mean(all_losses);
        if let Some(penalty) = N::Layers::penalty(parameters) {
            loss = loss + penalty;
        }
        Ok(loss)
    }

    fn gradient(
        &self,
        batch: Batch<'_, Self>,
        workspace: &mut Self::Workspace,
        gradient: &mut [Self::Float],
    ) {
        self.sum_gradient(batch, workspace, gradient, Sums::WHOLE);
    }

    fn check_micro_batches(&self) -> Result<()> {
        check_independent(N::NAME, N::Layers::COUPLED)
    }

    fn sum_gradient(
        &self,
        batch: Batch<'_, Self>,
        workspace: &mut Self::Workspace,
        gradient: &mut [Self::Float],
        sums: Sums,
    ) {
        let (x, parameters) = (Row::flatten(batch.inputs), self.flat());
        let NetworkWorkspace { layers, division, .. } = workspace;
        let layers = &N::Layers::workspace(&mut &mut layers[..], batch.inputs.len());
        gradient[..const { N::INFO.first_start() }].fill(Self::Float::of(0.0));
        let mut gradient = Parts::of(Declared::<N>::new(), division, gradient);
        let parts = division
            .stretches(Declared::<N>::new())
            .map(|stretch| (stretch.start, gradient.take(&stretch)));
        division.threads.for_each(parts, |(from, gradient)| {
            let parameters = &parameters[from..][..gradient.len()];
            N::Layers::gradient(parameters, x, layers, from, gradient, sums);
        });
    }

    /// Computes the gradient slice by slice, and updates the same slice of the parameters after
    /// each. The buffer is reused for the next slice, and so stays in the cache.
    fn update<O: Optimizer<Self::Float>>(
        &mut self,
        batch: Batch<'_, Self>,
        workspace: &mut Self::Workspace,
        Update { rule, step, memory, tensors, has_groups, .. }: Update<'_, Self::Float, O>,
    ) -> bool {
        let x = Row::flatten(batch.inputs);
        let NetworkWorkspace { layers, division, .. } = workspace;
        let layers = &N::Layers::workspace(&mut &mut layers[..], batch.inputs.len());
        // The buffer is large enough for every slice, so that it does not matter which ones a
        // thread had before.
        let longest = division.stretches(Declared::<N>::new()).map(|stretch| stretch.len()).max();
        let mut parameters = Parts::of(Declared::<N>::new(), division, self.flat_mut());
        let mut memory = Parts::each(Declared::<N>::new(), division, memory);
        let parts = division.stretches(Declared::<N>::new()).map(|stretch| {
            let memory = Parts::take_each(&mut memory, &stretch);
            (stretch.start, parameters.take(&stretch), memory)
        });
        let descent = if has_groups { None } else { rule.descent(step) };
        let finite = AtomicBool::new(true);
        division.threads.for_each(parts, |(from, parameters, memory)| {
            let is_finite = match descent {
                Some(rate) => N::Layers::descend(parameters, x, layers, from, rate),
                None if has_groups && is_frozen(tensors, from, parameters.len()) => true,
                None => {
                    let mut gradient = Buffer::stale(longest.unwrap_or(0));
                    let gradient = &mut gradient[..parameters.len()];
                    N::Layers::gradient(parameters, x, layers, from, gradient, Sums::WHOLE);
                    let stretch = Stretch { parameters, gradient, memory, tensor: None };
                    let trained = trained::<N>(from, stretch.gradient.len());
                    update_stretch((rule, step), from, stretch, (tensors, has_groups), trained)
                }
            };
            if !is_finite {
                finite.store(false, Ordering::Relaxed);
            }
        });
        finite.into_inner()
    }

    fn update_state(&mut self, workspace: &mut Self::Workspace) {
        if const { N::INFO.has_state() } {
            let layers = N::Layers::workspace(&mut &mut workspace.layers[..], workspace.rows);
            N::Layers::update_state(self.flat_mut(), &layers);
        }
    }

    fn name(&self) -> String {
        N::NAME.to_owned()
    }

    fn take_class_names(&mut self, names: &Labels) -> Result<()> {
        self.name_classes(names)
    }

    fn take_words(&mut self, words: &Words) {
        take_words(N::INFO, self.parameters_mut(), words);
    }

    fn texts(&self) -> Vec<(&'static str, String)> {
        texts(self)
    }

    fn architecture(&self) -> String {
        declaration::<N>().as_str().to_owned()
    }

    fn check_rows(
        &self,
        which: &str,
        data: &dyn Source<Self::Input, Self::Target>,
        threads: &Threads,
    ) -> Result<()> {
        check_class_names(N::NAME, self.class_names(), which, data.class_names())?;
        check_rows::<N>(which, data, threads)
    }

    fn fingerprint(&self, data: &dyn Source<Self::Input, Self::Target>) -> Option<u64> {
        let mut fingerprint = Fingerprint::new();
        let mut add = |number: f64| fingerprint.add(number.to_bits());
        let mut seen = true;
        let one = Threads::new(1);
        // Row by row, so that the sizes of the blocks do not matter.
        let read = portions(data, &one, |_, inputs, targets| {
            for (x, target) in inputs.iter().zip(targets) {
                x.as_slice().iter().for_each(|x: &Self::Float| add(x.as_f64()));
                seen &= N::Head::see_numbers(target, &mut add);
            }
            Ok(())
        });
        (read.is_ok() && seen).then(|| fingerprint.value())
    }

    /// Batch norm cannot train on a batch of one row.
    fn check_batch_size(&self, rows: usize, batch_size: usize) -> Result<()> {
        check_last_batch(rows, batch_size, N::Layers::COUPLED)
    }

    fn step_threads(&self, rows: usize, threads: &Threads) -> Threads {
        Division::of(Declared::<N>::new(), rows, threads).threads
    }

    fn validate(
        &self,
        data: &dyn Source<Self::Input, Self::Target>,
        loss: &mut Self::Loss,
        threads: &Threads,
    ) -> Result<Metrics> {
        Evaluation::of(self, data).threads(threads).metrics_by(&mut *loss.0)
    }
}

/// All rows by all threads, each of which has its own rows of the first weight.
fn compute_first_sums<N: Network>(
    sums: FirstSums<'_, N::Float>,
    inputs: &[N::Input],
    division: &Division,
) {
    let FirstSums { weight, start, sums, finish } = sums;
    let x = Matrix::new(Row::flatten(inputs), inputs.len(), N::INPUTS);
    let weight = Matrix::new(weight, N::INPUTS, weight.len() / N::INPUTS);
    let apply =
        finish.map(|function| move |_: usize, values: &mut [N::Float]| function.apply(values));
    let finish = apply.as_ref().map(|apply| apply as SharedFinish<'_, N::Float>);
    product_in_stages(&division.threads, x, weight, division.depth, start, sums, finish);
}

/// The trained parts of the `len` parameters starting at `from`, counted from there.
fn trained<N: Network>(from: usize, len: usize) -> impl Iterator<Item = Range<usize>> {
    let mut at = from;
    std::iter::from_fn(move || {
        if const { !N::INFO.has_state() } {
            let part = at - from..len;
            at = from + len;
            return (!part.is_empty()).then_some(part);
        }
        let start = N::INFO.trained_from(at);
        at = N::INFO.state_from(start).min(from + len);
        (start < at).then(|| start - from..at - from)
    })
}
