//! The errors of this crate. Every message names the subject, what was found, what was expected,
//! and what to do.

mod invalid_rows;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use invalid_rows::InvalidRows;

/// The result type of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this crate.
///
/// [`Display`](fmt::Display) and [`Debug`] print the same full sentence, so that `unwrap()` and a
/// `main` that returns a [`Result`] are readable, too.
///
/// ```
/// let error = nn::data::Class::<10>::new(12).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "class: found 12, expected a number from 0 to 9; count classes from 0"
/// );
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Error {
    /// An error of the `tensor` crate.
    Tensor(tensor::Error),
    /// An error of the `autograd` crate.
    Autograd(autograd::Error),
    /// The operating system could not read or write a file.
    Io {
        /// The failed action: `read`, `write`, …
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The error of the operating system; also the [`source`](std::error::Error::source).
        source: Arc<io::Error>,
    },
    /// A file was read, but its content is invalid.
    File {
        /// The file.
        path: PathBuf,
        /// The invalid part of the file.
        field: String,
        /// The content of this part.
        found: String,
        /// The expected content.
        expected: String,
        /// Advice.
        advice: String,
    },
    /// An argument or a setting is out of its range, or does not fit another one.
    #[non_exhaustive]
    Value {
        /// The name of the argument or the setting.
        what: String,
        /// Its value.
        found: String,
        /// The allowed values.
        expected: String,
        /// Advice.
        advice: String,
    },
    /// The notation of a network that was read at run time has errors: all of them, each a sentence
    /// with its line and characters.
    Notation(String),
    /// Computed numbers are not finite: the training diverged, or the network had before.
    #[non_exhaustive]
    Diverged {
        /// The loss, or the name of a tensor.
        what: String,
        /// Its value.
        found: String,
        /// The expected value.
        expected: String,
        /// The state of the network, and advice.
        advice: String,
    },
}

/// The kind of an [`Error`], for programs that handle errors differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An operation on tensors failed.
    Tensor,
    /// An operation on the tape failed.
    Autograd,
    /// The operating system could not read or write a file.
    Io,
    /// The content of a file is invalid.
    File,
    /// An argument, a setting or data are out of range.
    Value,
    /// The notation of a network that was read at run time has errors.
    Notation,
    /// Computed numbers are not finite.
    Diverged,
}

impl Error {
    /// `action` on `path` failed in the operating system.
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_path_buf(), source: Arc::new(source) }
    }

    /// The `field` of the file at `path` holds `found` instead of `expected`.
    pub(crate) fn file(
        path: &Path,
        field: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::File {
            path: path.to_path_buf(),
            field: field.into(),
            found: found.into(),
            expected: expected.into(),
            advice: advice.into(),
        }
    }

    /// The number `what` is `found`, which is not finite.
    pub(crate) fn diverged(
        what: impl Into<String>,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::Diverged {
            what: what.into(),
            found: found.into(),
            expected: "a finite number".into(),
            advice: advice.into(),
        }
    }

    /// Prefixes the error with the name of its subject.
    pub(crate) fn of(mut self, whose: &str) -> Self {
        if let Self::Value { what, .. } | Self::Diverged { what, .. } = &mut self {
            *what = format!("{whose}: {what}");
        }
        self
    }

    /// The argument or setting `what` is `found` instead of `expected`.
    pub(crate) fn value(
        what: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::Value {
            what: what.into(),
            found: found.into(),
            expected: expected.into(),
            advice: advice.into(),
        }
    }
}

impl Error {
    /// Adds advice, if the error has any.
    pub(crate) fn advising(mut self, more: &str) -> Self {
        match &mut self {
            Self::File { advice, .. }
            | Self::Value { advice, .. }
            | Self::Diverged { advice, .. } => {
                advice.push_str("; ");
                advice.push_str(more);
            }
            Self::Tensor(_) | Self::Autograd(_) | Self::Notation(_) | Self::Io { .. } => {}
        }
        self
    }

    /// The kind of the error.
    ///
    /// ```
    /// use nn::prelude::*;
    /// use nn::ErrorKind;
    ///
    /// network! { struct Tiny(dense(1 -> 1)); }
    ///
    /// let error = Tiny::load("there/is/no/such.safetensors").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Io);
    /// ```
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Tensor(_) => ErrorKind::Tensor,
            Self::Autograd(_) => ErrorKind::Autograd,
            Self::Io { .. } => ErrorKind::Io,
            Self::File { .. } => ErrorKind::File,
            Self::Value { .. } => ErrorKind::Value,
            Self::Notation(_) => ErrorKind::Notation,
            Self::Diverged { .. } => ErrorKind::Diverged,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tensor(error) => write!(f, "{error}"),
            Self::Autograd(error) => write!(f, "{error}"),
            Self::Notation(mistakes) => f.write_str(mistakes),
            Self::Io { action, path, source } => {
                write!(f, "{}: cannot {action}: {source}", path.display())
            }
            Self::File { path, field, found, expected, advice } => {
                write!(
                    f,
                    "{}: {field}: found {found}, expected {expected}; {advice}",
                    path.display()
                )
            }
            Self::Value { what, found, expected, advice }
            | Self::Diverged { what, found, expected, advice } => {
                write!(f, "{what}: found {found}, expected {expected}; {advice}")
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Tensor(error) => Some(error),
            Self::Autograd(error) => Some(error),
            Self::Io { source, .. } => Some(&**source),
            Self::File { .. } | Self::Value { .. } | Self::Notation(_) | Self::Diverged { .. } => {
                None
            }
        }
    }
}

impl From<tensor::Error> for Error {
    fn from(error: tensor::Error) -> Self {
        Self::Tensor(error)
    }
}

impl From<autograd::Error> for Error {
    fn from(error: autograd::Error) -> Self {
        Self::Autograd(error)
    }
}

/// Quotes `text` from an untrusted file for a message: in backticks, on one line, truncated.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 300;
    let mut line = String::from("`");
    for (count, character) in text.chars().enumerate() {
        if count == LONGEST {
            line.push('…');
            break;
        }
        match character {
            '"' | '\'' => line.push(character),
            _ => line.extend(character.escape_debug()),
        }
    }
    line.push('`');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    #[test]
    fn debug_prints_the_same_sentence_as_display() {
        let error = Error::value("batch size", "0", "at least 1", "pass 32, for example");
        assert_eq!(
            error.to_string(),
            "batch size: found 0, expected at least 1; pass 32, for example"
        );
        assert_eq!(format!("{error:?}"), error.to_string());
    }

    #[test]
    fn an_io_error_names_the_file_and_keeps_its_source() {
        let error = Error::io("read", Path::new("a/b"), io::Error::other("the disk is on fire"));
        assert_eq!(error.to_string(), "a/b: cannot read: the disk is on fire");
        assert_eq!(error.source().unwrap().to_string(), "the disk is on fire");
    }

    #[test]
    fn quoted_text_is_short_and_on_one_line() {
        assert_eq!(quoted("dense(784 → 10, \"a\")"), "`dense(784 → 10, \"a\")`");
        assert_eq!(quoted("a\nb\x1b[2J"), "`a\\nb\\u{1b}[2J`");
        assert_eq!(quoted(&"x".repeat(1000)).chars().count(), 303);
    }
}
