//! Ends a job with a rank that does not respond: MPI itself waits forever if a link fails or a
//! process hangs.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The interval at which the watchdog checks.
const LOOKS: Duration = Duration::from_millis(200);

/// Whether this rank waits, for which rank, and since when.
#[derive(Debug)]
pub(crate) struct Watchdog {
    started: Instant,
    /// Milliseconds since the start, plus 1; 0 while it does not wait.
    since: AtomicU64,
    /// The rank it waits for.
    partner: AtomicUsize,
}

impl Watchdog {
    /// Starts a thread that checks whether the rank of this name has waited longer than `patience`.
    pub(crate) fn start(name: String, patience: Duration) -> Arc<Self> {
        let watchdog = Watchdog {
            started: Instant::now(),
            since: AtomicU64::new(0),
            partner: AtomicUsize::new(0),
        };
        let watchdog = Arc::new(watchdog);
        let watched = Arc::downgrade(&watchdog);
        let look = move || {
            while let Some(watchdog) = watched.upgrade() {
                if watchdog.waited().is_some_and(|waited| waited > patience) {
                    let partner = watchdog.partner.load(Ordering::Relaxed);
                    eprintln!(
                        "{name}: has waited {:.0} s for rank {partner}, which hangs, is stopped, \
                         or cannot be reached any more; the job ends; when started again, it \
                         resumes from its last checkpoint (NN_MPI_PATIENCE sets the seconds)",
                        patience.as_secs_f64()
                    );
                    // Not by MPI, which may need the very link that has failed; the launcher ends
                    // the others.
                    process::abort();
                }
                drop(watchdog);
                std::thread::sleep(LOOKS);
            }
        };
        let thread = std::thread::Builder::new().name("nn-mpi watchdog".into()).spawn(look);
        if let Err(error) = thread {
            eprintln!(
                "cannot start the watchdog, so a rank that hangs will not be detected: {error}"
            );
        }
        watchdog
    }

    /// Runs `work`, which waits for rank `partner`.
    pub(crate) fn wait<R>(&self, partner: usize, work: impl FnOnce() -> R) -> R {
        self.partner.store(partner, Ordering::Relaxed);
        self.since.store(self.started.elapsed().as_millis() as u64 + 1, Ordering::Relaxed);
        let result = work();
        self.since.store(0, Ordering::Relaxed);
        result
    }

    fn waited(&self) -> Option<Duration> {
        let since = self.since.load(Ordering::Relaxed).checked_sub(1)?;
        self.started.elapsed().checked_sub(Duration::from_millis(since))
    }
}
