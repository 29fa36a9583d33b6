//! One JSON object per line, for programs.

use std::path::Path;

use super::file::LogFile;
use super::{numbers, observer};
use crate::error::Result;
use crate::file::json;
use crate::train::{Event, Model};

/// Writes a JSON object for each epoch, one per line (JSON Lines), with the names of
/// [`Csv`](super::Csv):
///
/// ```text
/// {"epoch":1,"loss":0.52,"validation_loss":0.41,"validation_accuracy":0.85,"seconds":0.27}
/// ```
///
/// and on request for steps, `{"step":10,"epoch":1,"loss":0.9,"rate":1.0}`, where `rate` is the
/// factor on the learning rate. A number without a value is `null`.
#[derive(Debug)]
pub struct JsonLines {
    file: LogFile,
    steps: Option<u64>,
}

impl JsonLines {
    /// Writes to the file at `path`.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        Ok(JsonLines { file: LogFile::open(path.as_ref())?, steps: None })
    }

    /// Also writes an object for every step whose number is a multiple of `every`.
    ///
    /// # Panics
    ///
    /// If `every` is 0.
    #[must_use]
    #[track_caller]
    pub fn steps(self, every: u64) -> Self {
        assert!(every > 0, "steps of a log: found 0, expected at least 1, which is every step");
        JsonLines { steps: Some(every), ..self }
    }

    fn record<M: Model>(&self, event: &Event<'_, M>) -> Vec<u8> {
        match *event {
            Event::Step { number, epoch, loss, rate, .. }
                if self.steps.is_some_and(|every| number.is_multiple_of(every)) =>
            {
                let whole = [("step", number.to_string()), ("epoch", epoch.to_string())];
                let others = [("loss", value(Some(loss))), ("rate", value(Some(rate)))];
                object(whole.into_iter().chain(others))
            }
            Event::Epoch { number, epoch, .. } => {
                let number = std::iter::once(("epoch", number.to_string()));
                object(number.chain(numbers(epoch).map(|(name, number)| (name, value(number)))))
            }
            _ => Vec::new(),
        }
    }
}

observer!(JsonLines);

fn value(number: Option<f64>) -> String {
    // JSON cannot represent numbers that are not finite.
    number.filter(|number| number.is_finite()).map_or("null".into(), |number| format!("{number:?}"))
}

fn object<'f>(fields: impl Iterator<Item = (&'f str, String)>) -> Vec<u8> {
    let fields: Vec<String> = fields.map(|(name, value)| json(name) + ":" + &value).collect();
    format!("{{{}}}\n", fields.join(",")).into_bytes()
}
