//! Batches in shards: the gradient is summed in a fixed tree, regardless of which rank computes
//! which shard.
//!
//! Part i of S of a batch of n rows has the rows from ⌊i·n/S⌋ to ⌊(i+1)·n/S⌋. Its mean loss and its
//! gradient are weighted by its fraction of the rows, and then added pair by pair as in a balanced
//! binary tree. No part depends on another, so batch norm uses the means of each part separately.

use std::ops::Range;

use num_traits::{One as _, Zero as _};
use tensor::simd::vectorize;
use tensor::threads::Threads;
use tensor::{Buffer, Float};

use super::failure::Failure;
use super::model::{Batch, Model, Run, Whole};
use crate::data::{Source, View, all_targets};
use crate::distributed::{Rounding, World};
use crate::error::{Error, Result};
use crate::metric::Metrics;
use crate::parameters::NamedTensor;

/// Numbers that are enough work for a thread.
const PIECE: usize = 32 * 1024;

/// Values stored after a gradient: the mean loss, and the number of ranks that failed.
const BEHIND: usize = 2;

/// Refuses a number of parts that does not form a balanced tree.
pub(super) fn check_shards(shards: usize) -> Result<()> {
    if shards.is_power_of_two() {
        return Ok(());
    }
    let advice = "8 can be computed by 1, 2, 4 or 8 ranks";
    Err(Error::value("shards", shards.to_string(), "a power of two: 1, 2, 4, 8, …", advice))
}

/// The rows of part `part` of `shards`.
pub(super) fn part(rows: usize, shards: usize, part: usize) -> Range<usize> {
    // In 128 bits, because rows times parts may exceed a `usize`.
    let at = |part: usize| (rows as u128 * part as u128 / shards as u128) as usize;
    at(part)..at(part + 1)
}

/// A sum in the order of a balanced binary tree whose leaves arrive one after another. It stores
/// one buffer per level.
#[derive(Debug)]
struct Tree<T: Float> {
    /// Sums of unfinished subtrees, largest first.
    levels: Vec<Buffer<T>>,
    len: usize,
}

impl<T: Float> Tree<T> {
    fn new() -> Self {
        Tree { levels: Vec::new(), len: 0 }
    }

    /// Buffer for leaf number `leaf` of `len` numbers, to be overwritten.
    fn leaf(&mut self, leaf: usize, len: usize) -> &mut [T] {
        if self.len != len {
            self.levels.clear();
            self.len = len;
        }
        let level = leaf.count_ones() as usize;
        if self.levels.len() == level {
            self.levels.push(Buffer::zeroed(len));
        }
        &mut self.levels[level]
    }

    /// Adds leaf number `leaf`, already written, to the subtrees that it completes.
    fn add(&mut self, leaf: usize, threads: &Threads) {
        let mut level = leaf.count_ones() as usize;
        for _ in 0..leaf.trailing_ones() {
            let (left, right) = self.levels.split_at_mut(level);
            add(&mut left[level - 1], &right[0], threads);
            level -= 1;
        }
    }

    /// The sum of all leaves.
    fn sum(&mut self) -> &mut Buffer<T> {
        &mut self.levels[0]
    }
}

/// sums ← sums + others
fn add<T: Float>(sums: &mut [T], others: &[T], threads: &Threads) {
    let pieces = sums.chunks_mut(PIECE).zip(others.chunks(PIECE));
    threads.worth(others.len() > PIECE).for_each(pieces, |(sums, others)| {
        vectorize(|| sums.iter_mut().zip(others).for_each(|(sum, &other)| *sum = *sum + other));
    });
}

/// numbers ← numbers · factor
fn scale<T: Float>(numbers: &mut [T], factor: T, threads: &Threads) {
    if factor.is_one() {
        return;
    }
    threads.worth(numbers.len() > PIECE).for_each(numbers.chunks_mut(PIECE), |numbers| {
        vectorize(|| numbers.iter_mut().for_each(|number| *number = *number * factor));
    });
}

