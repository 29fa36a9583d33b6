//! Training: one step, and many.

mod fit;
pub mod model;
mod network;
mod progress;
mod trainer;

pub use fit::{Epoch, Fit, Report, Show, fit};
pub use model::Model;
pub use trainer::Trainer;
