//! Minibatches: the order of the rows in an epoch, and copying them into contiguous memory.

use std::slice;

use tensor::random::Random;
use tensor::threads::Threads;

use super::{Source, Visit};
use crate::error::{Error, Result};

/// Separates the random numbers of the order from all others with the same seed ("SHUF"); the
/// number of the epoch is added.
const SHUFFLE_STREAM: u64 = 0x5348_5546_0000_0000;

/// The rows of each minibatch of an epoch.
///
/// Every row is in exactly one batch of an epoch. All batches have `batch_size` rows except the
/// last, which has the remaining rows. The order depends only on the seed and the number of the
/// epoch: training can resume at epoch 5 without the four before it.
///
/// ```
/// use nn::data::Batches;
/// let mut batches = Batches::new(10, 4)?;
/// batches.order(0, 7);
/// let sizes: Vec<usize> = batches.iter().map(|rows| rows.len()).collect();
/// assert_eq!(sizes, [4, 4, 2]);
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batches {
    order: Vec<usize>,
    batch_size: usize,
}

impl Batches {
    /// Batches of `batch_size` of `len` rows. Until the first call of [`order`](Self::order) they
    /// are in the order of the data set.
    ///
    /// # Errors
    ///
    /// If `len` or `batch_size` is 0.
    pub fn new(len: usize, batch_size: usize) -> Result<Self> {
        let zero = |what: &str, advice: &str| Err(Error::value(what, "0", "at least 1", advice));
        if len == 0 {
            return zero("number of rows", "give a data set that is not empty");
        }
        if batch_size == 0 {
            return zero("batch size", "use 32, for example");
        }
        Ok(Self { order: (0..len).collect(), batch_size })
    }

    /// Shuffles the rows for `epoch` and returns the row numbers of all batches in their new order.
    pub fn order(&mut self, epoch: u64, seed: u64) -> &[usize] {
        // Start from the original order, so that the result does not depend on the previous epoch.
        for (row, place) in self.order.iter_mut().enumerate() {
            *place = row;
        }
        let random = Random::new(seed, SHUFFLE_STREAM.wrapping_add(epoch));
        fisher_yates(self.order.len(), &random, |a, b| self.order.swap(a, b));
        &self.order
    }

    /// The rows of each batch, in order.
    pub fn iter(&self) -> slice::Chunks<'_, usize> {
        self.order.chunks(self.batch_size)
    }

    /// The rows of batch number `batch`, counted from 0.
    ///
    /// # Panics
    ///
    /// If an epoch has fewer batches.
    #[track_caller]
    pub fn get(&self, batch: usize) -> &[usize] {
        let rows = batch.saturating_mul(self.batch_size);
        match self.order.get(rows..) {
            Some(rest) if !rest.is_empty() => &rest[..self.batch_size.min(rest.len())],
            _ => panic!("batch {batch}: there are {} in an epoch", self.count()),
        }
    }

    /// The number of batches in an epoch, including a smaller last one.
    pub fn count(&self) -> usize {
        self.order.len().div_ceil(self.batch_size)
    }
}

impl<'a> IntoIterator for &'a Batches {
    type Item = &'a [usize];
    type IntoIter = slice::Chunks<'a, usize>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Calls `swap` so that `len` elements end up in a random order, all orders equally likely.
pub(super) fn fisher_yates(len: usize, random: &Random, mut swap: impl FnMut(usize, usize)) {
    for last in (1..len).rev() {
        swap(last, random.below(last as u64, last as u64 + 1) as usize);
    }
}

/// The rows of one minibatch, copied into contiguous memory.
///
/// Reuse one for all batches: after the first it allocates nothing.
///
/// ```
/// use nn::data::{Dataset, Minibatch};
/// let data = Dataset::new(vec![[0.0], [0.1], [0.2]], vec!['a', 'b', 'c'])?;
/// let mut batch = Minibatch::new();
/// batch.gather(&data, &[2, 0]);
/// assert_eq!(batch.inputs(), &[[0.2], [0.0]]);
/// assert_eq!(batch.targets(), &['c', 'a']);
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Minibatch<X, Y> {
    inputs: Vec<X>,
    targets: Vec<Y>,
}

impl<X, Y> Minibatch<X, Y> {
    /// An empty batch.
    pub fn new() -> Self {
        Self { inputs: Vec::new(), targets: Vec::new() }
    }

    /// Replaces the batch by these rows of `data`.
    ///
    /// # Panics
    ///
    /// If `data` has no such row.
    #[track_caller]
    pub fn gather<S: Source<X, Y> + ?Sized>(&mut self, data: &S, rows: &[usize]) {
        self.gather_with(&Threads::new(1), data, rows);
    }

    /// [`Minibatch::gather`] on several threads, which wait for memory at the same time.
    ///
    /// It pays off for threads that also work at the training step. Waking others costs more than
    /// it saves.
    ///
    /// # Panics
    ///
    /// If `data` has no such row.
    #[track_caller]
    pub fn gather_with<S: Source<X, Y> + ?Sized>(
        &mut self,
        threads: &Threads,
        data: &S,
        rows: &[usize],
    ) {
        check_rows(data.len(), rows);
        data.fill(rows, &mut self.inputs, &mut self.targets, threads);
    }

