//! The operations that networks add to the tape's own, written as a user would write them.

mod dense;
mod loss;

pub(crate) use dense::Dense;
pub(crate) use loss::Loss;
