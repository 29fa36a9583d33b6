//! The operations that networks add to the tape's own, written as a user would write them.

mod dense;
mod l2;
mod layer;
mod loss;
mod outputs;
mod same;

pub(crate) use dense::Dense;
pub(crate) use l2::L2;
pub(crate) use layer::{Static, record};
pub(crate) use loss::Loss;
pub(crate) use outputs::Outputs;
pub(crate) use same::Same;
