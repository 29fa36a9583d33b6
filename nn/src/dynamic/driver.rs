//! Training of networks that are read at run time: the steps of `train/network`, with layers as
//! trait objects.

use std::sync::atomic::{AtomicBool, Ordering};

use tensor::product::{Matrix, SharedFinish, product_in_stages};
use tensor::threads::Threads;
use tensor::{Buffer, Float};

use super::Dynamic;
use super::loss::DynamicLoss;
use super::network::Network;
use super::part::Part;
use crate::data::{Fingerprint, Source, portions, weights_of};
use crate::error::{Error, InvalidRows, Result};
use crate::labels::Labels;
use crate::layer::{FirstSums, Pass, Sums, Workspace, largest_dropout_rate};
use crate::loss::{LossRows, mean, mean_scale, weigh};
use crate::metric::{Metrics, check_not_empty};
use crate::model::{Adapted, Batch, Model, Run, Whole};
use crate::network::{Units, check_class_names, class_text, take_words, words_text};
use crate::optim::{Optimizer, Stretch};
use crate::parameters::{NamedTensor, all_finite};
use crate::train::adapt::with_rows;
use crate::train::network::{Divided, Division, Parts};
use crate::train::preconditions::{
    check_batch, check_independent, check_last_batch, check_weighted,
};
use crate::train::update::{Update, is_frozen, update_stretch};
use crate::words::Words;

/// The workspace of a batch.
#[derive(Debug)]
pub struct DynamicWorkspace<T: Float> {
    /// The workspaces of the layers.
    memory: Buffer<T>,
    /// The loss of every row.
    losses: Buffer<T>,
    /// Rows of the batch.
    rows: usize,
    /// The largest number of rows that fits in the buffers.
    capacity: usize,
    division: Division,
    /// Empty vectors that are reused for the workspaces, as slices of `memory`: of the batch, and
    /// of its parts.
    room: [Vec<Workspace<'static, T>>; 2],
}

impl<T: Float> Default for DynamicWorkspace<T> {
    fn default() -> Self {
        DynamicWorkspace {
            memory: Buffer::zeroed(0),
            losses: Buffer::zeroed(0),
            rows: 0,
            capacity: 0,
            division: Division::default(),
            room: [Vec::new(), Vec::new()],
        }
    }
}

/// Reuses the allocation of a vector for workspaces of another lifetime.
fn emptied<'a, T>(mut room: Vec<Workspace<'_, T>>) -> Vec<Workspace<'a, T>> {
    room.clear();
    // Collected in place: no allocation.
    room.into_iter().map(|_| unreachable!("it is empty")).collect()
}

/// Calls `work` with the workspaces of a batch of `rows` rows, as slices of `memory`.
fn with_workspaces<T: Float, R>(
    network: &Network<T>,
    memory: &mut [T],
    rows: usize,
    room: &mut Vec<Workspace<'static, T>>,
    work: impl FnOnce(&mut Vec<Workspace<'_, T>>) -> R,
) -> R {
    let mut all = emptied(std::mem::take(room));
    let mut memory = &mut *memory;
    all.extend(
        network
            .sizes
            .iter()
            .map(|&(outputs, extra)| Workspace::take(&mut memory, rows, outputs, extra)),
    );
    let result = work(&mut all);
    *room = emptied(all);
    result
}

impl<T: Float> Divided for &Network<T> {
    fn step_flops(self) -> usize {
        3 * self.info.flops() - self.info.first_flops()
    }

    fn is_coupled(self) -> bool {
        self.part.is_coupled
    }

    fn first_weight(self) -> Option<[usize; 2]> {
        self.info.first_weight()
    }

    fn start(self) -> usize {
        self.info.first_start()
    }

    fn len(self) -> usize {
        self.part.len
    }

    fn next_boundary(self, at: usize) -> usize {
        self.part.next_boundary(at)
    }
}

/// Some rows of a batch during the forward and backward pass.
struct Rows<'r, 'w, T> {
    x: &'r [T],
    targets: &'r [T],
    weights: &'r [f64],
    workspaces: &'r mut [Workspace<'w, T>],
    losses: &'r mut [T],
    first_row: u64,
}