/// Buffers and settings of a trainer for batches in shards.
pub(super) struct Shards<M: Model> {
    calls: Calls<M>,
    /// Number of parts of a batch.
    pub(super) count: usize,
    /// The ranks that share the parts, if there are several.
    pub(super) world: Option<World>,
    /// Whether this rank currently takes local steps: the mean is then over its own rows.
    pub(super) is_apart: bool,
    /// One, or one per part if the model has state that follows the batches.
    workspaces: Vec<M::Workspace>,
    tree: Tree<M::Float>,
    /// The tree for that state.
    state: Tree<M::Float>,
    received: Buffer<M::Float>,
    /// Rounding errors that ranks sending rounded numbers have yet to send.
    rounding: Rounding<M::Float>,
    /// Fractions of the rows in the parts of `workspaces`.
    shares: Vec<M::Float>,
    /// Sums of weights over the whole batch, as the loss needs them.
    weight_sums: Tree<f64>,
    /// Buffer for the sums of one part.
    part_sums: Vec<f64>,
}

/// What a trainer calls on its [`Shards`]: pointers, which [`Shards::new`] sets, so that a program
/// without shards does not contain the functions.
struct Calls<M: Model> {
    differentiate: Differentiate<M>,
    update_state: fn(&mut Shards<M>, &mut M, &[Range<usize>], &Threads),
    validate: Validate<M>,
}

type Differentiate<M> = fn(
    &mut Shards<M>,
    &M,
    Batch<'_, M>,
    usize,
    How<'_, '_, M>,
    &mut Buffer<<M as Model>::Float>,
) -> std::result::Result<<M as Model>::Float, Failure>;

type Validate<M> = fn(
    &mut Shards<M>,
    &M,
    &dyn Source<<M as Model>::Input, <M as Model>::Target>,
    &mut <M as Model>::Loss,
    &Threads,
) -> Result<Metrics>;

/// The loss and the settings of a pass, and the ranges of the state that follows the batches.
type How<'h, 'r, M> = (&'h mut <M as Model>::Loss, &'h Run<'r>, &'h [Range<usize>]);

impl<M: Model> Shards<M> {
    pub(super) fn new(count: usize) -> Self {
        Shards {
            calls: Calls {
                differentiate: Self::differentiate_parts,
                update_state: Self::update_state_of_parts,
                validate: Self::validate_parts,
            },
            count,
            world: None,
            is_apart: false,
            workspaces: Vec::new(),
            tree: Tree::new(),
            state: Tree::new(),
            received: Buffer::zeroed(0),
            rounding: Rounding::new(),
            shares: Vec::new(),
            weight_sums: Tree::new(),
            part_sums: Vec::new(),
        }
    }

    /// The parts that this rank computes: all, if there is only one rank.
    fn own(&self) -> Range<usize> {
        self.world
            .as_ref()
            .map_or(0..self.count, |world| part(self.count, world.size(), world.rank()))
    }

    /// The range of the `rows` of a batch that this rank needs.
    pub(super) fn own_rows(&self, rows: usize) -> Range<usize> {
        let own = self.own();
        part(rows, self.count, own.start).start..part(rows, self.count, own.end - 1).end
    }

    /// Number of rows of a batch of `rows` rows that the mean is over.
    fn rows_together(&self, rows: usize) -> usize {
        if self.is_apart { self.own_rows(rows).len() } else { rows }
    }

    /// Returns the mean loss of a batch of `rows` rows, of which `batch` has [those of this
    /// rank](Self::own_rows). Its gradient is then at the start of `gradient`.
    pub(super) fn differentiate(
        &mut self,
        model: &M,
        batch: Batch<'_, M>,
        rows: usize,
        how: How<'_, '_, M>,
        gradient: &mut Buffer<M::Float>,
    ) -> std::result::Result<M::Float, Failure> {
        (self.calls.differentiate)(self, model, batch, rows, how, gradient)
    }

    /// [`Model::update_state`] for each part of the last differentiated batch, all from the same
    /// state; the result is their mean, weighted by the rows.
    pub(super) fn update_state(
        &mut self,
        model: &mut M,
        state: &[Range<usize>],
        threads: &Threads,
    ) {
        (self.calls.update_state)(self, model, state, threads);
    }

    /// [`Model::validate`] part by part of the data, divided among the ranks.
    pub(super) fn validate(
        &mut self,
        model: &M,
        data: &dyn Source<M::Input, M::Target>,
        loss: &mut M::Loss,
        threads: &Threads,
    ) -> Result<Metrics> {
        (self.calls.validate)(self, model, data, loss, threads)
    }

