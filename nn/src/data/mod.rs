//! Data: data sets in memory, class labels, minibatches, and the readers that fill them.
//!
//! ```no_run
//! use nn::data::fashion_mnist;
//!
//! # fn main() -> nn::Result<()> {
//! let data = fashion_mnist::load(None)?;
//! println!("{}", data.source);
//! let (train, validation) = data.train.split(0.9, 7)?;
//! # Ok(())
//! # }
//! ```

mod batches;
mod class;
mod dataset;
pub mod fashion_mnist;
pub mod idx;
mod wrong_rows;

pub use batches::{Batches, Minibatch};
pub use class::Class;
pub use dataset::Dataset;
pub(crate) use wrong_rows::WrongRows;
