//! Searches for settings of a training: learning rate and batch size.

mod batch_size;
mod rate;
mod trial;

pub use batch_size::{BatchSizeSearch, BatchSpeed};
pub use rate::{RateSearch, RateTrial};
pub(super) use trial::Trial;
