//! Data cut into parts: to train with, to choose by, and to judge by.

mod arrange;
mod folds;
mod parts;

pub use folds::{Fold, FoldNumber, FoldViews, Folds, folds};
pub use parts::{Split, split};
#[cfg(feature = "table")]
pub(super) use {arrange::Arrangement, parts::parts};
