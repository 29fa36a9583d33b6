//! How long something takes, also where there is no clock.

use std::time::Duration;

/// Since when. On a machine that has no clock, such as WebAssembly without a host, no time goes by.
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

    /// `Instant::now` panics there.
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    pub(super) fn start() -> Self {
        Clock()
    }

    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    pub(super) fn elapsed(self) -> Duration {
        Duration::ZERO
    }
}
