//! Where rows come from.

use std::borrow::Cow;
use std::slice;

use tensor::cache::fetch;
use tensor::product::rows_per_thread;
use tensor::threads::Threads;

use super::Dataset;
use crate::error::Result;
use crate::labels::Labels;
use crate::words::Words;

/// Rows that a model can be trained with and judged by: something that fills a minibatch.
///
/// A [`Dataset`] is one. Whatever it is, the order of the rows depends on the seed and the epoch alone, and so the bits
/// are those of a data set with the same rows in memory.
///
/// ```
/// use nn::data::Source;
/// use nn::prelude::*;
/// use nn::{Show, Threads, fit};
///
/// network! { struct Parity(dense(8 -> 16, tanh), dense(1, sigmoid)); }
///
/// /// All bytes, bit by bit, and whether their number of ones is odd: made when they are asked for.
/// struct Bytes;
///
/// impl Source<[f32; 8], [f32; 1]> for Bytes {
///     fn len(&self) -> usize {
///         256
///     }
///     fn fill(&self, rows: &[usize], inputs: &mut Vec<[f32; 8]>, targets: &mut Vec<[f32; 1]>, _: &Threads) {
///         inputs.clear();
///         targets.clear();
///         for &row in rows {
///             inputs.push(std::array::from_fn(|bit| (row >> bit & 1) as f32));
///             targets.push([(row.count_ones() % 2) as f32]);
///         }
///     }
/// }
///
/// let mut parity = Parity::init(1);
/// let report = fit(&mut parity, &Bytes).epochs(2).show(Show::Nothing).run()?;
/// assert_eq!(parity.evaluate(&Bytes)?.loss.is_finite(), report.last().loss.is_finite());
/// # Ok::<(), nn::Error>(())
/// ```
pub trait Source<X, Y>: Send + Sync {
    /// The number of rows.
    fn len(&self) -> usize;

    /// Whether there is no row at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Replaces what is in `inputs` and `targets` by these rows, in this order. The `threads` may share the work.
    ///
    /// Each row is the same whenever it is asked for. The vectors are used again and again: with room for a batch they
    /// need not grow.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    fn fill(&self, rows: &[usize], inputs: &mut Vec<X>, targets: &mut Vec<Y>, threads: &Threads);

    /// [`Source::fill`] for a step of training, where rows may be another variant of themselves each time, as those of
    /// [`Augmented`](super::Augmented): a function of the visit and the row, so that a training can be repeated.
    fn fill_for_step(
        &self,
        visit: Visit,
        rows: &[usize],
        inputs: &mut Vec<X>,
        targets: &mut Vec<Y>,
        threads: &Threads,
    ) {
        let _ = visit;
        self.fill(rows, inputs, targets, threads);
    }

    /// What [`Source::fill_for_step`] does to the rows, if anything: a training goes on with the same alone.
    fn augmentation(&self) -> Option<String> {
        None
    }

    /// The names of the classes, if the targets are classes that have some: [`fit`](crate::fit) gives them to the network.
    fn class_names(&self) -> Option<&Labels> {
        None
    }

    /// The words that stand in the rows as fingerprints, if they are known: [`fit`](crate::fit) gives them to the network, which
    /// keeps those that it has a place for.
    fn words(&self) -> Option<&Words> {
        None
    }

    /// How much row number `row` counts, if the rows have [weights](super::WeightedRows): either all of them or none.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    fn weight(&self, row: usize) -> Option<f64> {
        let _ = row;
        None
    }

    /// Whether the rows have weights.
    fn is_weighted(&self) -> bool {
        !self.is_empty() && self.weight(0).is_some()
    }

    /// All rows, if they lie in memory as they are: to be read in their place.
    fn in_memory(&self) -> Option<(&[X], &[Y])> {
        None
    }
}

/// When a row is trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by whoever trains")]
pub struct Visit {
    /// Of the training.
    pub seed: u64,
    /// Counted from 1.
    pub epoch: u64,
}

impl<X: Copy + Send + Sync, Y: Copy + Send + Sync> Source<X, Y> for Dataset<X, Y> {
    fn len(&self) -> usize {
        Dataset::len(self)
    }

    fn fill(&self, rows: &[usize], inputs: &mut Vec<X>, targets: &mut Vec<Y>, threads: &Threads) {
        gather(self.inputs(), rows, inputs, threads);
        gather(self.targets(), rows, targets, threads);
    }

