//! The elements of one tensor of a file, converted to a network's float type and layout.

use std::path::Path;

use tensor::Float;

use super::dtype;
use crate::error::quoted;
use crate::error::{Error, Result};
use crate::file::safetensors::{Entry, Real, from_bf16, from_f16};

/// The position and type of a tensor's elements.
pub(super) struct Elements<'a> {
    name: &'a str,
    real: Real,
    begin: usize,
    end: usize,
    /// The network's shape, if the file has the transposed one.
    pub(super) transpose: Option<[usize; 2]>,
}

impl<'a> Elements<'a> {
    /// The elements of `entry` as a `T`. Their type must be exactly representable in `T`, or
    /// rounding allowed.
    pub(super) fn of<T: Float>(
        path: &Path,
        name: &'a str,
        entry: &Entry<'_>,
        narrow: bool,
    ) -> Result<Self> {
        let expected = dtype::<T>()?;
        let advice = match Real::of(entry.dtype) {
            Some(Real::F64) if expected == "F32" && !narrow => {
                "load it into a network of `f64`, or have its numbers rounded by `load_with(path, \
                 LoadOptions::new().narrow())`"
            }
            Some(real) => {
                let (begin, end) = (entry.begin, entry.end);
                return Ok(Self { name, real, begin, end, transpose: None });
            }
            None => {
                "networks have floating-point numbers of 16, 32 or 64 bits: convert the tensor to \
                 F32 when writing the file"
            }
        };
        let field = format!("element type of tensor {}", quoted(name));
        // A type of the format; this has been checked.
        Err(Error::file(path, field, entry.dtype.text(), expected, advice))
    }

    /// Reads the elements and checks that all are finite.
    pub(super) fn read<T: Float>(&self, path: &Path, data: &[u8]) -> Result<Vec<T>> {
        let wide: Vec<f64> = data[self.begin..self.end]
            .chunks_exact(self.real.bytes())
            .map(|bytes| self.real.number(bytes))
            .collect();
        let values: Vec<T> = wide.iter().map(|&value| T::of(value)).collect();
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            let field = format!("element {place} of tensor {}", quoted(self.name));
            let (expected, advice) = match wide[place].is_finite() {
                true => ("a number that f32 can hold", "load it into a network of `f64`"),
                false => (
                    "a finite number",
                    "the file is damaged or its training diverged, take an earlier one",
                ),
            };
            return Err(Error::file(path, field, wide[place].to_string(), expected, advice));
        }
        Ok(match self.transpose {
            None => values,
            Some([rows, columns]) => (0..rows)
                .flat_map(|row| (0..columns).map(move |column| (row, column)))
                .map(|(row, column)| values[column * rows + row])
                .collect(),
        })
    }
}

impl Real {
    /// The number in these little-endian bytes. Exact.
    fn number(self, bytes: &[u8]) -> f64 {
        let mut all = [0; 8];
        all[..bytes.len()].copy_from_slice(bytes);
        let bits = u64::from_le_bytes(all);
        match self {
            Real::F16 => f64::from(from_f16(bits as u16)),
            Real::BF16 => f64::from(from_bf16(bits as u16)),
            Real::F32 => f64::from(f32::from_bits(bits as u32)),
            Real::F64 => f64::from_bits(bits),
        }
    }
}