    /// [`Minibatch::gather_with`] for a training step: the rows of [`Source::fill_for_step`].
    ///
    /// # Panics
    ///
    /// If `data` has no such row.
    #[track_caller]
    pub fn gather_for_step<S: Source<X, Y> + ?Sized>(
        &mut self,
        visit: Visit,
        threads: &Threads,
        data: &S,
        rows: &[usize],
    ) {
        check_rows(data.len(), rows);
        data.fill_for_step(visit, rows, &mut self.inputs, &mut self.targets, threads);
    }

    /// The inputs of the batch, mutable for an encoder.
    pub(crate) fn inputs_mut(&mut self) -> &mut Vec<X> {
        &mut self.inputs
    }

    /// The inputs of the batch, `[batch, in]`.
    pub fn inputs(&self) -> &[X] {
        &self.inputs
    }

    /// The targets of the batch, `[batch, out]`.
    pub fn targets(&self) -> &[Y] {
        &self.targets
    }
}

#[track_caller]
fn check_rows(len: usize, rows: &[usize]) {
    if let Some(row) = rows.iter().find(|&&row| row >= len) {
        panic!(
            "minibatch: found row {row}, expected one below {len}, the number of rows of the data"
        );
    }
}

impl<X, Y> Default for Minibatch<X, Y> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Dataset;

    #[test]
    fn every_row_stands_in_exactly_one_batch() {
        for (len, batch_size, count) in
            [(1, 1, 1), (1, 8, 1), (10, 4, 3), (12, 4, 3), (257, 16, 17)]
        {
            let mut batches = Batches::new(len, batch_size).unwrap();
            for epoch in 0..3 {
                let mut rows = batches.order(epoch, 5).to_vec();
                assert_eq!(batches.iter().flatten().copied().collect::<Vec<_>>(), rows);
                assert_eq!(batches.count(), count);
                assert_eq!(batches.iter().len(), count);
                assert!(batches.iter().enumerate().all(|(at, rows)| batches.get(at) == rows));
                assert_eq!(
                    (&batches).into_iter().last().unwrap().len(),
                    len - (count - 1) * batch_size
                );
                rows.sort_unstable();
                assert_eq!(rows, (0..len).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn the_order_depends_on_seed_and_epoch_alone() {
        let mut batches = Batches::new(100, 10).unwrap();
        let first = batches.order(1, 42).to_vec();
        assert_ne!(batches.order(2, 42), first);
        assert_ne!(batches.order(1, 43), first);
        assert_eq!(batches.order(1, 42), first);
        assert_eq!(Batches::new(100, 7).unwrap().order(1, 42), first);
    }

    #[test]
    fn all_orders_of_three_rows_are_about_equally_likely() {
        let mut batches = Batches::new(3, 1).unwrap();
        let mut counts = std::collections::BTreeMap::<Vec<usize>, usize>::new();
        for epoch in 0..6000 {
            *counts.entry(batches.order(epoch, 9).to_vec()).or_default() += 1;
        }
        assert_eq!(counts.len(), 6);
        // 1000 each; the standard deviation is 29.
        assert!(counts.values().all(|count| (850..1150).contains(count)), "{counts:?}");
    }

    #[test]
    fn nothing_to_batch_is_an_error() {
        assert!(Batches::new(0, 4).is_err());
        assert!(Batches::new(4, 0).is_err());
    }

    #[test]
    fn gathers_without_allocating_again() {
        let data = Dataset::new((0..9).map(|x| [x, -x]).collect(), (0..9).collect()).unwrap();
        let mut batch = Minibatch::new();
        batch.gather(&data, &[3, 1, 8]);
        assert_eq!(batch.inputs(), &[[3, -3], [1, -1], [8, -8]]);
        assert_eq!(batch.targets(), &[3, 1, 8]);
        let place = (batch.inputs().as_ptr(), batch.targets().as_ptr());
        batch.gather(&data, &[5, 5]);
        assert_eq!(batch.inputs(), &[[5, -5], [5, -5]]);
        batch.gather(&data, &[0, 1, 2]);
        assert_eq!((batch.inputs().as_ptr(), batch.targets().as_ptr()), place);
    }

    #[test]
    fn threads_gather_the_same_rows() {
        // Enough to use threads.
        let inputs: Vec<[u32; 500]> = (0..99).map(|row| [row; 500]).collect();
        let data = Dataset::new(inputs, (0..99).collect()).unwrap();
        let mut batches = Batches::new(99, 64).unwrap();
        for threads in [1, 2, 3].map(Threads::new) {
            let mut batch = Minibatch::new();
            for epoch in 0..3 {
                batches.order(epoch, 1);
                for rows in &batches {
                    batch.gather_with(&threads, &data, rows);
                    assert_eq!(batch.inputs().len(), rows.len());
                    let wanted: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
                    assert_eq!(batch.targets(), wanted);
                    let pairs = batch.inputs().iter().zip(&wanted);
                    assert!(pairs.into_iter().all(|(x, &row)| *x == [row; 500]));
                }
            }
        }
        let mut batch = Minibatch::new();
        batch.gather_with(&Threads::new(2), &data, &[]);
        assert!(batch.inputs().is_empty() && batch.targets().is_empty());
    }
}
