//! A few threads that stay ready between the short parallel sections of a training step.
//!
//! A section is a list of work items, each with its own part of the output. Which thread computes an item
//! changes nothing about its result, so neither does the number of threads. But it changes the time: what
//! a core has written lies in that core's cache, and to fetch 200 KiB from there costs another core 12 µs, to
//! write them again after the other has read them 25 µs (measured on an Intel Xeon of two cores). So every
//! thread begins with its own share of the list, the same in each section of the same length, and only then
//! helps the others, so that a thread that is late or has lost its core holds nobody up.
//!
//! Between sections a helper spins for some 50 µs, longer than the gaps inside a training step, and
//! then sleeps, so that it costs nothing when no training goes on.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;

/// A number of threads to compute with, the calling one included. Clones share the same threads.
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
    /// Whether [`Threads::worth`] always says yes.
    for_any_work: bool,
}

impl Threads {
    /// `count` threads: the one that calls [`for_each`](Threads::for_each) and `count - 1` helpers.
    /// 0 is taken as 1.
    ///
    /// # Panics
    ///
    /// If the system refuses to start a thread.
    pub fn new(count: usize) -> Self {
        let helpers = (count > 1).then(|| Arc::new(Helpers::start(count - 1)));
        Threads { helpers, for_any_work: false }
    }

    /// As many threads as the process may use, shared by all who ask.
    pub fn all() -> Self {
        static ALL: OnceLock<Threads> = OnceLock::new();
        let count = || std::thread::available_parallelism().map_or(1, |count| count.get());
        ALL.get_or_init(|| Threads::new(count())).clone()
    }

    /// How many threads compute.
    pub fn count(&self) -> usize {
        1 + self.helpers.as_ref().map_or(0, |helpers| helpers.threads.len())
    }

    /// The same threads, which are [worth](Threads::worth) waking for any work, even where one would be quicker: for
    /// tests of what is divided.
    #[must_use]
    pub fn for_any_work(self) -> Self {
        Threads { for_any_work: true, ..self }
    }

    /// These threads for work that is worth waking them, or else the calling one alone.
    #[must_use]
    pub fn worth(&self, is_much: bool) -> Threads {
        if is_much || self.for_any_work { self.clone() } else { Threads::new(1) }
    }

    /// Does `work` on every item, each on one of the threads, and returns when all is done.
    ///
    /// Of n items, thread t of T begins with those from t·n/T on, so that the same parts of the same data come
    /// to the same thread again and again. Nothing is allocated. A call from inside `work`, or from another
    /// thread while these threads are busy, is computed by its caller alone.
    ///
    /// # Panics
    ///
    /// If `work` panics on any thread, with the same payload; other items may be left undone.
    pub fn for_each<I>(&self, mut items: I, work: impl Fn(I::Item) + Sync)
    where
        I: Iterator,
        I::Item: Send,
    {
        let Some(helpers) = &self.helpers else { return items.for_each(work) };
        let Ok(_section) = helpers.section.try_lock() else { return items.for_each(work) };
        loop {
            let mut slots = [const { Mutex::new(None) }; SLOTS];
            let mut count = 0;
            for (slot, item) in slots.iter_mut().zip(&mut items) {
                *slot = Mutex::new(Some(item));
                count += 1;
            }
            let slots = &slots[..count];
            let take = |slot: &Mutex<Option<I::Item>>| locked(slot).take();
            if count < 2 {
                return slots.iter().filter_map(take).for_each(work);
            }
            helpers.run_everywhere(&|thread| {
                for slot in visits(thread, self.count(), count) {
                    // A separate statement, so that the lock is released before the work.
                    let item = take(&slots[slot]);
                    if let Some(item) = item {
                        work(item);
                    }
                }
            });
            if count < SLOTS {
                return;
            }
        }
    }
}

/// Items that are handed out at a time.
const SLOTS: usize = 64;

/// The order in which `thread` of `threads` looks for items among `count`: its own share, then the others'
/// from their ends, where their owners come last.
fn visits(thread: usize, threads: usize, count: usize) -> impl Iterator<Item = usize> {
    let share = move |thread: usize| thread * count / threads..(thread + 1) * count / threads;
    let others = (1..threads).flat_map(move |ahead| share((thread + ahead) % threads).rev());
    share(thread).chain(others)
}