    fn differentiate_parts(
        &mut self,
        model: &M,
        batch: Batch<'_, M>,
        rows: usize,
        (loss, run, state): How<'_, '_, M>,
        gradient: &mut Buffer<M::Float>,
    ) -> std::result::Result<M::Float, Failure> {
        let len = model.flat().len();
        let (own, first) = (self.own(), self.own_rows(rows).start);
        let workspaces = if state.is_empty() { 1 } else { own.len() };
        if self.workspaces.len() != workspaces {
            self.workspaces.resize_with(workspaces, M::Workspace::default);
        }
        self.shares.clear();
        let [inputs, targets] = model.row_widths().map(|width| self.own_rows(rows).len() * width);
        let is_whole = batch.inputs.len() == inputs && batch.targets.len() == targets;
        // Not returned at once: other ranks wait for the sum, which tells them that this one
        // failed.
        let mut refused =
            (rows == 0 || !is_whole).then(|| no_rows(model, batch, (&mut *loss, run)));
        let has_sums = self.sum_weights(model, batch, rows, loss, run.threads)?;
        let sums = if has_sums { &self.weight_sums.levels[0][..] } else { &[] };
        let all = self.rows_together(rows);
        let whole = has_sums.then_some(Whole { rows: all, sums, goes_on: false });
        for (leaf, part_number) in own.enumerate() {
            let part = part(rows, self.count, part_number);
            let share = M::Float::of(part.len() as f64) / M::Float::of(all as f64);
            self.shares.push(share);
            let sums = self.tree.leaf(leaf, len + BEHIND);
            let workspace = &mut self.workspaces[leaf.min(workspaces - 1)];
            let batch = rows_of(model, batch, part.start - first..part.end - first);
            let run = Run { first_row: part.start as u64, whole, ..*run };
            sums[len..].fill(M::Float::zero());
            let mut found = None;
            if !part.is_empty() && refused.is_none() {
                match model.differentiate(batch, loss, workspace, &run) {
                    Ok(loss) => found = Some(loss),
                    Err(error) => refused = Some(error),
                }
            }
            match found {
                Some(loss) => {
                    model.gradient(batch, workspace, &mut sums[..len]);
                    sums[len] = loss;
                    scale(sums, share, run.threads);
                }
                None => sums[..len].fill(M::Float::zero()),
            }
            if refused.is_some() {
                sums[len + 1] = M::Float::one();
            }
            self.tree.add(leaf, run.threads);
        }
        if let Some(world) = &self.world
            && !self.is_apart
        {
            let sums = self.tree.sum();
            world.sum_gradient(sums, BEHIND, &mut self.received, &mut self.rounding)?;
        }
        let is_refused = !self.tree.sum()[len + 1].is_zero();
        self.tell(is_refused, refused)?;
        std::mem::swap(gradient, self.tree.sum());
        if gradient.len() != self.tree.sum().len() {
            // The first time, the buffer does not have the length of a batch in shards.
            *self.tree.sum() = Buffer::zeroed(gradient.len());
        }
        Ok(gradient[len])
    }

    /// Sums the weights of the whole batch as the loss needs them; returns whether it needs any.
    fn sum_weights(
        &mut self,
        model: &M,
        batch: Batch<'_, M>,
        rows: usize,
        loss: &M::Loss,
        threads: &Threads,
    ) -> Result<bool> {
        let (own, first) = (self.own(), self.own_rows(rows).start);
        for (leaf, part_number) in own.enumerate() {
            let part = part(rows, self.count, part_number);
            self.part_sums.clear();
            let batch = rows_of(model, batch, part.start - first..part.end - first);
            model.weight_sums(batch, loss, &mut self.part_sums);
            if self.part_sums.is_empty() {
                return Ok(false);
            }
            self.weight_sums.leaf(leaf, self.part_sums.len()).copy_from_slice(&self.part_sums);
            self.weight_sums.add(leaf, threads);
        }
        if let Some(world) = &self.world
            && !self.is_apart
        {
            let sums = self.weight_sums.sum();
            world.sum(sums, &mut Buffer::zeroed(sums.len()))?;
        }
        Ok(true)
    }

