//! Division of the work of a step among threads.

use std::marker::PhantomData;
use std::ops::Range;

use tensor::product::{TILE_ROWS, rows_per_thread};
use tensor::threads::{SLOTS, Threads};

use crate::layer::{Inference as _, Layer as _};
use crate::network::Network;

/// Floating-point operations of a step below which waking threads costs more than it saves. It is
/// one decision for the whole step: if only a part of it were divided, the data of that part would
/// have to come from another core's cache.
const WORTH_THREADS: usize = 11_000_000;

/// Elements of a slice of the gradient: 32 KiB of `f32`, so that the update finds it in the cache.
const STRETCH: usize = 8192;
/// Maximum number of slices of a thread, in the first weight and in the rest: in a large network
/// they are longer, so that the data that all of them read are read by few. With many threads there
/// are fewer, so that all are handed out at once and each thread gets its own.
const STRETCHES: usize = 16;

/// Largest first weight, in elements, that a thread may cache in its core's cache: 1 MiB of `f32`.
const CACHED_WEIGHT: usize = 256 * 1024;
/// Maximum number of pipeline stages: with more, the first and the last thread wait too long for
/// each other.
const MOST_STAGES: usize = 8;
/// Largest batch for which the pipeline is used. Above it, each thread does enough arithmetic per
/// weight read that cache placement no longer matters.
const MOST_ROWS: usize = 256;

/// The threads that are worthwhile for a step on some rows, and the work of each at a time.
#[derive(Debug, Default)]
pub(crate) struct Division {
    pub(crate) threads: Threads,
    /// Rows that pass through the network together.
    pub(crate) rows: usize,
    /// Rows of the first layer's weight per thread in a pipeline; 0 without a pipeline.
    pub(crate) depth: usize,
}

/// The properties of a network that determine how its work is divided.
pub(crate) trait Divided: Copy + Send {
    /// Floating-point operations of a step per row.
    fn step_flops(self) -> usize;
    /// Whether rows depend on one another in training.
    fn is_coupled(self) -> bool;
    /// The shape of the first layer's weight, if its sums can be computed separately.
    fn first_weight(self) -> Option<[usize; 2]>;
    /// Index of the first layer's parameters: after those of the encoder, which no gradient
    /// changes.
    fn start(self) -> usize;
    /// Number of flat parameters.
    fn len(self) -> usize;
    /// The first index at or after `at` where a slice of the gradient may begin or end.
    fn next_boundary(self, at: usize) -> usize;
}

/// A declared network, completely known to the compiler.
pub(crate) struct Declared<N>(PhantomData<fn() -> N>);

impl<N> Declared<N> {
    pub(crate) fn new() -> Self {
        Declared(PhantomData)
    }
}

impl<N> Clone for Declared<N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> Copy for Declared<N> {}

impl<N: Network> Divided for Declared<N> {
    #[inline(always)]
    fn step_flops(self) -> usize {
        N::STEP_FLOPS
    }

    #[inline(always)]
    fn is_coupled(self) -> bool {
        N::Layers::COUPLED
    }

    #[inline(always)]
    fn first_weight(self) -> Option<[usize; 2]> {
        const { N::INFO.first_weight() }
    }

    #[inline(always)]
    fn start(self) -> usize {
        const { N::INFO.first_start() }
    }

    #[inline(always)]
    fn len(self) -> usize {
        N::Layers::LEN
    }

    #[inline(always)]
    fn next_boundary(self, at: usize) -> usize {
        N::Layers::next_boundary(at)
    }
}

impl Division {
    /// The division for a batch of `batch` rows.
    pub(crate) fn of(network: impl Divided, batch: usize, threads: &Threads) -> Self {
        let threads = threads.worth(batch.saturating_mul(network.step_flops()) >= WORTH_THREADS);
        let count = threads.count();
        let rows = if network.is_coupled() { batch } else { rows_per_thread(batch, &threads) };
        let is_line = (2..=MOST_STAGES).contains(&count)
            && batch.div_ceil(TILE_ROWS) >= 2 * count
            && batch <= MOST_ROWS;
        let depth = match network.first_weight() {
            Some([inputs, outputs]) if is_line && inputs * outputs <= CACHED_WEIGHT * count => {
                inputs.div_ceil(count).next_multiple_of(TILE_ROWS)
            }
            _ => 0,
        };
        Division { threads, rows, depth }
    }

    /// The shape of the first layer's weight if it is divided separately, otherwise zeros.
    fn first_weight(&self, network: impl Divided) -> [usize; 2] {
        network.first_weight().filter(|_| self.depth > 0).unwrap_or_default()
    }

    /// The number of elements of the first layer's weight if it is divided separately, otherwise 0.
    fn seam(&self, network: impl Divided) -> usize {
        self.first_weight(network).iter().product()
    }

