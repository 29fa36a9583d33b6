//! Loads the fitting tensors from another network's file.

use std::fmt;
use std::path::Path;

use tensor::Float;

use super::load::load_all;
use super::{FORMAT, dtype};
use crate::error::{Error, Result};
use crate::parameters::NamedTensor;
use crate::words::{WORDS, Words};

/// The result of [`Checkpoint::load_fitting`](crate::Checkpoint::load_fitting), tensor by tensor.
/// Prints as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fitted {
    /// The tensors that were loaded from the file.
    pub loaded: Vec<String>,
    /// The tensors of the network that the file lacks or has in another shape. They are unchanged.
    pub kept: Vec<String>,
    /// The tensors of the file that the network lacks or has in another shape.
    pub unused: Vec<String>,
}

/// Copies the fitting tensors of the file at `path` into the `flat` parameters, which consist of
/// these `tensors`. Also returns the words of the file's columns, for those that the network knows
/// now.
pub(crate) fn load_fitting<T: Float>(
    path: &Path,
    tensors: &[NamedTensor],
    flat: &mut [T],
) -> Result<(Fitted, Words)> {
    dtype::<T>()?;
    let (texts, content) = load_all::<T>(path, &["format", WORDS])?;
    let format = texts.get("format").map(String::as_str);
    if format != Some(FORMAT) {
        return Err(Error::file(
            path,
            "metadata",
            format.map_or("no format".into(), |format| format!("the format {format:?}")),
            format!("the format {FORMAT:?}, whose weights are [in, out]"),
            "load it whole, by `load_as` or `load_pytorch`, into a network with its layers, and \
             save that",
        ));
    }
    let mut fitted = Fitted { loaded: Vec::new(), kept: Vec::new(), unused: Vec::new() };
    for tensor in tensors {
        let found =
            content.iter().find(|(name, shape, _)| (name, shape) == (&tensor.name, &tensor.shape));
        match found {
            Some((name, _, values)) => {
                flat[tensor.range()].copy_from_slice(values);
                fitted.loaded.push(name.clone());
            }
            None => fitted.kept.push(tensor.name.clone()),
        }
    }
    let unused = content.into_iter().map(|(name, ..)| name);
    fitted.unused = unused.filter(|name| !fitted.loaded.contains(name)).collect();
    if fitted.loaded.is_empty() {
        return Err(Error::file(
            path,
            "tensors",
            format!("`{}`", fitted.unused.join("`, `")),
            format!("one of `{}`, in its shape", fitted.kept.join("`, `")),
            "use the file's names and widths for the layers to be loaded",
        ));
    }
    let words = texts.get(WORDS).and_then(|text| Words::parse(text)).unwrap_or_default();
    Ok((fitted, words))
}

impl fmt::Display for Fitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "loaded {}", self.loaded.join(", "))?;
        for (what, names) in [("as they were", &self.kept), ("left in the file", &self.unused)] {
            if !names.is_empty() {
                write!(f, "; {what}: {}", names.join(", "))?;
            }
        }
        Ok(())
    }
}
