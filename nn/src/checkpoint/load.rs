//! Reading a checkpoint: everything in the file is checked before anything of it is used.

use std::any::Any;
use std::fs;
use std::path::Path;

use safetensors::tensor::{Dtype, Metadata, SafeTensorError, SafeTensors};
use tensor::Float;

use super::{FORMAT, dtype};
use crate::error::quoted;
use crate::{Error, Result};

const OTHER_NETWORK: &str =
    "the file belongs to another network, load it with the declaration that saved it";
const DAMAGED: &str =
    "the file is truncated or damaged or not in the safetensors format, get it or save it again";

/// Reads the tensors of these names and shapes from `path`, in this order.
///
/// Everything is checked before anything is returned. An `architecture` in the file must be this
/// one; a file of other origin has none, and then names and shapes decide.
pub(crate) fn load<T: Float>(
    path: &Path,
    architecture: &str,
    expected: &[(String, Vec<usize>)],
) -> Result<Vec<Vec<T>>> {
    let dtype = dtype::<T>()?;
    let bytes = fs::read(path).map_err(|error| Error::io("read", path, error))?;
    let (header, elements) = parse(path, &bytes)?;
    check_metadata(path, &header, architecture)?;
    check_names(path, &header, expected)?;
    expected.iter().map(|tensor| read_tensor(path, &header, elements, dtype, tensor)).collect()
}

fn read_tensor<T: Float>(
    path: &Path,
    header: &Metadata,
    elements: &[u8],
    dtype: Dtype,
    (name, shape): &(String, Vec<usize>),
) -> Result<Vec<T>> {
    let wrong = |field: &str, found: String, expected: String, advice: &str| {
        let field = format!("{field} of tensor {}", quoted(name));
        Err(Error::file(path, field, found, expected, advice))
    };
    let info = header.info(name).expect("`check_names` has found it");
    if info.dtype != dtype {
        return wrong(
            "element type",
            info.dtype.to_string(),
            dtype.to_string(),
            "load it into a network of that float type (`f32` is F32, `f64` is F64) or convert the \
             file",
        );
    }
    if info.shape != *shape {
        return wrong("shape", format!("{:?}", info.shape), format!("{shape:?}"), OTHER_NETWORK);
    }
    // The header's places were checked against the length of the file by `parse`.
    let bytes = &elements[info.data_offsets.0..info.data_offsets.1];
    let values: Vec<T> = bytes.chunks_exact(size_of::<T>()).map(read_element).collect();
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(values),
        Some(place) => wrong(
            &format!("element {place}"),
            values[place].to_string(),
            "a finite number".to_string(),
            "the file is damaged or its training diverged, take an earlier one",
        ),
    }
}

fn read_element<T: Float>(bytes: &[u8]) -> T {
    let single = bytes.try_into().ok().map(f32::from_le_bytes);
    let double = bytes.try_into().ok().map(f64::from_le_bytes);
    let value: &dyn Any = match (&single, &double) {
        (Some(value), _) => value,
        (_, Some(value)) => value,
        _ => unreachable!("`dtype` has refused all other types"),
    };
    *value.downcast_ref::<T>().expect("`dtype` has fixed the number of bytes")
}

/// The header and the bytes of the elements, after all checks that need no expectation.
fn parse<'a>(path: &Path, bytes: &'a [u8]) -> Result<(Metadata, &'a [u8])> {
    let wrong = |field: &str, found: String, expected: String| {
        Err(Error::file(path, field, found, expected, DAMAGED))
    };
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return wrong("length of the file", format!("{} bytes", bytes.len()), "8 or more".into());
    };
    let length = u64::from_le_bytes(*length);
    if length > rest.len() as u64 {
        return wrong(
            "length of the header in the first 8 bytes",
            length.to_string(),
            format!("at most {}, as many bytes as follow", rest.len()),
        );
    }
    let (header, elements) = rest.split_at(length as usize);
    if has_huge_number(header) {
        return wrong(
            "header",
            "a number of more than 17 digits".into(),
            "sizes and places inside the file".into(),
        );
    }
    match SafeTensors::read_metadata(bytes) {
        Ok((_, metadata)) => Ok((metadata, elements)),
        Err(SafeTensorError::MetadataIncompleteBuffer) => wrong(
            "elements",
            format!("{} bytes", elements.len()),
            "as many as the header describes".into(),
        ),
        Err(error) => wrong("header", quoted(&error.to_string()), "a header of safetensors".into()),
    }
}

/// Whether a number in this JSON has so many digits that sums of such numbers could overflow,
/// which the `safetensors` crate does not check. Digits inside of strings do not count.
fn has_huge_number(header: &[u8]) -> bool {
    let (mut in_string, mut escaped, mut digits) = (false, false, 0);
    header.iter().any(|&byte| {
        digits = if byte.is_ascii_digit() && !in_string { digits + 1 } else { 0 };
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ => {}
        }
        digits > 17
    })
}

fn check_metadata(path: &Path, header: &Metadata, architecture: &str) -> Result<()> {
    let text = |key: &str| header.metadata().as_ref().and_then(|map| map.get(key));
    if let Some(format) = text("format")
        && format.starts_with("nn-")
        && format != FORMAT
    {
        return Err(Error::file(
            path,
            "format",
            quoted(format),
            quoted(FORMAT),
            "the file was saved by another version of this crate, use that one",
        ));
    }
    match text("architecture") {
        Some(found) if found != architecture => {
            let field = match text("network") {
                Some(network) => format!("architecture of network {}", quoted(network)),
                None => "architecture".to_string(),
            };
            let expected = quoted(architecture);
            Err(Error::file(path, field, quoted(found), expected, OTHER_NETWORK))
        }
        _ => Ok(()),
    }
}

fn check_names(path: &Path, header: &Metadata, expected: &[(String, Vec<usize>)]) -> Result<()> {
    if let Some((name, shape)) = expected.iter().find(|(name, _)| header.info(name).is_none()) {
        return Err(Error::file(
            path,
            format!("tensor {}", quoted(name)),
            format!("no such tensor among {}", listed(header.offset_keys())),
            format!("one of shape {shape:?}"),
            OTHER_NETWORK,
        ));
    }
    let mut extra = header.offset_keys();
    extra.retain(|name| expected.iter().all(|(wanted, _)| wanted != name));
    if extra.is_empty() {
        return Ok(());
    }
    Err(Error::file(
        path,
        "tensors",
        format!("{}, which the network does not have", listed(extra)),
        format!("only {}", listed(expected.iter().map(|(name, _)| name.clone()).collect())),
        OTHER_NETWORK,
    ))
}

/// The first of these names and how many there are in all.
fn listed(names: Vec<String>) -> String {
    const SHOWN: usize = 8;
    match names.len() {
        0 => "no tensor".to_string(),
        count => {
            let first: Vec<_> = names.iter().take(SHOWN).map(|name| quoted(name)).collect();
            let dots =
                if count > SHOWN { format!(", … ({count} in all)") } else { String::new() };
            first.join(", ") + &dots
        }
    }
}
