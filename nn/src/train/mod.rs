//! Training: one step, and many.

mod clock;
mod completed;
mod event;
mod failure;
mod fit;
mod memory;
pub mod model;
mod network;
mod preconditions;
mod progress;
mod run;
mod state;
mod times;
mod trainer;
mod update;

pub use event::{Event, Observer};
pub use fit::{Epoch, Fit, Report, Show, fit};
pub use model::Model;
pub use state::{NamedBuffer, TrainerState};
pub use trainer::Trainer;