impl<T: Float> Network<T> {
    /// Forward, loss and backward of some rows; `evaluate` computes the loss and its gradient.
    fn pass(
        &self,
        parameters: &[T],
        rows: Rows<'_, '_, T>,
        scale: T,
        run: &Run<'_>,
        evaluate: impl Fn(LossRows<'_, T, T>),
    ) {
        let Rows { x, targets, weights, workspaces: w, losses, first_row } = rows;
        let &Run { seed, step, dropout, smoothing, .. } = run;
        let pass = Pass::Training { seed, step, first_row, layer: 0, dropout };
        self.part.forward(parameters, x, w, pass);
        let end = self.part.output_grad(w);
        let (logits, gradient) = (end.y, &mut *end.gradient);
        evaluate(LossRows {
            logits,
            targets,
            scale,
            losses: &mut *losses,
            gradient: &mut *gradient,
            smoothing,
        });
        weigh(losses, gradient, weights);
        end.apply_derivative();
        self.part.backward(parameters, w, None);
    }

    /// The number of rows in these inputs and targets.
    fn checked_rows(&self, inputs: usize, targets: usize) -> Result<usize> {
        let rows = inputs / self.part.inputs;
        if rows * self.part.inputs != inputs || rows * self.head.targets() != targets {
            return Err(Error::value(
                format!("batch of {}", self.name),
                format!("{inputs} numbers as inputs and {targets} as targets"),
                format!("{} and {} for each row", self.part.inputs, self.head.targets()),
                "give the rows one after the other, each whole",
            ));
        }
        check_batch(rows, rows, self.part.is_coupled)
    }
}

impl<T: Float> Dynamic<T> {
    /// [`Model::differentiate`] with this loss instead of the head's default.
    pub(super) fn differentiate_by(
        &self,
        Batch { inputs, targets, weights }: Batch<'_, Self>,
        workspace: &mut DynamicWorkspace<T>,
        run: &Run<'_>,
        evaluate: impl Fn(LossRows<'_, T, T>) + Sync,
    ) -> Result<T> {
        let (network, threads, start) = (&*self.network, run.threads, run.first_row);
        let rows = network.checked_rows(inputs.len(), targets.len())?;
        let (first, all_rows) = Whole::place(run.whole, start, rows);
        if workspace.losses.len() < all_rows {
            workspace.losses = Buffer::stale(all_rows);
        }
        if workspace.capacity < rows {
            workspace.capacity = rows;
            workspace.memory = Buffer::stale(network.workspace_len(rows));
        }
        workspace.rows = rows;
        workspace.division = Division::of(network, rows, threads);
        let DynamicWorkspace { memory, losses, division, room, .. } = workspace;
        let [whole, parts] = room;
        let (parameters, scale) = (self.flat(), mean_scale(all_rows));
        let all_losses = &mut losses[..all_rows];
        let losses = &mut all_losses[first..first + rows];
        let part = &network.part;
        with_workspaces(network, memory, rows, whole, |all| {
            if division.depth > 0
                && let Some(sums) = part.first_sums(parameters, all)
            {
                compute_first_sums(part, sums, inputs, division);
            }
            if division.rows >= rows {
                let workspaces = &mut all[..];
                let losses = &mut *losses;
                let all =
                    Rows { x: inputs, targets, weights, workspaces, losses, first_row: start };
                return network.pass(parameters, all, scale, run, &evaluate);
            }
            // The batch in parts, one for each thread.
            let mut divided = emptied(std::mem::take(parts));
            let mut rest = rows;
            while rest > 0 {
                let count = division.rows.min(rest);
                rest -= count;
                for (whole, &(outputs, extra)) in all.iter_mut().zip(&network.sizes) {
                    let nothing = Workspace::take(&mut &mut [][..], 0, outputs, no_shared(extra));
                    let (first, others) =
                        std::mem::replace(whole, nothing).split(count, outputs, extra);
                    *whole = others;
                    divided.push(first);
                }
            }
            let each = division.rows;
            let items = divided.chunks_mut(network.sizes.len()).zip(losses.chunks_mut(each));
            let items = items.zip(inputs.chunks(each * part.inputs));
            let items = items.zip(targets.chunks(each * network.head.targets())).enumerate();
            let items = items.map(|(at, (((workspaces, losses), x), targets))| Rows {
                x,
                targets,
                weights: weights.get(at * each..at * each + losses.len()).unwrap_or_default(),
                workspaces,
                losses,
                first_row: start + (at * each) as u64,
            });
            division.threads.for_each(items, |rows| {
                network.pass(parameters, rows, scale, run, &evaluate);
            });
            *parts = emptied(divided);
        });
        if !Sums::of_rows(first, rows, all_rows).end {
            return Ok(mean(losses));
        }
        let mut loss = mean(all_losses);
        if let Some(penalty) = part.penalty(parameters) {
            loss = loss + penalty;
        }
        Ok(loss)
    }
}

impl<T: Float> Model for Dynamic<T> {
    type Float = T;
    type Input = T;
    type Target = T;
    type Loss = DynamicLoss<T>;
    type Workspace = DynamicWorkspace<T>;

