//! Splits data for training, validation and test.

mod arrange;
mod folds;
mod parts;

pub use folds::{Fold, FoldNumber, FoldViews, Folds, folds};
pub use parts::{Split, split};
#[cfg(feature = "table")]
pub(super) use {arrange::Arrangement, parts::parts};
