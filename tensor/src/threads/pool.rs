//! The helper threads, and the distribution of work to them.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::JoinHandle;

/// An item until it is done; locked by the thread that does it.
type Slot<T> = Mutex<Option<T>>;

/// Items that are handed out at a time, unless they are large. More are handed out in turns, each
/// of which is divided among the threads.
pub const SLOTS: usize = 64;

/// The same for larger items.
const FEW_SLOTS: usize = 16;

/// Most bytes of items on the stack.
const MOST_STACK: usize = 32 * 1024;

/// The number of items that are handed out at a time to so many helpers.
pub(super) const fn slots_at_a_time<T>(helpers: usize) -> usize {
    let size = size_of::<Slot<T>>();
    let few = size * SLOTS > MOST_STACK && size * FEW_SLOTS <= MOST_STACK && helpers < FEW_SLOTS;
    if few { FEW_SLOTS } else { SLOTS }
}

/// The order in which `thread` of `threads` tries `count` items: its own part, then the others'
/// from their ends, which their owners reach last.
pub(super) fn visits(thread: usize, threads: usize, count: usize) -> impl Iterator<Item = usize> {
    let share = move |thread: usize| thread * count / threads..(thread + 1) * count / threads;
    let others = (1..threads).flat_map(move |ahead| share((thread + ahead) % threads).rev());
    share(thread).chain(others)
}

/// The function that each thread runs with its own number. Its lifetime is erased, see
/// [`Helpers::run_everywhere`].
type Task = &'static (dyn Fn(usize) + Sync);

#[derive(Debug)]
pub(super) struct Helpers {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    /// Held during a section; a caller that does not get it computes alone.
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

impl State {
    /// Forgets the payload of a helper's panic when the caller itself panicked, too. Dropping it
    /// might panic: under the lock, or while the caller's own panic unwinds, which would abort the
    /// process.
    fn forget_panic(&mut self) {
        std::mem::forget(self.panic.take());
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// Puts the next items into the slots and returns their number.
#[inline(never)] // so that an item on its way is not on the stack during the work
fn fill<T>(slots: &mut [Slot<T>], items: &mut dyn Iterator<Item = T>) -> usize {
    for (count, slot) in slots.iter_mut().enumerate() {
        let slot = slot.get_mut().unwrap_or_else(PoisonError::into_inner);
        *slot = items.next();
        if slot.is_none() {
            return count;
        }
    }
    slots.len()
}

/// This module never panics under these locks, so a poisoned one holds a consistent state.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Helpers {
    /// Starts `count` helpers, or fewer if the system refuses one.
    pub(super) fn start(
        count: usize,
        spawn: impl Fn(String, Box<dyn FnOnce() + Send>) -> io::Result<JoinHandle<()>>,
    ) -> Self {
        let shared = Arc::new(Shared::default());
        let threads = (1..=count).map_while(|number| {
            let shared = shared.clone();
            spawn(format!("tensor-{number}"), Box::new(move || shared.help(number))).ok()
        });
        Helpers { threads: threads.collect(), shared, section: Mutex::new(()) }
    }

    /// The number of helpers.
    pub(super) fn count(&self) -> usize {
        self.threads.len()
    }

    /// [`Threads::for_each`](super::Threads::for_each) with the calling thread; `None` if the
    /// helpers are busy. (`dyn`: a section is a few items, and a program has hundreds of kinds of
    /// sections.)
    pub(super) fn for_each<T: Send>(
        &self,
        items: &mut dyn Iterator<Item = T>,
        work: &(dyn Fn(&mut Option<T>) + Sync),
    ) -> Option<()> {
        let _section = match self.section.try_lock() {
            Ok(section) => section,
            // A section before panicked, and is over.
            Err(TryLockError::Poisoned(section)) => section.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        if size_of::<Slot<T>>() * SLOTS <= MOST_STACK {
            self.section::<T, SLOTS>(items, work);
        } else if slots_at_a_time::<T>(self.count()) == FEW_SLOTS {
            self.section::<T, FEW_SLOTS>(items, work);
        } else {
            self.section_on_heap(items, work);
        }
        Some(())
    }

    /// A section with `COUNT` items at a time, which are on the stack.
    #[inline(never)] // so that only the array that is used is on the stack
    fn section<T: Send, const COUNT: usize>(
        &self,
        items: &mut dyn Iterator<Item = T>,
        work: &(dyn Fn(&mut Option<T>) + Sync),
    ) {
        let mut slots = [const { Mutex::new(None) }; COUNT];
        loop {
            let count = fill(&mut slots, items);
            self.hand_out(&slots[..count], work);
            if count < COUNT {
                return;
            }
        }
    }

    /// The same with items that are too large for the stack.
    #[inline(never)]
    fn section_on_heap<T: Send>(
        &self,
        items: &mut dyn Iterator<Item = T>,
        work: &(dyn Fn(&mut Option<T>) + Sync),
    ) {
        let mut slots: Vec<Slot<T>> = Vec::new();
        slots.resize_with(SLOTS, || Mutex::new(None));
        loop {
            let count = fill(&mut slots, items);
            self.hand_out(&slots[..count], work);
            if count < SLOTS {
                return;
            }
        }
    }

    /// Calls `work` on all items in the slots.
    fn hand_out<T: Send>(&self, slots: &[Slot<T>], work: &(dyn Fn(&mut Option<T>) + Sync)) {
        self.run_slots(slots.len(), &|slot| match slots[slot].try_lock() {
            Ok(mut item) => work(&mut item),
            Err(TryLockError::Poisoned(item)) => work(&mut item.into_inner()),
            // The thread that holds the lock does it.
            Err(TryLockError::WouldBlock) => {}
        });
    }

    /// Tries every slot, each thread in its own order.
    fn run_slots(&self, count: usize, run: &(dyn Fn(usize) + Sync)) {
        if count < 2 {
            return (0..count).for_each(run);
        }
        let threads = 1 + self.threads.len();
        self.run_everywhere(&|thread| visits(thread, threads, count).for_each(run));
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
            state.forget_panic();
        });
        task(0);
        drop(close);
        // A separate statement: the lock must be free before unwinding.
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
        locked(&self.shared.state).forget_panic();
    }
}

/// Ends a section: removes the task and waits for the helpers that still run it.
struct Close<'a>(&'a Shared);

impl Drop for Close<'_> {
    fn drop(&mut self) {
        locked(&self.0.state).task = None;
        wait_while(|| self.0.active.load(Ordering::Acquire) > 0);
    }
}

/// Waits for another thread: usually some microseconds, longer if it was descheduled.
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

/// Number of spins before a helper sleeps: about 50 µs at 25 ns a `pause`.
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

    /// The main loop of helper `number`.
    fn help(&self, number: usize) {
        let mut seen = 0;
        loop {
            let Some(task) = self.next_task(&mut seen) else { return };
            if let Some(task) = task {
                if let Err(payload) = catch_unwind(AssertUnwindSafe(|| task(number))) {
                    let mut state = locked(&self.state);
                    match state.panic {
                        None => state.panic = Some(payload),
                        // One is enough. Dropping this one might panic and end this thread.
                        Some(_) => std::mem::forget(payload),
                    }
                }
                self.active.fetch_sub(1, Ordering::Release);
            }
        }
    }

    /// Waits for a signal. `None` at the end, `Some(None)` if the task is already over.
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
