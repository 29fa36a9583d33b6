//! Several metrics in one pass over the data.

use super::{Metric, Observation};
use crate::error::Result;

/// Passes a row to a metric. An error begins with the metric's name.
pub(super) fn see<M: Metric>(metric: &mut M, row: &Observation) -> Result<()> {
    metric.observe(row).map_err(|error| match M::NAME {
        "" => error, // of several metrics, one of which is named
        name => error.of(name),
    })
}

macro_rules! tuples {
    ($(($($M:ident $at:tt),+))+) => {$(
        /// Several metrics, each of which sees every row.
        impl<$($M: Metric),+> Metric for ($($M,)+) {
            type Value = ($($M::Value,)+);
            const NAME: &'static str = "";

            fn observe(&mut self, row: &Observation) -> Result<()> {
                $( see(&mut self.$at, row)?; )+
                Ok(())
            }

            fn finish(self) -> Self::Value {
                ($(self.$at.finish(),)+)
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}