    fn tensors(&self) -> Vec<NamedTensor> {
        self.network.tensors.clone()
    }

    fn flat(&self) -> &[T] {
        self.parameters.as_slice()
    }

    fn flat_mut(&mut self) -> &mut [T] {
        self.parameters.as_mut_slice()
    }

    fn encodes(&self) -> bool {
        self.network.part.encodes
    }

    fn encode(&self, inputs: &mut Vec<T>, _threads: &Threads) {
        if self.network.part.encodes {
            *inputs = self.encoded(inputs);
        }
    }

    fn find_encoding(&mut self, data: &dyn Source<T, T>, threads: &Threads) -> Result<Adapted> {
        self.check_rows("", data, threads)?;
        let (network, mut columns) = (self.network.clone(), Vec::new());
        with_rows(
            data,
            network.part.inputs,
            threads,
            |rows| rows,
            |seen| {
                network.part.adapt(self.parameters.as_mut_slice(), seen, &mut columns);
            },
        )?;
        if let Some(place) = network.place_of_units() {
            Units::find(self.parameters.as_mut_slice(), place, |see| {
                portions(data, threads, |_, _, targets| {
                    targets.iter().for_each(|target| see(target.as_f64()));
                    Ok(())
                })
            })?;
        }
        if let Some(words) = data.words() {
            self.take_words(words);
        }
        Ok(Adapted::of(data.len(), columns, network.info, &self.parameters))
    }

    /// # Panics
    ///
    /// If the number of inputs is not a multiple of the row width.
    #[track_caller]
    fn outputs(&self, inputs: &[T], threads: &Threads) -> Vec<T> {
        match self.predict_by(inputs, threads) {
            Ok(outputs) => outputs,
            Err(error) => panic!("{error}"),
        }
    }

    fn weighs_rows(&self) -> bool {
        true
    }

    fn dropout_rate(&self) -> Option<f64> {
        largest_dropout_rate(self.network.info)
    }

    fn label_smoothing(&self, loss: &DynamicLoss<T>) -> Option<f64> {
        loss.label_smoothing()
    }

    fn differentiate(
        &self,
        batch: Batch<'_, Self>,
        loss: &mut DynamicLoss<T>,
        workspace: &mut Self::Workspace,
        run: &Run<'_>,
    ) -> Result<T> {
        let (units, head) = (self.units(), &self.network.head);
        loss.check(&self.network.name, head)?;
        self.differentiate_by(batch, workspace, run, |rows| match units {
            None => loss.evaluate(head, rows),
            Some(units) => {
                let targets = rows.targets.iter().map(|&target| units.standardized(target));
                let targets: Vec<T> = targets.collect();
                loss.evaluate(head, LossRows { targets: &targets, ..rows });
            }
        })
    }

    fn gradient(
        &self,
        batch: Batch<'_, Self>,
        workspace: &mut Self::Workspace,
        gradient: &mut [T],
    ) {
        self.sum_gradient(batch, workspace, gradient, Sums::WHOLE);
    }

    fn check_micro_batches(&self) -> Result<()> {
        check_independent(&self.network.name, self.network.part.is_coupled)
    }

    fn sum_gradient(
        &self,
        batch: Batch<'_, Self>,
        workspace: &mut Self::Workspace,
        gradient: &mut [T],
        sums: Sums,
    ) {
        let (network, parameters) = (&*self.network, self.flat());
        let DynamicWorkspace { memory, division, room, rows, .. } = workspace;
        with_workspaces(network, memory, *rows, &mut room[0], |all| {
            gradient[..network.info.first_start()].fill(T::zero());
            let mut gradient = Parts::of(network, division, gradient);
            let stretches = division.stretches(network);
            let parts = stretches.map(|stretch| (stretch.start, gradient.take(&stretch)));
            division.threads.for_each(parts, |(from, gradient)| {
                let parameters = &parameters[from..][..gradient.len()];
                network.part.gradient(parameters, batch.inputs, all, from, gradient, sums);
            });
        });
    }

