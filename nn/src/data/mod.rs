//! Data sets in memory, class labels, minibatches, splits, and readers of files.
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
//!
//! | item | purpose |
//! |---|---|
//! | [`Source`] | the trait of everything that a network can be trained and evaluated with |
//! | [`Dataset`], [`FlatDataset`] | rows in memory, with widths in the type or known at run time |
//! | [`View`], [`split()`], [`folds()`] | parts of a source, without copies |
//! | [`WeightedRows`] | a weight for each row |
//! | [`Augmented`], [`AugmentedImages`] | noise, mixtures and image augmentation in training |
//! | [`Pixels`] | images stored as bytes |
//! | [`Batches`], [`Minibatch`] | the order of the rows in an epoch, and the rows of a batch |
//! | `Table` | named columns, before they become numbers |
//! | `csv`, `idx`, `images`, `npy`, `parquet`, `row_file` | readers of files |

mod augmented;
mod augmented_images;
mod batches;
mod dataset;
mod fingerprint;
mod flat;
mod pixels;
mod read;
mod sets;
mod source;
mod split;
#[cfg(feature = "table")]
mod table;
mod view;
mod weighted_rows;

pub use augmented::{Augmented, Mix};
pub use augmented_images::AugmentedImages;
pub use batches::{Batches, Minibatch};
pub use dataset::{Dataset, Rows};
pub(crate) use fingerprint::Fingerprint;
pub use flat::{FlatDataset, FlatRows, FlatTarget};
pub use pixels::Pixels;
pub use read::*; // every reader of its list
pub use sets::fashion_mnist;
pub use source::{Source, Visit};
pub(crate) use source::{all_targets, portions};
pub use split::{Fold, FoldNumber, FoldViews, Folds, Split, folds, split};
#[cfg(feature = "table")]
pub use table::{
    At, Cell, Column, ColumnTarget, Description, Kind, Summary, Table, TableSplit, WithTarget, days,
};
pub use view::View;
pub use weighted_rows::{WeightedRows, balanced_weights};
pub(crate) use weighted_rows::{check_weights, normalize, weights_of};

pub use crate::head::{Class, ClassLabel, Label};
pub use crate::labels::Labels;
pub use crate::words::Words;