    /// Returns, on every rank, the error of the first rank that has one, if the sum says that there
    /// is one.
    fn tell(&self, is_refused: bool, own: Option<Error>) -> Result<()> {
        let own = own.map_or(Ok(()), Err);
        match &self.world {
            Some(world) if is_refused && !self.is_apart => world.agree(own),
            _ => own,
        }
    }

    fn update_state_of_parts(&mut self, model: &mut M, state: &[Range<usize>], threads: &Threads) {
        let len: usize = state.iter().map(Range::len).sum();
        if len == 0 {
            return;
        }
        let before = Buffer::from_slice(model.flat());
        for (leaf, workspace) in self.workspaces.iter_mut().enumerate() {
            let share = self.shares[leaf];
            if !share.is_zero() {
                model.update_state(workspace);
            }
            let sums = self.state.leaf(leaf, len);
            let mut rest = &mut sums[..];
            for range in state {
                let (numbers, others) = rest.split_at_mut(range.len());
                numbers.copy_from_slice(&model.flat()[range.clone()]);
                model.flat_mut()[range.clone()].copy_from_slice(&before[range.clone()]);
                rest = others;
            }
            scale(sums, share, threads);
            self.state.add(leaf, threads);
        }
        if let Some(world) = &self.world
            && !self.is_apart
            && let Err(error) = world.sum(self.state.sum(), &mut self.received)
        {
            // A gradient of the same length has been summed before.
            unreachable!("{error}");
        }
        let mut rest = &self.state.sum()[..];
        for range in state {
            let (numbers, others) = rest.split_at(range.len());
            model.flat_mut()[range.clone()].copy_from_slice(numbers);
            rest = others;
        }
    }

    fn validate_parts(
        &mut self,
        model: &M,
        data: &dyn Source<M::Input, M::Target>,
        loss: &mut M::Loss,
        threads: &Threads,
    ) -> Result<Metrics> {
        check_shards(self.count)?;
        let rows = data.len();
        let mut tree = Tree::<f64>::new();
        let mut refused = None;
        for (leaf, part_number) in self.own().enumerate() {
            let part = part(rows, self.count, part_number);
            // The weight of its rows in accuracy and loss. A part with weight 0 is treated as one
            // without rows.
            let count = match data.is_weighted() {
                false => part.len() as f64,
                true => part.clone().map(|row| data.weight(row).unwrap_or(1.0)).sum(),
            };
            let numbers = match count == 0.0 && rows > 0 || refused.is_some() {
                true => Ok([0.0; 5]),
                false => View::new(data, part.collect()).and_then(|view| {
                    let weight = weight_in_loss(model, &view, loss, threads)?.unwrap_or(count);
                    let Metrics { loss, accuracy } = model.validate(&view, loss, threads)?;
                    let right = accuracy.map_or([0.0, 0.0], |share| [share * count, count]);
                    Ok([loss * weight, weight, right[0], right[1], 0.0])
                }),
            };
            let numbers = numbers.unwrap_or_else(|error| {
                refused = Some(error);
                [0.0, 0.0, 0.0, 0.0, 1.0]
            });
            tree.leaf(leaf, numbers.len()).copy_from_slice(&numbers);
            tree.add(leaf, threads);
        }
        let sums = tree.sum();
        if let Some(world) = &self.world {
            world.sum(sums, &mut Buffer::zeroed(sums.len()))?;
        }
        self.tell(sums[4] > 0.0, refused)?;
        let accuracy = (sums[3] > 0.0).then(|| sums[2] / sums[3]);
        Ok(Metrics { loss: sums[0] / sums[1], accuracy })
    }
}

/// The weight of these rows in a loss with class weights, if it is the loss of a single head.
fn weight_in_loss<M: Model>(
    model: &M,
    rows: &View<'_, M::Input, M::Target>,
    loss: &M::Loss,
    threads: &Threads,
) -> Result<Option<f64>> {
    let weights: Option<Vec<f64>> = (0..rows.len()).map(|row| rows.weight(row)).collect();
    let (mut sums, targets) = (Vec::new(), all_targets(rows, threads)?);
    let weights = &weights.unwrap_or_default();
    model.weight_sums(Batch { inputs: &[], targets: &targets, weights }, loss, &mut sums);
    Ok(sums.first().copied().filter(|_| sums.len() == 1))
}

