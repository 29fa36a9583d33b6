//! Training: one step, and many.

mod division;
mod fit;
mod progress;
mod trainer;

pub use fit::{Epoch, Fit, Report, Show, fit};
pub use trainer::Trainer;