impl Default for Threads {
    /// [`Threads::all`].
    fn default() -> Self {
        Threads::all()
    }
}

/// What the threads run, each with its own number; erased of its lifetime, see [`Helpers::run_everywhere`].
type Task = &'static (dyn Fn(usize) + Sync);

#[derive(Debug)]
struct Helpers {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    /// Held during a section; whoever does not get it computes alone.
    section: Mutex<()>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    /// Changes when there is a new task or the helpers must end; watched while spinning.
    signal: AtomicUsize,
    /// Helpers that run the current task. Grows only under the lock, while there is a task.
    active: AtomicUsize,
}

#[derive(Default)]
struct State {
    task: Option<Task>,
    sleeping: usize,
    ended: bool,
    panic: Option<Box<dyn Any + Send>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// No code of ours panics under these locks, so that a poisoned one holds nothing half-done.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Helpers {
    fn start(count: usize) -> Self {
        let shared = Arc::new(Shared::default());
        let threads = (0..count)
            .map(|i| {
                let shared = shared.clone();
                std::thread::Builder::new()
                    .name(format!("tensor-{}", i + 1))
                    .spawn(move || shared.help(i + 1))
                    .unwrap_or_else(|error| {
                        panic!("threads: cannot start helper {}: {error}", i + 1)
                    })
            })
            .collect();
        Helpers { shared, threads, section: Mutex::new(()) }
    }

    /// Runs `task` on this thread and on every helper that is awake in time; returns when no thread
    /// runs it any more.
    fn run_everywhere(&self, task: &(dyn Fn(usize) + Sync)) {
        // SAFETY: only the lifetime changes. The reference is given to helpers through
        // `State::task` alone. A helper that takes it counts itself active under the lock, and
        // `Close`, which is dropped before this function returns or unwinds, removes the task under
        // the same lock and then waits until no helper is active. So nobody uses it afterwards.
        #[allow(unsafe_code)]
        let task: Task = unsafe { std::mem::transmute::<&(dyn Fn(usize) + Sync), Task>(task) };
        let close = Close(&self.shared);
        self.shared.announce(|state| {
            state.task = Some(task);
            state.panic = None; // one that was left behind when the caller itself panicked
        });
        task(0);
        drop(close);
        // A statement of its own: the lock must be free before unwinding.
        let panic = locked(&self.shared.state).panic.take();
        if let Some(payload) = panic {
            resume_unwind(payload);
        }
    }
}

impl Drop for Helpers {
    fn drop(&mut self) {
        self.shared.announce(|state| state.ended = true);
        for thread in self.threads.drain(..) {
            // A helper catches the panics of its tasks, so that joining cannot fail.
            let _ = thread.join();
        }
    }
}

/// Ends a section: takes the task away and waits for those who still run it.
struct Close<'a>(&'a Shared);

impl Drop for Close<'_> {
    fn drop(&mut self) {
        locked(&self.0.state).task = None;
        wait_while(|| self.0.active.load(Ordering::Acquire) > 0);
    }
}

/// Waits for another thread that is at work: for some microseconds, unless it has lost its core.
pub(crate) fn wait_while(is_busy: impl Fn() -> bool) {
    let mut spins = 0_u32;
    while is_busy() {
        spins += 1;
        if spins < SPINS {
            std::hint::spin_loop();
        } else {
            std::thread::yield_now();
        }
    }
}

/// How often a helper looks for work before it sleeps: about 50 µs at 25 ns a `pause`.
const SPINS: u32 = 2000;

impl Shared {
    fn announce(&self, change: impl FnOnce(&mut State)) {
        let mut state = locked(&self.state);
        change(&mut state);
        self.signal.fetch_add(1, Ordering::Release);
        if state.sleeping > 0 {
            self.wake.notify_all();
        }
    }

    /// What helper `number` does all its life.
    fn help(&self, number: usize) {
        let mut seen = 0;
        loop {
            let Some(task) = self.next_task(&mut seen) else { return };
            if let Some(task) = task {
                if let Err(payload) = catch_unwind(AssertUnwindSafe(|| task(number))) {
                    locked(&self.state).panic.get_or_insert(payload);
                }
                self.active.fetch_sub(1, Ordering::Release);
            }
        }
    }