    /// The slices into which the flat parameters are divided, as equal as the layers' boundaries
    /// allow: those of the first thread, then those of the second, and so on.
    pub(crate) fn stretches<D: Divided>(
        &self,
        network: D,
    ) -> impl Iterator<Item = Range<usize>> + Send + use<D> {
        let start = network.start();
        // All indices below count from there.
        let len = network.len() - start;
        let (count, depth) = (self.threads.count(), self.depth);
        let most = (SLOTS / (2 * count)).clamp(1, STRETCHES);
        let [inputs, outputs] = self.first_weight(network);
        let first = inputs * outputs;
        // Each thread's rows of the first weight, then its part of the rest.
        (0..count)
            .flat_map(move |thread| {
                let own = |thread: usize| (thread * depth).min(inputs) * outputs;
                let rest = |thread: usize| match first + thread * (len - first) / count {
                    start if start == first => first,
                    at => next_boundary(network, at).min(len),
                };
                let pieces = move |share, of: usize| {
                    let number = of.div_ceil(count).div_ceil(STRETCH).clamp(1, most);
                    pieces(network, share, number)
                };
                let of_first = pieces(own(thread)..own(thread + 1), first);
                of_first.chain(pieces(rest(thread)..rest(thread + 1), len - first))
            })
            .map(move |stretch| stretch.start + start..stretch.end + start)
    }
}

/// [`Divided::next_boundary`], counted from [`Divided::start`].
fn next_boundary(network: impl Divided, at: usize) -> usize {
    network.next_boundary(at + network.start()) - network.start()
}

/// Divides `share` into `count` slices, or fewer if the layers' boundaries do not allow so many.
fn pieces<D: Divided>(
    network: D,
    share: Range<usize>,
    count: usize,
) -> impl Iterator<Item = Range<usize>> + Send {
    let len = share.len();
    let mut from = share.start;
    (0..count).filter_map(move |before| {
        let number = before + 1;
        let at = share.start + number * len / count;
        let to = if number < count {
            next_boundary(network, at).clamp(from, share.end)
        } else {
            share.end
        };
        let stretch = std::mem::replace(&mut from, to)..to;
        (!stretch.is_empty()).then_some(stretch)
    })
}

/// A buffer parallel to the flat parameters, handed out in the order of [`Division::stretches`].
pub(crate) struct Parts<'p, T> {
    of_first: &'p mut [T],
    others: &'p mut [T],
    /// The end of the first layer's weight if it is divided separately, otherwise the start of its
    /// parameters.
    seam: usize,
}

impl<'p, T> Parts<'p, T> {
    /// Parts of `all`, which may be empty.
    pub(crate) fn of(network: impl Divided, division: &Division, all: &'p mut [T]) -> Self {
        Parts::at([network.start(), division.seam(network)], all)
    }

    /// As `of`, for several buffers.
    #[inline]
    pub(crate) fn each<const N: usize>(
        network: impl Divided,
        division: &Division,
        all: [&'p mut [T]; N],
    ) -> [Self; N] {
        let places = [network.start(), division.seam(network)];
        all.map(|all| Parts::at(places, all))
    }

    #[inline]
    fn at([start, seam]: [usize; 2], all: &'p mut [T]) -> Self {
        // The buffer is empty for an optimizer without state.
        let all = all.split_at_mut(start.min(all.len())).1;
        let (of_first, others) = all.split_at_mut(seam.min(all.len()));
        Parts { of_first, others, seam: start + seam }
    }

    /// The next slice of each buffer.
    #[inline]
    pub(crate) fn take_each<const N: usize>(
        parts: &mut [Self; N],
        stretch: &Range<usize>,
    ) -> [&'p mut [T]; N] {
        parts.each_mut().map(|parts| parts.take(stretch))
    }

    /// The next slice; empty if the buffer is empty.
    #[inline]
    pub(crate) fn take(&mut self, stretch: &Range<usize>) -> &'p mut [T] {
        let from = if stretch.start < self.seam { &mut self.of_first } else { &mut self.others };
        let len = stretch.len().min(from.len());
        from.split_off_mut(..len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A network whose slices may begin anywhere.
    #[derive(Clone, Copy)]
    struct Any {
        first: [usize; 2],
        len: usize,
    }

    impl Divided for Any {
        fn step_flops(self) -> usize {
            usize::MAX
        }

        fn is_coupled(self) -> bool {
            false
        }

        fn first_weight(self) -> Option<[usize; 2]> {
            Some(self.first)
        }

        fn start(self) -> usize {
            0
        }

        fn len(self) -> usize {
            self.len
        }

        fn next_boundary(self, at: usize) -> usize {
            at
        }
    }

    #[test]
    fn slices_are_all_parameters_and_are_handed_out_at_once() {
        let networks = [
            Any { first: [784, 128], len: 784 * 128 + 2000 },
            Any { first: [784, 512], len: 700_000 },
            Any { first: [1024, 4096], len: 25_000_000 },
            Any { first: [3, 2], len: 10 },
        ];
        for count in [1, 2, 3, 4, 7, 8, 16, 32] {
            let threads = Threads::new(count);
            for network in networks {
                for batch in [8, 64, 128, 1024] {
                    let division = Division::of(network, batch, &threads);
                    let mut slices: Vec<_> = division.stretches(network).collect();
                    assert!(slices.len() <= SLOTS, "{count} threads: {} slices", slices.len());
                    slices.sort_by_key(|slice| slice.start);
                    let mut end = 0;
                    for slice in slices {
                        assert_eq!(slice.start, end, "{count} threads, a batch of {batch}");
                        end = slice.end;
                    }
                    assert_eq!(end, network.len);
                }
            }
        }
    }
}