    fn class_names(&self) -> Option<&Labels> {
        Dataset::class_names(self)
    }

    fn words(&self) -> Option<&Words> {
        Dataset::words(self)
    }

    fn in_memory(&self) -> Option<(&[X], &[Y])> {
        Some((self.inputs(), self.targets()))
    }
}

/// Replaces what is in `into` by these rows of `from`.
pub(crate) fn gather<X: Copy + Send + Sync>(
    from: &[X],
    rows: &[usize],
    into: &mut Vec<X>,
    threads: &Threads,
) {
    into.truncate(rows.len());
    if let Some(&first) = rows.first() {
        into.reserve_exact(rows.len() - into.len());
        // As slices: `resize` takes a row over the stack, which it may fill.
        while into.len() < rows.len() {
            into.extend_from_slice(&from[first..=first]);
        }
    }
    in_parts::<X, X>(rows, into, threads, |rows, into| copy(from, rows, into));
}

/// Has the threads fill parts of `into`, `read` from rows of `R`, if that is worth it: they wait for memory at the same
/// time. To wake others than those that work at the step, too, costs more than it saves.
pub(crate) fn in_parts<R, X: Send>(
    rows: &[usize],
    into: &mut [X],
    threads: &Threads,
    fill: impl Fn(&[usize], &mut [X]) + Sync,
) {
    /// Bytes for which waking a thread costs less than it saves.
    const WORTH_A_THREAD: usize = 64 * 1024;
    if threads.count() == 1 || size_of::<R>().saturating_mul(rows.len()) < WORTH_A_THREAD {
        return fill(rows, into);
    }
    let part = rows_per_thread(rows.len(), threads);
    let parts = into.chunks_mut(part).zip(rows.chunks(part));
    threads.for_each(parts, |(into, rows)| fill(rows, into));
}

/// The `rows` of `from`, one after the other.
fn copy<X: Copy>(from: &[X], rows: &[usize], into: &mut [X]) {
    for (into, from) in into.iter_mut().zip(ahead(from, rows)) {
        // As slices: straight from row to row, without the stack between, which a row may fill.
        slice::from_mut(into).copy_from_slice(from);
    }
}

/// The `rows` of `from`, each a slice of one, while those after it are on their way to the cache.
pub(crate) fn ahead<'f, X>(from: &'f [X], rows: &'f [usize]) -> impl Iterator<Item = &'f [X]> {
    /// Rows ahead that are asked for: so many as are on their way at a time.
    const AHEAD: usize = 2;
    rows.iter().enumerate().map(move |(i, &row)| {
        if let Some(&later) = rows.get(i + AHEAD) {
            fetch(&from[later..=later]);
        }
        &from[row..=row]
    })
}

/// Shows all rows of `source` to `see`, in order: at once if they are in memory, else in portions, each with the number of
/// its first row.
pub(crate) fn portions<X, Y>(
    source: &dyn Source<X, Y>,
    threads: &Threads,
    mut see: impl FnMut(usize, &[X], &[Y]) -> Result<()>,
) -> Result<()> {
    /// Rows at a time: as many as are worth the threads.
    const PORTION: usize = 1024;
    if let Some((inputs, targets)) = source.in_memory() {
        return see(0, inputs, targets);
    }
    let (mut rows, mut inputs, mut targets) = (Vec::new(), Vec::new(), Vec::new());
    for start in (0..source.len()).step_by(PORTION) {
        rows.clear();
        rows.extend(start..source.len().min(start + PORTION));
        source.fill(&rows, &mut inputs, &mut targets, threads);
        see(start, &inputs, &targets)?;
    }
    Ok(())
}

/// The targets of all rows.
pub(crate) fn all_targets<'s, X, Y: Clone>(
    source: &'s dyn Source<X, Y>,
    threads: &Threads,
) -> Result<Cow<'s, [Y]>> {
    if let Some((_, targets)) = source.in_memory() {
        return Ok(Cow::Borrowed(targets));
    }
    let mut all = Vec::with_capacity(source.len());
    portions(source, threads, |_, _, targets| {
        all.extend_from_slice(targets);
        Ok(())
    })?;
    Ok(Cow::Owned(all))
}
