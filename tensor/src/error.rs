//! Errors of tensor operations. Each message names the operation, the shapes and the broken rule.

use std::fmt;

/// The result of an operation on tensors.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of an operation on tensors.
///
/// [`Display`](fmt::Display) and [`Debug`] print the same message, so that `unwrap()` is readable.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Two shapes do not fit together.
    Shapes {
        /// The operation.
        op: &'static str,
        /// The left operand's shape.
        left: Vec<usize>,
        /// The right operand's shape, or the requested one.
        right: Vec<usize>,
        /// The rule, and where it is broken.
        rule: String,
    },
    /// A single shape, or an argument for it, is invalid.
    Shape {
        /// The operation.
        op: &'static str,
        /// The shape.
        shape: Vec<usize>,
        /// The rule that is broken.
        rule: String,
    },
}

impl Error {
    pub(crate) fn shapes(
        op: &'static str,
        left: &[usize],
        right: &[usize],
        rule: impl Into<String>,
    ) -> Self {
        Error::Shapes { op, left: left.to_vec(), right: right.to_vec(), rule: rule.into() }
    }

    pub(crate) fn shape(op: &'static str, shape: &[usize], rule: impl Into<String>) -> Self {
        Error::Shape { op, shape: shape.to_vec(), rule: rule.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Shapes { op, left, right, rule } => {
                write!(f, "{op}: {left:?} and {right:?}: {rule}")
            }
            Error::Shape { op, shape, rule } => write!(f, "{op}: {shape:?}: {rule}"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
