//! A thread pool for the short parallel sections of a training step.
//!
//! A section is a list of work items, each with its own part of the output. The result of an item
//! does not depend on the thread that computes it, so neither does it on the number of threads. The
//! time does: data that a core has written is in that core's cache. To fetch 200 KiB from there
//! costs another core 12 µs; to write them again after the other has read them costs 25 µs
//! (measured on an Intel Xeon of two cores). So every thread begins with its own part of the list,
//! the same in each section of the same length. Only then does it help the others (work stealing),
//! so that a thread that is late or was descheduled delays no other.
//!
//! Between sections a helper spins for some 50 µs, longer than the gaps inside a training step.
//! Then it sleeps and uses no CPU time while no training runs.

mod pool;
#[cfg(feature = "record")]
mod record;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use pool::Helpers;
pub use pool::SLOTS;
pub(crate) use pool::wait_while;
#[cfg(feature = "record")]
pub use record::{Recording, Section};

/// A pool of threads, the calling one included. Clones share the same threads.
///
/// ```
/// use tensor::threads::Threads;
///
/// let threads = Threads::new(2);
/// let mut squares = vec![0; 1000];
/// let parts = squares.chunks_mut(100).enumerate();
/// threads.for_each(parts, |(part, values)| {
///     for (i, value) in values.iter_mut().enumerate() {
///         *value = (100 * part + i).pow(2);
///     }
/// });
/// assert_eq!(squares[999], 998_001);
/// ```
#[derive(Clone, Debug)]
pub struct Threads {
    helpers: Option<Arc<Helpers>>,
    /// Whether [`Threads::worth`] always returns all threads.
    for_any_work: bool,
    #[cfg(feature = "record")]
    recording: Option<Arc<Recording>>,
}

impl Threads {
    /// Creates a pool of `count` threads: the one that calls [`for_each`](Threads::for_each) and
    /// `count - 1` helpers, or fewer if the system refuses to start more. The bits of a result do
    /// not depend on their number. 0 is taken as 1.
    pub fn new(count: usize) -> Self {
        Self::with(count, |name, help| std::thread::Builder::new().name(name).spawn(help))
    }

    /// [`Threads::new`] with a function that starts a helper of a given name.
    fn with(
        count: usize,
        spawn: impl Fn(String, Box<dyn FnOnce() + Send>) -> io::Result<JoinHandle<()>>,
    ) -> Self {
        let helpers = (count > 1).then(|| Helpers::start(count - 1, spawn));
        let helpers = helpers.filter(|helpers| helpers.count() > 0).map(Arc::new);
        Threads {
            helpers,
            for_any_work: false,
            #[cfg(feature = "record")]
            recording: None,
        }
    }

    /// Pretends to be a pool of `count` threads, for whom work is divided, but whose items the
    /// calling thread does, one after the other. It records how long each takes, as a model of a
    /// machine with as many cores. (Requires the feature `record`.)
    ///
    /// ```
    /// let (threads, recording) = tensor::threads::Threads::recorded(32);
    /// threads.for_each(0..64, |_| {});
    /// let [section] = &recording.take()[..] else { panic!("one section") };
    /// assert_eq!(section.items.len(), 64);
    /// assert!(section.seconds(32) <= section.seconds(1));
    /// ```
    #[cfg(feature = "record")]
    pub fn recorded(count: usize) -> (Self, Arc<Recording>) {
        let recording = Arc::new(Recording::of(count.max(1)));
        let recorded = Some(recording.clone());
        (Threads { helpers: None, for_any_work: false, recording: recorded }, recording)
    }

    /// Returns the global pool: as many threads as the process may use, shared by all callers.
    pub fn all() -> Self {
        static ALL: OnceLock<Threads> = OnceLock::new();
        let count = || std::thread::available_parallelism().map_or(1, |count| count.get());
        ALL.get_or_init(|| Threads::new(count())).clone()
    }

    /// The number of threads, the calling one included.
    pub fn count(&self) -> usize {
        #[cfg(feature = "record")]
        if let Some(recording) = &self.recording {
            return recording.threads;
        }
        1 + self.helpers.as_ref().map_or(0, |helpers| helpers.count())
    }

    /// Returns the same threads, which are now [worth](Threads::worth) waking for any work, even
    /// where one would be faster. For tests of divided work.
    #[must_use]
    pub fn for_any_work(self) -> Self {
        Threads { for_any_work: true, ..self }
    }

    /// Returns these threads if `is_much`, otherwise only the calling one.
    #[must_use]
    pub fn worth(&self, is_much: bool) -> Threads {
        if is_much || self.for_any_work { self.clone() } else { Threads::new(1) }
    }

    /// Calls `work` on every item, each on one of the threads, and returns when all are done.
    ///
    /// Of n items, thread t of T begins with those from t·n/T on, so that the same parts of the
    /// same data always reach the same thread. Does not allocate, unless an item is larger than
    /// some kilobytes. A call from inside `work`, or from another thread while these threads are
    /// busy, runs on its caller alone.
    ///
    /// # Panics
    ///
    /// If `work` panics on any thread, with the same payload. Other items may then not be
    /// processed.
    pub fn for_each<I>(&self, items: I, work: impl Fn(I::Item) + Sync)
    where
        I: Iterator,
        I::Item: Send,
    {
        self.for_each_stage(items, 1, work);
    }

    /// [`Threads::for_each`] where the items are stages of a pipeline: each takes over from the one
    /// before it in so many `steps`.
    #[cfg_attr(not(feature = "record"), allow(unused_variables))] // `steps` is only recorded
    pub(crate) fn for_each_stage<I>(
        &self,
        mut items: I,
        steps: usize,
        work: impl Fn(I::Item) + Sync,
    ) where
        I: Iterator,
        I::Item: Send,
    {
        // If the helpers are busy, the items stay here.
        let take = |item: &mut Option<I::Item>| {
            if let Some(item) = item.take() {
                work(item);
            }
        };
        #[cfg(feature = "record")]
        if let Some(recording) = &self.recording {
            let together = pool::slots_at_a_time::<I::Item>(recording.threads - 1);
            if recording.for_each(&mut items, steps, together, &take).is_some() {
                return;
            }
        }
        if let Some(helpers) = &self.helpers
            && helpers.for_each(&mut items, &take).is_some()
        {
            return;
        }
        items.for_each(work);
    }
}

impl Default for Threads {
    /// [`Threads::all`].
    fn default() -> Self {
        Threads::all()
    }
}
