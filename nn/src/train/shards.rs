//! Batches in parts: the gradient as a fixed tree over them, whoever computes them.
//!
//! Part i of S of a batch of n rows has the rows from ⌊i·n/S⌋ to ⌊(i+1)·n/S⌋. Its mean loss and its gradient are weighted with
//! its share of the rows, and then added pair by pair as in a balanced binary tree. No part depends on another, so that batch
//! norm has the means of each part by itself.

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

/// Numbers that are worth a thread of their own.
const PIECE: usize = 32 * 1024;

/// Behind a gradient: the mean loss, and how many ranks could not compute their parts.
const BEHIND: usize = 2;

/// Refuses a number of parts that makes no balanced tree.
pub(super) fn check_shards(shards: usize) -> Result<()> {
    if shards.is_power_of_two() {
        return Ok(());
    }
    let advice = "8 can be computed by 1, 2, 4 or 8 ranks";
    Err(Error::value("shards", shards.to_string(), "a power of two: 1, 2, 4, 8, …", advice))
}

/// The rows of part `part` of `shards`.
pub(super) fn part(rows: usize, shards: usize, part: usize) -> Range<usize> {
    // In 128 bits: rows times parts may be more than a `usize` holds.
    let at = |part: usize| (rows as u128 * part as u128 / shards as u128) as usize;
    at(part)..at(part + 1)
}

/// A sum in the order of a balanced binary tree, whose leaves come one after the other: as many numbers as there are levels are
/// kept.
#[derive(Debug)]
struct Tree<T: Float> {
    /// Of unfinished subtrees, the largest first.
    levels: Vec<Buffer<T>>,
    len: usize,
}

impl<T: Float> Tree<T> {
    fn new() -> Self {
        Tree { levels: Vec::new(), len: 0 }
    }

    /// Room for leaf number `leaf` of `len` numbers, to be overwritten.
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

    /// Adds leaf number `leaf`, which is there, to the subtrees that it completes.
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

/// What a trainer needs for batches in parts.
pub(super) struct Shards<M: Model> {
    /// In how many parts a batch is divided.
    pub(super) count: usize,
    /// Who computes them, if several ranks do.
    pub(super) world: Option<World>,
    /// Whether this rank steps by itself for now: the mean is over its own rows.
    pub(super) is_apart: bool,
    /// One, or one for each part where something is kept that follows the batches.
    workspaces: Vec<M::Workspace>,
    tree: Tree<M::Float>,
    /// What is kept and follows the batches, as a tree, too.
    state: Tree<M::Float>,
    received: Buffer<M::Float>,
    /// What ranks that send rounded numbers have not sent yet.
    rounding: Rounding<M::Float>,
    /// Shares of the rows of the parts in `workspaces`.
    shares: Vec<M::Float>,
    /// What the loss adds up of the weights of the whole batch.
    weight_sums: Tree<f64>,
    /// Room for that of a part.
    part_sums: Vec<f64>,
}

impl<M: Model> Shards<M> {
    pub(super) fn new(count: usize) -> Self {
        Shards {
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

    /// The parts that this rank computes: all, if there are no ranks.
    fn own(&self) -> Range<usize> {
        self.world
            .as_ref()
            .map_or(0..self.count, |world| part(self.count, world.size(), world.rank()))
    }

    /// Which of the `rows` of a batch this rank needs.
    pub(super) fn own_rows(&self, rows: usize) -> Range<usize> {
        let own = self.own();
        part(rows, self.count, own.start).start..part(rows, self.count, own.end - 1).end
    }

    /// Over how many of the `rows` of a batch the mean is.
    fn rows_together(&self, rows: usize) -> usize {
        if self.is_apart { self.own_rows(rows).len() } else { rows }
    }

    /// The mean loss of a batch of `rows` rows, of which `batch` has [those of this rank](Self::own_rows); its gradient is
    /// then the first numbers of `gradient`.
    pub(super) fn differentiate(
        &mut self,
        model: &M,
        batch: Batch<'_, M>,
        rows: usize,
        (loss, run, state): (&mut M::Loss, &Run<'_>, &[Range<usize>]),
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
        // Not at once: other ranks wait for the sum, and learn by it that this one has none.
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
            // The first time: what was there is none of a batch in parts.
            *self.tree.sum() = Buffer::zeroed(gradient.len());
        }
        Ok(gradient[len])
    }

    /// Has the loss add up what it needs of the weights of the whole batch; whether it needs anything.
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

    /// The error of the first rank that has one, if the sum says that there is one: on every rank.
    fn tell(&self, is_refused: bool, own: Option<Error>) -> Result<()> {
        let own = own.map_or(Ok(()), Err);
        match &self.world {
            Some(world) if is_refused && !self.is_apart => world.agree(own),
            _ => own,
        }
    }

    /// [`Model::update_state`] by each part of the batch that was differentiated last, all from the same state: their mean,
    /// weighted with the rows.
    pub(super) fn update_state(
        &mut self,
        model: &mut M,
        state: &[Range<usize>],
        threads: &Threads,
    ) {
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
            // A gradient of the same numbers has been summed before.
            unreachable!("{error}");
        }
        let mut rest = &self.state.sum()[..];
        for range in state {
            let (numbers, others) = rest.split_at(range.len());
            model.flat_mut()[range.clone()].copy_from_slice(numbers);
            rest = others;
        }
    }

    /// [`Model::validate`] part by part of the data, by the ranks that there are.
    pub(super) fn validate(
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
            // How much its rows count in accuracy and loss. A part that does not count is as one without rows.
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

/// How much these rows count in a loss that weighs their classes, if it is that of one head.
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

/// Some rows of a batch.
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

/// What the model says of a batch that is no rows.
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

/// Where what follows the batches stands.
pub(super) fn state_of(tensors: &[NamedTensor]) -> Vec<Range<usize>> {
    let state = tensors.iter().filter(|tensor| tensor.kind == crate::parameters::TensorKind::State);
    state.map(NamedTensor::range).collect()
}

/// Refuses batches of which some part cannot be trained with: of `batch_size` of `rows` rows, and the last one.
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
                    "this is about the parts of a batch of {batch} rows in {shards} shards: choose a batch size that leaves \
                     none so small"
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
            // Twice: the second time there is something in it.
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
