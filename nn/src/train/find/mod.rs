//! What a training is to be set to, found by trying.

mod batch_size;
mod rate;
mod trial;

pub use batch_size::{BatchSizeSearch, BatchSpeed};
pub use rate::{RateSearch, RateTrial};
pub(super) use trial::Trial;
