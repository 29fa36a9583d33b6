//! Training: a single step, and the loop over epochs.
//!
//! | file or folder | content |
//! |---|---|
//! | `model.rs` | [`Model`]: the methods that a trainer needs of a model |
//! | `network/` | [`Model`] for declared networks |
//! | `trainer.rs` | [`Trainer`]: one step of loss, gradient, update |
//! | `fit/`, `run.rs` | [`fit()`]: settings of a training, and its loop |
//! | `goal.rs` | [`Goal`], early stopping, the best epoch, plateaus |
//! | `clip.rs`, `groups.rs`, `average.rs`, `schedules.rs` | clipping, settings per layer, averages of the parameters, schedules |
//! | `shards.rs`, `micro_batches.rs`, `local.rs` | batches in parts, on one machine or on several ranks |
//! | `checkpoint/`, `state.rs`, `recipe.rs` | [`Checkpoints`], [`TrainerState`], files that record how a model was trained |
//! | `event.rs`, `progress/`, `log/`, `spikes.rs` | observers, the display, logs |
//! | `find/` | searches for the learning rate and the batch size |

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
mod local;
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
