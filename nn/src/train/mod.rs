//! Training: one step, and many.

pub(crate) mod adapt;
mod ascent;
mod average;
mod checkpoint;
mod clip;
mod clock;
mod completed;
mod event;
mod failure;
mod find;
mod fit;
mod goal;
mod groups;
#[cfg(all(feature = "ctrlc", any(unix, windows)))]
mod interrupt;
pub mod log;
mod memory;
mod micro_batches;
pub mod model;
pub(crate) mod network;
pub(crate) mod preconditions;
mod progress;
mod recipe;
mod report;
mod run;
mod schedules;
mod shards;
mod spikes;
mod state;
mod times;
mod trainer;
pub(crate) mod update;

pub use adapt::{Adapt, Adapted};
pub use average::Average;
pub use checkpoint::Checkpoints;
pub use clip::Clip;
pub use event::{Event, Observer};
pub use find::{BatchSizeSearch, BatchSpeed, RateSearch, RateTrial};
pub use fit::{Fit, Show, fit};
pub use goal::{Best, Goal};
pub use groups::Groups;
pub use model::Model;
pub use report::{Epoch, Report};
pub use spikes::Spikes;
pub use state::{NamedBuffer, TrainerState};
pub use trainer::Trainer;
