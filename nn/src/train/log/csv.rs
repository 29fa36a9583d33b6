//! A table of the epochs for spreadsheets and plots.

use std::path::Path;

use super::file::LogFile;
use super::{numbers, observer};
use crate::error::Result;
use crate::train::{Event, Model};

/// Writes a row for each epoch after a header row: `epoch`, `loss`, `validation_loss` and
/// `validation_accuracy` if there are any, every measure added by
/// [`Fit::measure`](crate::Fit::measure), and `seconds`. The format is RFC 4180: commas, and quotes
/// around names that need them. A number without a value is empty.
#[derive(Debug)]
pub struct Csv {
    file: LogFile,
}

impl Csv {
    /// Writes to the file at `path`.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        Ok(Csv { file: LogFile::open(path.as_ref())? })
    }

    fn record<M: Model>(&self, event: &Event<'_, M>) -> Vec<u8> {
        let Event::Epoch { number, epoch, .. } = event else { return Vec::new() };
        let mut text = String::new();
        if self.file.length() == 0 {
            let names = std::iter::once("epoch").chain(numbers(epoch).map(|(name, _)| name));
            text += &row(names.map(field));
        }
        let values =
            numbers(epoch).map(|(_, value)| value.map_or(String::new(), |it| it.to_string()));
        text += &row(std::iter::once(number.to_string()).chain(values));
        text.into_bytes()
    }
}

observer!(Csv);

fn row(fields: impl Iterator<Item = String>) -> String {
    fields.collect::<Vec<_>>().join(",") + "\n"
}

fn field(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