/// A range of the rows of a batch.
pub(super) fn rows_of<'b, M: Model>(
    model: &M,
    batch: Batch<'b, M>,
    rows: Range<usize>,
) -> Batch<'b, M> {
    let [inputs, targets] = model.row_widths();
    Batch {
        inputs: batch.inputs.get(rows.start * inputs..rows.end * inputs).unwrap_or_default(),
        targets: batch.targets.get(rows.start * targets..rows.end * targets).unwrap_or_default(),
        weights: batch.weights.get(rows).unwrap_or_default(),
    }
}

/// The error for a batch without complete rows.
pub(super) fn no_rows<M: Model>(
    model: &M,
    batch: Batch<'_, M>,
    how: (&mut M::Loss, &Run<'_>),
) -> Error {
    let refused = model.differentiate(batch, how.0, &mut M::Workspace::default(), how.1).err();
    refused.unwrap_or_else(|| {
        let found = format!("{} inputs and {} targets", batch.inputs.len(), batch.targets.len());
        let advice = "pass rows and targets of the same samples";
        Error::value("batch", found, "as many targets as inputs, and at least one", advice)
    })
}

/// Ranges of the state that follows the batches.
pub(super) fn state_of(tensors: &[NamedTensor]) -> Vec<Range<usize>> {
    let state = tensors.iter().filter(|tensor| tensor.kind == crate::parameters::TensorKind::State);
    state.map(NamedTensor::range).collect()
}

/// Refuses a `batch_size` for `rows` rows if some part of a batch, or of the last one, cannot be
/// trained with.
pub(super) fn check_parts<M: Model>(
    model: &M,
    rows: usize,
    batch_size: usize,
    shards: usize,
) -> Result<()> {
    let last = match rows % batch_size.max(1) {
        0 => batch_size.min(rows),
        rest => rest,
    };
    for batch in [batch_size.min(rows), last] {
        // All parts have the same number of rows, or one more.
        let [fewest, most] = [batch / shards, batch.div_ceil(shards)];
        for part in [fewest, most].into_iter().filter(|&part| part > 0) {
            model.check_batch_size(part, part).map_err(|error| {
                error.advising(&format!(
                    "this is about the parts of a batch of {batch} rows in {shards} shards: choose \
                     a batch size that leaves none so small"
                ))
            })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_all_rows_and_as_equal_as_can_be() {
        for rows in [0, 1, 7, 8, 9, 1000, usize::MAX] {
            for shards in [1, 2, 8, 64] {
                let mut end = 0;
                for number in 0..shards {
                    let part = part(rows, shards, number);
                    assert_eq!(part.start, end);
                    assert!((rows / shards..=rows.div_ceil(shards)).contains(&part.len()));
                    end = part.end;
                }
                assert_eq!(end, rows);
            }
        }
    }

    #[test]
    fn leaves_are_added_as_in_a_balanced_tree() {
        let threads = Threads::new(1);
        // Numbers whose sum depends on the order.
        let leaf = |i: usize| 1.0_f32 / (1.0 + i as f32 * 0.37);
        fn whole(leaves: &[f32]) -> f32 {
            match leaves {
                [leaf] => *leaf,
                leaves => {
                    let (left, right) = leaves.split_at(leaves.len() / 2);
                    whole(left) + whole(right)
                }
            }
        }
        for count in [1, 2, 4, 8, 32] {
            let mut tree = Tree::new();
            // Twice: the second time the buffers are not empty.
            for _ in 0..2 {
                for i in 0..count {
                    tree.leaf(i, 3).fill(leaf(i));
                    tree.add(i, &threads);
                }
                let wanted = whole(&(0..count).map(leaf).collect::<Vec<_>>());
                assert_eq!(tree.sum()[..], [wanted; 3]);
            }
            assert_eq!(tree.levels.len(), 1 + count.ilog2() as usize);
        }
    }

    #[test]
    fn no_tree_is_refused() {
        for shards in [0, 3, 6] {
            let error = check_shards(shards).unwrap_err().to_string();
            assert!(error.starts_with(&format!("shards: found {shards}")), "{error}");
        }
    }
}
