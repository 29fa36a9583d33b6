//! The errors of a tape. Each message names the operation, what was found and what was expected.

use std::fmt;

/// The result type of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of an operation, of `backward` or of a gradient check.
///
/// [`Display`](fmt::Display) and [`Debug`] print the same message, so that a failing `unwrap()` is
/// readable.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// An error of the `tensor` crate outside any operation on a tape.
    Tensor(tensor::Error),
    /// An operation on a tape failed in the `tensor` crate.
    Operation {
        /// The operation on the tape.
        op: &'static str,
        /// The error of `tensor`; also the [`source`](std::error::Error::source).
        source: tensor::Error,
    },
    /// An operation refuses its inputs or its own settings.
    Invalid {
        /// The operation.
        op: &'static str,
        /// What was found and what was expected.
        rule: String,
    },
    /// An operation's `backward` returned a gradient whose shape does not match its input.
    GradientShape {
        /// The operation.
        op: &'static str,
        /// The input, counted from 0.
        input: usize,
        /// The shape of the gradient.
        found: Vec<usize>,
        /// The shape of the input.
        expected: Vec<usize>,
    },
    /// An operation's `backward` returned no gradient for an input that requires one.
    GradientMissing {
        /// The operation.
        op: &'static str,
        /// The input, counted from 0.
        input: usize,
    },
    /// An operation without a gradient was applied to an input that requires one.
    NotDifferentiable {
        /// The operation.
        op: &'static str,
        /// The input, counted from 0.
        input: usize,
        /// The shape of the input.
        shape: Vec<usize>,
    },
    /// An input of an operation is on another tape.
    OtherTape {
        /// The operation.
        op: &'static str,
        /// The input, counted from 0.
        input: usize,
    },
    /// `backward` cannot start at this variable.
    Start {
        /// A description of the variable.
        variable: String,
        /// The reason, and what to do.
        reason: String,
    },
    /// `backward` returned no gradient with respect to this variable.
    NoGradient {
        /// A description of the variable.
        variable: String,
        /// The reason, and what to do.
        reason: &'static str,
    },
    /// `gradcheck` found that an operation's `backward` does not match its `forward`.
    Gradcheck {
        /// The operation, the name of the case, and the shapes of the inputs.
        case: String,
        /// One message for each mismatch.
        findings: Vec<String>,
    },
}

impl Error {
    /// Creates the error of an operation `op` that refuses its inputs or settings. `rule` says what
    /// was found and what was expected. For custom operations.
    ///
    /// ```
    /// let error = autograd::Error::invalid("dropout", "the rate is 1.5; expected 0 ≤ rate < 1");
    /// assert_eq!(error.to_string(), "dropout: the rate is 1.5; expected 0 ≤ rate < 1");
    /// ```
    pub fn invalid(op: &'static str, rule: impl Into<String>) -> Self {
        Error::Invalid { op, rule: rule.into() }
    }

    /// Adds the name of the operation in which the error occurred.
    pub(crate) fn within(self, op: &'static str) -> Self {
        match self {
            Error::Tensor(source) => Error::Operation { op, source },
            other => other,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Tensor(error) => write!(f, "{error}"),
            Error::Operation { op, source } => {
                // Replaces the name of the inner `tensor` operation with that of the called one.
                let text = source.to_string();
                write!(f, "{op}: {}", text.split_once(": ").map_or(&text[..], |(_, rule)| rule))
            }
            Error::Invalid { op, rule } => write!(f, "{op}: {rule}"),
            Error::GradientShape { op, input, found, expected } => write!(
                f,
                "{op}: gradient {input} is {found:?}, input {input} is {expected:?}; `backward` \
                must return the input's shape, or one that the input broadcasts to"
            ),
            Error::GradientMissing { op, input } => write!(
                f,
                "{op}: gradient {input} is missing, but input {input} requires one; `backward` \
                must return `Some` for every `wanted` input, zeros if the gradient vanishes"
            ),
            Error::NotDifferentiable { op, input, shape } => write!(
                f,
                "{op}: input {input}, {shape:?}, requires a gradient, but the operation has none; \
                pass `input.detach()` to stop the gradient there, or implement `Op`"
            ),
            Error::OtherTape { op, input } => write!(
                f,
                "{op}: input {input} is on another tape; record it on this one with \
                 `tape.constant(input.value())`, or compute everything on one tape"
            ),
            Error::Start { variable, reason } => write!(f, "backward from {variable}: {reason}"),
            Error::NoGradient { variable, reason } => {
                write!(f, "no gradient with respect to {variable}: {reason}")
            }
            Error::Gradcheck { case, findings } => {
                write!(f, "gradcheck of {case}:")?;
                findings.iter().try_for_each(|finding| write!(f, "\n  {finding}"))
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
            Error::Tensor(source) | Error::Operation { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<tensor::Error> for Error {
    fn from(error: tensor::Error) -> Self {
        Error::Tensor(error)
    }
}
