//! The `Debug` output of a network: a summary without its parameters.

use core::fmt;

use super::Architecture;

/// Writes `Digits { layers: 2, parameters: 101770 }`.
///
/// # Errors
///
/// If the formatter cannot be written to.
pub fn debug<N: Architecture>(formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    debug_as::<N>(N::NAME, formatter)
}

/// The same under another name.
pub(crate) fn debug_as<N: Architecture>(
    name: &str,
    formatter: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut network = formatter.debug_struct(name);
    network.field("layers", &N::INFO.count()).field("parameters", &N::PARAMS).finish()
}
