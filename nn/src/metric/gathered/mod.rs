//! What several metrics accumulate over rows: sums, columns, counts of decisions, and rankings by a
//! score.

mod columns;
mod labels;
mod rankings;
mod spread;
mod sum;

pub(super) use columns::Columns;
pub(super) use labels::{Average, Label, Labels, label_metric};
pub(super) use rankings::{Rankings, Scored, steps};
pub(super) use spread::Spread;
pub(super) use sum::Mean;
