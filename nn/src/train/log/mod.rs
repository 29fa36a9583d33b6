//! Logs of a training: an observer for each file format.
//!
//! ```
//! use nn::data::Dataset;
//! use nn::prelude::*;
//! use nn::{Show, log};
//!
//! network! { struct Line(dense(1 -> 1)); }
//!
//! let directory = std::env::temp_dir().join("nn-log");
//! let data = Dataset::new(vec![[0.0], [1.0]], vec![[1.0], [3.0]])?;
//! fit(&mut Line::init(1), &data)
//!     .observe(log::Csv::create(directory.join("line.csv"))?)
//!     .observe(log::JsonLines::create(directory.join("line.jsonl"))?.steps(5))
//!     .observe(log::TensorBoard::create(&directory)?)
//!     .show(Show::Nothing)
//!     .run()?;
//! let csv = std::fs::read_to_string(directory.join("line.csv"))?;
//! assert_eq!(csv.lines().count(), 1 + 10);
//! assert!(csv.starts_with("epoch,loss,seconds\n1,"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A new training starts its files anew. One that resumes from a
//! [checkpoint](crate::Fit::checkpoint) truncates them to their length at the checkpoint, so that
//! nothing appears twice. A full disk does not stop the training: the display says so once, and the
//! file ends there.

mod csv;
mod file;
mod json;
mod tensorboard;

pub use csv::Csv;
pub use json::JsonLines;
pub use tensorboard::TensorBoard;

use super::report::Epoch;

/// The values of an epoch other than its number, by name; `None` if there is no value.
fn numbers(epoch: &Epoch) -> impl Iterator<Item = (&str, Option<f64>)> {
    let loss = std::iter::once(("loss", Some(epoch.loss)));
    let validation = epoch.validation.into_iter().flat_map(|metrics| {
        let accuracy = metrics.accuracy.map(|accuracy| ("validation_accuracy", Some(accuracy)));
        std::iter::once(("validation_loss", Some(metrics.loss))).chain(accuracy)
    });
    let measured = epoch.measured.iter().map(|(name, value)| (&name[..], *value));
    loss.chain(validation).chain(measured).chain([("seconds", Some(epoch.seconds))])
}

/// Implements [`Observer`](super::Observer) for a log with a `file` and a method `record`, which
/// converts an event to the bytes to write, if any.
macro_rules! observer {
    ($Log:ident) => {
        impl<M: $crate::train::Model> $crate::train::Observer<M> for $Log {
            fn observe(
                &mut self,
                event: &$crate::train::Event<'_, M>,
            ) -> std::ops::ControlFlow<()> {
                if let $crate::train::Event::Begin { .. } = event {
                    self.file.begin();
                }
                let record = self.record(event);
                self.file.write(&record);
                std::ops::ControlFlow::Continue(())
            }

            fn name(&self) -> Option<&str> {
                Some(self.file.name())
            }

            fn state(&self) -> String {
                self.file.length().to_string()
            }

            fn restore(&mut self, state: &str) -> $crate::error::Result<()> {
                self.file.restore(state)
            }

            fn note(&mut self) -> Option<String> {
                self.file.note()
            }
        }
    };
}
use observer;
