//! Writes NumPy arrays.

use std::fs::{self, File};
use std::io::{self, BufWriter, Cursor, Write};
use std::path::Path;

use tensor::{Float, Tensor};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{Element, MAGIC};
use crate::error::{Error, Result};

/// Writes a tensor as a `.npy` file for `numpy.load`: `f4` for `f32`, `f8` for other floats.
///
/// ```
/// use nn::data::npy;
/// use nn::tensor::Tensor;
///
/// let path = std::env::temp_dir().join(format!("matrix-{}.npy", std::process::id()));
/// let matrix = Tensor::from([[1.0_f32, 2.0], [3.0, 4.0]]);
/// npy::write(&path, &matrix)?;
/// assert_eq!(npy::read(&path)?.tensor::<f32>()?, matrix);
/// # let _ = std::fs::remove_file(path);
/// # Ok::<(), nn::Error>(())
/// ```
///
/// # Errors
///
/// If the file cannot be written.
pub fn write<T: Float>(path: impl AsRef<Path>, tensor: &Tensor<T>) -> Result<()> {
    let path = path.as_ref();
    let written = File::create(path)
        .and_then(|file| write_array(BufWriter::new(file), tensor))
        .map_err(|error| Error::io("write", path, error));
    if written.is_err() {
        // The first error is reported; one of the removal is not.
        let _ = fs::remove_file(path);
    }
    written
}

/// The content of a `.npy` file.
fn write_array<T: Float>(mut file: impl Write, tensor: &Tensor<T>) -> io::Result<()> {
    let element = if size_of::<T>() == 4 { Element::F32 } else { Element::F64 };
    let shape = match tensor.shape() {
        [length] => format!("({length},)"),
        shape => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    };
    let mut header =
        format!("{{'descr': '<{}', 'fortran_order': False, 'shape': {shape}, }}", element.name());
    // Numbers begin at a multiple of 64 bytes; a line end precedes them.
    while !(MAGIC.len() + 4 + header.len() + 1).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    file.write_all(MAGIC)?;
    file.write_all(&[1, 0])?;
    let length = u16::try_from(header.len()).map_err(io::Error::other)?;
    file.write_all(&length.to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    for number in tensor.to_vec() {
        match element {
            Element::F32 => file.write_all(&(number.as_f64() as f32).to_le_bytes())?,
            _ => file.write_all(&number.as_f64().to_le_bytes())?,
        }
    }
    file.flush()
}

/// Writes named tensors, in this order, as a `.npz` file for `numpy.load`, like `numpy.savez`. The
/// same tensors give the same bytes.
///
/// ```
/// use nn::data::npy;
/// use nn::tensor::Tensor;
///
/// let path = std::env::temp_dir().join(format!("arrays-{}.npz", std::process::id()));
/// let matrix = Tensor::from([[1.0_f32, 2.0], [3.0, 4.0]]);
/// npy::write_npz(&path, [("matrix", &matrix)])?;
/// let (name, array) = &npy::read_npz(&path)?[0];
/// assert_eq!((&name[..], array.tensor::<f32>()?), ("matrix", matrix));
/// # let _ = std::fs::remove_file(path);
/// # Ok::<(), nn::Error>(())
/// ```
///
/// # Errors
///
/// If the file cannot be written, or two tensors have the same name.
pub fn write_npz<'t, T: Float>(
    path: impl AsRef<Path>,
    arrays: impl IntoIterator<Item = (impl AsRef<str>, &'t Tensor<T>)>,
) -> Result<()> {
    let path = path.as_ref();
    npz(arrays)
        .and_then(|bytes| fs::write(path, bytes))
        .map_err(|error| Error::io("write", path, error))
}

/// The content of a `.npz` file.
pub(crate) fn npz<'t, T: Float>(
    arrays: impl IntoIterator<Item = (impl AsRef<str>, &'t Tensor<T>)>,
) -> io::Result<Vec<u8>> {
    // Without the time, which would change the bytes on every call.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, tensor) in arrays {
        archive.start_file(format!("{}.npy", name.as_ref()), options)?;
        write_array(&mut archive, tensor)?;
    }
    Ok(archive.finish()?.into_inner())
}