    /// Waits for a signal; `None` at the end, `Some(None)` if the task was over before we came.
    fn next_task(&self, seen: &mut usize) -> Option<Option<Task>> {
        for _ in 0..SPINS {
            if self.signal.load(Ordering::Acquire) != *seen {
                break;
            }
            std::hint::spin_loop();
        }
        let mut state = locked(&self.state);
        // Signals are sent under the lock, so that none can be missed between this check and sleep.
        while self.signal.load(Ordering::Acquire) == *seen {
            state.sleeping += 1;
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.sleeping -= 1;
        }
        *seen = self.signal.load(Ordering::Acquire);
        if state.ended {
            return None;
        }
        if state.task.is_some() {
            self.active.fetch_add(1, Ordering::Relaxed);
        }
        Some(state.task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_item_is_done_once() {
        for count in [0, 1, 2, 3, 8] {
            let threads = Threads::new(count);
            assert_eq!(threads.count(), count.max(1));
            for round in 0..200 {
                let mut hits = vec![0; round % 17];
                threads.for_each(hits.iter_mut(), |hit| *hit += 1);
                assert!(hits.iter().all(|&hit| hit == 1), "{count} threads, round {round}");
            }
        }
    }

    #[test]
    fn more_items_than_slots() {
        let mut hits = vec![0; 5 * SLOTS / 2];
        Threads::new(3).for_each(hits.iter_mut(), |hit| *hit += 1);
        assert_eq!(hits, [1; 5 * SLOTS / 2]);
    }

    /// Whatever the numbers, every thread sees every item once, its own share first.
    #[test]
    fn visits_cover_all_items() {
        for threads in 1..6 {
            for count in 0..20 {
                let mut firsts = Vec::new();
                for thread in 0..threads {
                    let order: Vec<usize> = visits(thread, threads, count).collect();
                    assert_eq!(order.iter().collect::<HashSet<_>>().len(), count);
                    assert_eq!(order.len(), count);
                    firsts.extend(order.first().filter(|_| count >= threads).copied());
                }
                let distinct: HashSet<_> = firsts.iter().collect();
                assert_eq!(distinct.len(), firsts.len(), "{threads} threads, {count} items");
            }
        }
    }

    #[test]
    fn helpers_take_part() {
        let threads = Threads::new(2);
        let seen = Mutex::new(HashSet::new());
        // Each item waits until both threads have come, so one thread alone could not finish.
        threads.for_each(0..2, |_| {
            locked(&seen).insert(std::thread::current().id());
            while locked(&seen).len() < 2 {
                std::thread::yield_now();
            }
        });
        assert_eq!(locked(&seen).len(), 2);
    }

    #[test]
    fn a_section_inside_a_section_is_computed_by_its_caller() {
        let threads = Threads::new(3);
        let sum = AtomicUsize::new(0);
        threads.for_each(0..10, |i| {
            threads.for_each(0..10, |j| {
                sum.fetch_add(i * j, Ordering::Relaxed);
            });
        });
        assert_eq!(sum.into_inner(), 45 * 45);
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_threads_stay_usable() {
        let threads = Threads::new(2);
        for _ in 0..50 {
            let result = catch_unwind(AssertUnwindSafe(|| {
                threads.for_each(0..100, |i| assert!(i != 60, "item {i} fails"));
            }));
            let payload = result.expect_err("the panic must arrive");
            assert_eq!(payload.downcast_ref::<String>().map(String::as_str), Some("item 60 fails"));
        }
        let sum = AtomicUsize::new(0);
        threads.for_each(0..100, |i| {
            sum.fetch_add(i, Ordering::Relaxed);
        });
        assert_eq!(sum.into_inner(), 4950);
    }

    #[test]
    fn sleeping_helpers_wake_up() {
        let threads = Threads::new(2);
        for _ in 0..5 {
            std::thread::sleep(std::time::Duration::from_millis(2));
            let mut hits = [0; 64];
            threads.for_each(hits.iter_mut(), |hit| *hit += 1);
            assert_eq!(hits, [1; 64]);
        }
    }
}
