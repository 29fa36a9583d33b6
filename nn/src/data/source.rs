//! The trait of data for training and evaluation.

use std::borrow::Cow;
use std::slice;

use tensor::cache::fetch;
use tensor::product::rows_per_thread;
use tensor::threads::Threads;

use super::Dataset;
use crate::error::Result;
use crate::labels::Labels;
use crate::words::Words;

/// A source of rows for training and evaluation; it fills minibatches.
///
/// A [`Dataset`] is one. For every source the order of the rows depends only on the seed and the
/// epoch, so training gives the same bits as with a data set of the same rows in memory.
///
/// ```
/// use nn::data::Source;
/// use nn::prelude::*;
/// use nn::{Show, Threads, fit};
///
/// network! { struct Parity(dense(8 -> 16, tanh), dense(1, sigmoid)); }
///
/// /// All bytes, bit by bit, and whether their number of ones is odd: computed on request.
/// struct Bytes;
///
/// impl Source<[f32; 8], [f32; 1]> for Bytes {
///     fn len(&self) -> usize {
///         256
///     }
///     fn fill(
///         &self,
///         rows: &[usize],
///         inputs: &mut Vec<[f32; 8]>,
///         targets: &mut Vec<[f32; 1]>,
///         _: &Threads,
///     ) {
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

    /// Returns whether there are no rows.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Replaces the contents of `inputs` and `targets` by these rows, in this order. The `threads`
    /// may share the work.
    ///
    /// A row is the same each time it is requested. The vectors are reused: with capacity for a
    /// batch they need not grow.
    ///
    /// # Panics
    ///
    /// If a row does not exist.
    fn fill(&self, rows: &[usize], inputs: &mut Vec<X>, targets: &mut Vec<Y>, threads: &Threads);

    /// [`Source::fill`] for a training step, where rows may differ from step to step, as in
    /// [`Augmented`](super::Augmented): they are a function of the visit and the row, so that
    /// training is reproducible.
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

    /// Describes what [`Source::fill_for_step`] changes, if anything. Training resumes only with
    /// the same description.
    fn augmentation(&self) -> Option<String> {
        None
    }

    /// The names of the classes, if the targets are classes with names; [`fit`](crate::fit) passes
    /// them to the network.
    fn class_names(&self) -> Option<&Labels> {
        None
    }

    /// The words that the rows hold as fingerprints, if known. [`fit`](crate::fit) passes them to
    /// the network, which saves those that it can use.
    fn words(&self) -> Option<&Words> {
        None
    }

    /// The weight of row `row`, if the rows have [weights](super::WeightedRows): either all have
    /// one or none.
    ///
    /// # Panics
    ///
    /// If the row does not exist.
    fn weight(&self, row: usize) -> Option<f64> {
        let _ = row;
        None
    }

    /// Returns whether the rows have weights.
    fn is_weighted(&self) -> bool {
        !self.is_empty() && self.weight(0).is_some()
    }

    /// All rows, if they are in memory unchanged, so that they can be read in place.
    fn in_memory(&self) -> Option<(&[X], &[Y])> {
        None
    }
}

/// The training step in which a row is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by whoever trains")]
pub struct Visit {
    /// The seed of the training.
    pub seed: u64,
    /// The epoch, counted from 1.
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

/// Replaces the contents of `into` by these rows of `from`.
pub(crate) fn gather<X: Copy + Send + Sync>(
    from: &[X],
    rows: &[usize],
    into: &mut Vec<X>,
    threads: &Threads,
) {
    into.truncate(rows.len());
    if let Some(&first) = rows.first() {
        into.reserve_exact(rows.len() - into.len());
        // As slices: `resize` moves a row over the stack, for which it may be too large.
        while into.len() < rows.len() {
            into.extend_from_slice(&from[first..=first]);
        }
    }
    in_parts::<X, X>(rows, into, threads, |rows, into| copy(from, rows, into));
}

/// Lets the threads fill parts of `into` with `read` from rows of `R` if that pays off: they wait
/// for memory at the same time. Waking threads that do not work at the step costs more than it
/// saves.
pub(crate) fn in_parts<R, X: Send>(
    rows: &[usize],
    into: &mut [X],
    threads: &Threads,
    fill: impl Fn(&[usize], &mut [X]) + Sync,
) {
    /// Bytes from which waking a thread pays off.
    const WORTH_A_THREAD: usize = 64 * 1024;
    if threads.count() == 1 || size_of::<R>().saturating_mul(rows.len()) < WORTH_A_THREAD {
        return fill(rows, into);
    }
    let part = rows_per_thread(rows.len(), threads);
    let parts = into.chunks_mut(part).zip(rows.chunks(part));
    threads.for_each(parts, |(into, rows)| fill(rows, into));
}

/// Copies the `rows` of `from`, one after the other.
fn copy<X: Copy>(from: &[X], rows: &[usize], into: &mut [X]) {
    for (into, from) in into.iter_mut().zip(ahead(from, rows)) {
        // As slices: directly from row to row, not over the stack, for which a row may be too
        // large.
        slice::from_mut(into).copy_from_slice(from);
    }
}

/// Copies the `rows` of `from`, each a slice of one, and prefetches the following ones.
pub(crate) fn ahead<'f, X>(from: &'f [X], rows: &'f [usize]) -> impl Iterator<Item = &'f [X]> {
    /// Number of rows prefetched ahead: as many as can be in flight at a time.
    const AHEAD: usize = 2;
    rows.iter().enumerate().map(move |(i, &row)| {
        if let Some(&later) = rows.get(i + AHEAD) {
            fetch(&from[later..=later]);
        }
        &from[row..=row]
    })
}

/// Passes all rows of `source` to `see`, in order: at once if they are in memory, else in parts,
/// each with the number of its first row.
pub(crate) fn portions<X, Y>(
    source: &dyn Source<X, Y>,
    threads: &Threads,
    mut see: impl FnMut(usize, &[X], &[Y]) -> Result<()>,
) -> Result<()> {
    /// Rows per part: enough for the threads to pay off.
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