    fn update<O: Optimizer<T>>(
        &mut self,
        batch: Batch<'_, Self>,
        workspace: &mut Self::Workspace,
        update: Update<'_, T, O>,
    ) -> bool {
        let Update { rule, step, memory: remembered, tensors, has_groups, .. } = update;
        let network = &*self.network;
        let parameters = self.parameters.as_mut_slice();
        let DynamicWorkspace { memory, division, room, rows, .. } = workspace;
        let x = batch.inputs;
        with_workspaces(network, memory, *rows, &mut room[0], |all| {
            let all = &all[..];
            let longest = division.stretches(network).map(|stretch| stretch.len()).max();
            let mut parameters = Parts::of(network, division, parameters);
            let mut remembered = Parts::each(network, division, remembered);
            let parts = division.stretches(network).map(|stretch| {
                let remembered = Parts::take_each(&mut remembered, &stretch);
                (stretch.start, parameters.take(&stretch), remembered)
            });
            let descent = if has_groups { None } else { rule.descent(step) };
            let finite = AtomicBool::new(true);
            division.threads.for_each(parts, |(from, parameters, remembered)| {
                let is_finite = match descent {
                    Some(rate) => network.part.descend(parameters, x, all, from, rate),
                    None if has_groups && is_frozen(tensors, from, parameters.len()) => true,
                    None => {
                        let mut gradient = Buffer::stale(longest.unwrap_or(0));
                        let gradient = &mut gradient[..parameters.len()];
                        network.part.gradient(parameters, x, all, from, gradient, Sums::WHOLE);
                        let memory = remembered;
                        let stretch = Stretch { parameters, gradient, memory, tensor: None };
                        let trained = network.trained(from, stretch.gradient.len());
                        update_stretch((rule, step), from, stretch, (tensors, has_groups), trained)
                    }
                };
                if !is_finite {
                    finite.store(false, Ordering::Relaxed);
                }
            });
            finite.into_inner()
        })
    }

    fn update_state(&mut self, workspace: &mut Self::Workspace) {
        let network = &*self.network;
        if network.info.has_state() {
            let parameters = self.parameters.as_mut_slice();
            let DynamicWorkspace { memory, room, rows, .. } = workspace;
            with_workspaces(network, memory, *rows, &mut room[0], |all| {
                network.part.update_state(parameters, all);
            });
        }
    }

    fn name(&self) -> String {
        self.network.name.clone()
    }

    fn architecture(&self) -> String {
        self.network.declaration()
    }

    fn take_class_names(&mut self, names: &Labels) -> Result<()> {
        self.name_classes(names)
    }

    fn take_words(&mut self, words: &Words) {
        take_words(self.network.info, &mut self.parameters, words);
    }

    fn texts(&self) -> Vec<(&'static str, String)> {
        let mut texts = Vec::new();
        if let Some(front) = &self.network.front {
            texts.push(("notation", front.notation.clone()));
            texts.extend(front.target.as_ref().map(|target| ("target", target.text())));
        }
        if self.network.front.as_ref().is_none_or(|front| front.target.is_none()) {
            texts.extend(class_text(self.class_names()));
        }
        texts.extend(words_text(self.network.info, &self.parameters));
        if !self.about.is_empty() {
            texts.push(("about", self.about.clone()));
        }
        texts
    }

    fn check_rows(&self, which: &str, data: &dyn Source<T, T>, threads: &Threads) -> Result<()> {
        let network = &*self.network;
        check_class_names(&network.name, self.class_names(), which, data.class_names())?;
        check_not_empty(which, data.len())?;
        let (width, target_width) = (network.part.inputs, network.head.targets());
        let (mut inputs, mut targets) = (InvalidRows::none(), InvalidRows::none());
        let mut numbers = [0, 0];
        portions(data, threads, |start, x, t| {
            numbers = [numbers[0] + x.len(), numbers[1] + t.len()];
            // Columns of a table may have missing values.
            let has_gaps = network.part.target.is_some();
            let is_allowed = |x: &T| x.is_finite() || (has_gaps && x.is_nan());
            let is_finite = all_finite(x);
            for (at, row) in x.chunks(width).enumerate().filter(|_| !is_finite) {
                inputs.look(start + at, &[row], |row| {
                    let (column, x) = row.iter().enumerate().find(|(_, x)| !is_allowed(x))?;
                    Some(format!("{x} in column {column}"))
                });
            }
            for (at, target) in t.chunks(target_width).enumerate() {
                targets.look(start + at, &[target], |target| network.head.refuses(target));
            }
            Ok(())
        })?;
        if numbers != [data.len() * width, data.len() * target_width] {
            let each = numbers.map(|numbers| numbers as f64 / data.len() as f64);
            return Err(Error::value(
                format!("{which}rows for {}", network.name),
                format!("{} numbers as inputs and {} as target of each", each[0], each[1]),
                format!("{width} and {target_width} ({})", network.head.allowed()),
                "give rows of these widths, or change the network's",
            ));
        }
        for (noun, wrong, expected) in [
            ("input", inputs, "finite numbers".to_owned()),
            ("target", targets, network.head.allowed()),
        ] {
            if let Some(wrong) = wrong.any() {
                let noun = format!("{which}{noun}");
                let advice = "correct these rows or leave them out";
                return Err(Error::value(wrong.what(&noun), wrong.found(&noun), expected, advice));
            }
        }
        Ok(())
    }

