//! Elapsed time, also on machines without a clock.

use std::time::Duration;

/// A start time. On a machine without a clock, such as WebAssembly without a host, the elapsed time
/// is always zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock(
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))] std::time::Instant,
);

impl Clock {
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    pub(super) fn start() -> Self {
        Clock(std::time::Instant::now())
    }

    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    pub(super) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// `Instant::now` panics on this target.
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    pub(super) fn start() -> Self {
        Clock()
    }

    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    pub(super) fn elapsed(self) -> Duration {
        Duration::ZERO
    }
}
