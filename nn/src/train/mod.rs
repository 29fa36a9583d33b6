//! Training: one step, and many.

mod division;
mod fit;
mod metrics;
mod trainer;

pub use fit::{Epoch, Fit, Report, Show, fit};
pub use metrics::Metrics;
pub use trainer::Trainer;