    fn fingerprint(&self, data: &dyn Source<T, T>) -> Option<u64> {
        let mut fingerprint = Fingerprint::new();
        let network = &*self.network;
        let read = portions(data, &Threads::new(1), |_, x, t| {
            let rows = x.chunks(network.part.inputs).zip(t.chunks(network.head.targets()));
            for number in rows.flat_map(|(x, t)| x.iter().chain(t)) {
                fingerprint.add(number.as_f64().to_bits());
            }
            Ok(())
        });
        read.is_ok().then(|| fingerprint.value())
    }

    fn check_batch_size(&self, rows: usize, batch_size: usize) -> Result<()> {
        check_last_batch(rows, batch_size, self.network.part.is_coupled)
    }

    fn row_widths(&self) -> [usize; 2] {
        [self.network.part.inputs, self.network.head.targets()]
    }

    fn step_threads(&self, rows: usize, threads: &Threads) -> Threads {
        Division::of(&*self.network, rows, threads).threads
    }

    fn validate(
        &self,
        data: &dyn Source<T, T>,
        loss: &mut DynamicLoss<T>,
        threads: &Threads,
    ) -> Result<Metrics> {
        loss.check(&self.network.name, &self.network.head)?;
        check_weighted(self, "", data)?;
        self.check_rows("", data, threads)?;
        self.check_adapted()?;
        let network = &*self.network;
        let (units, width) = (network.head.units(), network.head.targets());
        let units_of_target = self.units();
        let mut all = vec![(T::zero(), None); data.len()];
        let mut weights = Vec::new();
        weights_of(data, 0..data.len(), &mut weights);
        portions(data, threads, |start, x, t| {
            let mut logits = self.logits_by(x, threads);
            if let Some(units) = units_of_target {
                units.own(&mut logits);
            }
            let count = logits.len() / units;
            let (mut losses, mut unused) = (vec![T::zero(); count], vec![T::zero(); logits.len()]);
            loss.evaluate(
                &network.head,
                LossRows {
                    logits: &logits,
                    targets: t,
                    scale: T::one(),
                    losses: &mut losses,
                    gradient: &mut unused,
                    smoothing: 1.0,
                },
            );
            let each = logits.chunks(units).zip(t.chunks(width)).zip(losses);
            for (row, ((logits, target), loss)) in all[start..].iter_mut().zip(each) {
                *row = (loss, network.head.is_right(logits, target));
            }
            Ok(())
        })?;
        Metrics::of_rows(all.iter(), &weights).finite()
    }
}

/// Shared workspace belongs to the first part of a batch.
fn no_shared(extra: crate::layer::Extra) -> crate::layer::Extra {
    crate::layer::Extra { shared: 0, ..extra }
}

/// The first sums of all rows on all threads, each with its own rows of the first weight.
fn compute_first_sums<T: Float>(
    part: &Part<T>,
    sums: FirstSums<'_, T>,
    inputs: &[T],
    division: &Division,
) {
    let FirstSums { weight, start, sums, finish } = sums;
    let x = Matrix::new(inputs, inputs.len() / part.inputs, part.inputs);
    let weight = Matrix::new(weight, part.inputs, weight.len() / part.inputs);
    let apply = finish.map(|function| move |_: usize, values: &mut [T]| function.apply(values));
    let finish = apply.as_ref().map(|apply| apply as SharedFinish<'_, T>);
    product_in_stages(&division.threads, x, weight, division.depth, start, sums, finish);
}
