//! Saves a checkpoint: the same network gives the same bytes, and a file is complete or absent.

use std::any::Any;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use tensor::Float;

use super::replace::replace;
use super::{FORMAT, dtype};
use crate::error::quoted;
use crate::error::{Error, Result};

/// The metadata key of the version of this crate, which every file has that it wrote.
pub(super) const VERSION: &str = "nn_version";

/// Writes `tensors` (name, shape, elements) to `path`.
///
/// The file appears complete or not at all: if saving fails, the existing file is unchanged. The
/// same arguments give the same bytes.
pub(crate) fn save<T: Float>(
    path: &Path,
    network: &str,
    architecture: &str,
    tensors: &[(String, Vec<usize>, &[T])],
) -> Result<()> {
    save_with_texts(path, network, architecture, &[], tensors)
}

/// The same with additional texts of the model, each under its key.
pub(crate) fn save_with_texts<T: Float>(
    path: &Path,
    network: &str,
    architecture: &str,
    texts: &[(&str, String)],
    tensors: &[(String, Vec<usize>, &[T])],
) -> Result<()> {
    let own = [("architecture", architecture), ("format", FORMAT), ("network", network)];
    save_all(path, &metadata(&own, texts), tensors)
}

/// The metadata of a format and of a model, in the order of the keys.
pub(super) fn metadata<'t>(
    own: &[(&'t str, &'t str)],
    texts: &'t [(&str, String)],
) -> Vec<(&'t str, &'t str)> {
    let texts = texts.iter().map(|(key, text)| (*key, &text[..]));
    let mut all: Vec<_> = own.iter().copied().chain(texts).collect();
    all.sort_unstable();
    all
}

/// The same with any metadata, to which the version of this crate is added.
pub(crate) fn save_all<T: Float>(
    path: &Path,
    texts: &[(&str, &str)],
    tensors: &[(String, Vec<usize>, &[T])],
) -> Result<()> {
    save_with(path, texts, tensors, &[])
}

/// An integer counter that this crate does not maintain, with its name; saved as 0.
pub(super) struct Counter(pub(super) String);

/// The same with counters.
pub(super) fn save_with<T: Float>(
    path: &Path,
    texts: &[(&str, &str)],
    tensors: &[(String, Vec<usize>, &[T])],
    counters: &[Counter],
) -> Result<()> {
    let dtype = dtype::<T>()?;
    for (name, shape, values) in tensors {
        assert_eq!(shape.iter().product::<usize>(), values.len(), "{name}: shape {shape:?}");
        check_finite(name, values)?;
    }
    // Eight-byte elements come first, so that all tensors are aligned.
    let whole = counters.iter().map(|Counter(name)| (&name[..], "I64", &[][..], size_of::<i64>()));
    let real = tensors
        .iter()
        .map(|(name, shape, values)| (&name[..], dtype, &shape[..], size_of_val(*values)));
    let header = header(texts, whole.chain(real));
    replace(path, |file| {
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(header.as_bytes())?;
        for _ in counters {
            file.write_all(&0_i64.to_le_bytes())?;
        }
        for (_, _, values) in tensors {
            for &value in *values {
                write_element(file, value)?;
            }
        }
        Ok(())
    })
    .map_err(|error| Error::io("write", path, error))
}

/// An error if one of these numbers is not finite.
pub(crate) fn check_finite<T: Float>(name: &str, values: &[T]) -> Result<()> {
    let Some(place) = values.iter().position(|value| !value.is_finite()) else { return Ok(()) };
    Err(Error::value(
        format!("element {place} of tensor {}, to be saved", quoted(name)),
        values[place].to_string(),
        "a finite number",
        "the training diverged, lower the learning rate or clip the gradients",
    ))
}

fn write_element<T: Float>(file: &mut impl io::Write, value: T) -> io::Result<()> {
    let value: &dyn Any = &value;
    match (value.downcast_ref::<f32>(), value.downcast_ref::<f64>()) {
        (Some(value), _) => file.write_all(&value.to_le_bytes()),
        (_, Some(value)) => file.write_all(&value.to_le_bytes()),
        _ => unreachable!("`dtype` has refused all other types"),
    }
}

/// The header for tensors with these names, types, shapes and sizes in bytes.
fn header<'a>(
    texts: &[(&str, &str)],
    tensors: impl Iterator<Item = (&'a str, &'a str, &'a [usize], usize)>,
) -> String {
    let mut header = String::from(r#"{"__metadata__":{"#);
    for (key, text) in texts.iter().chain(&[(VERSION, env!("CARGO_PKG_VERSION"))]) {
        header += &format!("{}:{},", json(key), json(text));
    }
    header.pop();
    header.push('}');
    let mut start = 0;
    for (name, dtype, shape, bytes) in tensors {
        let end = start + bytes;
        let name = json(name);
        // Writing to a `String` cannot fail.
        let _ = write!(
            header,
            r#",{name}:{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#
        );
        start = end;
    }
    header.push('}');
    // The format requires the elements to begin at a multiple of eight.
    let padded = header.len().next_multiple_of(8);
    header.extend(std::iter::repeat_n(' ', padded - header.len()));
    header
}

/// `text` as a JSON string.
pub(crate) fn json(text: &str) -> String {
    let mut string = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => string.extend(['\\', character]),
            '\0'..='\x1f' => {
                let _ = write!(string, "\\u{:04x}", u32::from(character));
            }
            _ => string.push(character),
        }
    }
    string.push('"');
    string
}
