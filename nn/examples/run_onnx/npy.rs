//! Arrays in NumPy's files: versions 1 to 3, in row-major order.

use std::fs;

use nn::Float;
use nn::tensor::{MOST_AXES, Tensor};

/// A float type that such a file can contain.
pub(crate) trait Npy {
    /// Its name in the file.
    const NAME: &'static str;

    /// Its bytes in little-endian order.
    fn bytes(self) -> Vec<u8>;
}

impl Npy for f32 {
    const NAME: &'static str = "<f4";

    fn bytes(self) -> Vec<u8> {
        self.to_le_bytes().to_vec()
    }
}

impl Npy for f64 {
    const NAME: &'static str = "<f8";

    fn bytes(self) -> Vec<u8> {
        self.to_le_bytes().to_vec()
    }
}

/// Reads an array of any of these types as one of `T`.
pub(crate) fn read<T: Float>(path: &str) -> Result<Tensor<T>, String> {
    let bytes = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    array(&bytes).map_err(|wrong| format!("{path}: {wrong}"))
}

fn array<T: Float>(bytes: &[u8]) -> Result<Tensor<T>, String> {
    let none = || {
        "found something else than a file of numpy's, expected one that `numpy.save` wrote"
            .to_owned()
    };
    let (start, rest) = bytes
        .split_at_checked(8)
        .filter(|(start, _)| start.starts_with(b"\x93NUMPY"))
        .ok_or_else(none)?;
    let width = if start[6] == 1 { 2 } else { 4 };
    let (length, rest) = rest.split_at_checked(width).ok_or_else(none)?;
    let length = length.iter().rev().fold(0_usize, |length, &byte| length << 8 | usize::from(byte));
    let (header, data) = rest.split_at_checked(length).ok_or_else(none)?;
    let header = String::from_utf8_lossy(header);
    let after = |key: &str| {
        let (_, value) = header.split_once(&format!("'{key}':"))?;
        Some(value.trim_start())
    };
    let kind = after("descr").and_then(|value| value.split('\'').nth(1)).ok_or_else(none)?;
    if !after("fortran_order").is_some_and(|value| value.starts_with("False")) {
        return Err(
            "found columns one after the other, expected rows: save `numpy.ascontiguousarray(x)`"
                .into(),
        );
    }
    let shape = after("shape")
        .and_then(|value| value.strip_prefix('(')?.split(')').next())
        .ok_or_else(none)?;
    let lengths = shape.split(',').map(str::trim).filter(|length| !length.is_empty());
    let shape: Vec<usize> =
        lengths.map(|length| length.parse().map_err(|_| none())).collect::<Result<_, _>>()?;
    let number: fn(&[u8]) -> f64 = match kind {
        "<f4" => |b| f32::from_le_bytes(b.try_into().unwrap_or_default()).into(),
        "<f8" => |b| f64::from_le_bytes(b.try_into().unwrap_or_default()),
        "<i4" => |b| i32::from_le_bytes(b.try_into().unwrap_or_default()).into(),
        "<i8" => |b| i64::from_le_bytes(b.try_into().unwrap_or_default()) as f64,
        "|u1" | "|b1" => |b| f64::from(b[0]),
        other => {
            return Err(format!(
                "found numbers of type {other}, expected f4, f8, i4, i8, u1 or b1"
            ));
        }
    };
    let size = usize::from(kind.as_bytes()[2] - b'0');
    let all = shape.iter().try_fold(size, |all, &length| all.checked_mul(length));
    if shape.len() > MOST_AXES || all != Some(data.len()) {
        return Err(format!(
            "found {} bytes, expected those of {kind} {shape:?} with at most {MOST_AXES} axes",
            data.len()
        ));
    }
    let values = data.chunks_exact(size).map(|bytes| T::of(number(bytes))).collect();
    Tensor::from_vec(values, &shape[..]).map_err(|error| error.to_string())
}

/// Writes an array.
pub(crate) fn write<T: Float + Npy>(path: &str, tensor: &Tensor<T>) -> Result<(), String> {
    let lengths: String = tensor.shape().iter().map(|length| format!("{length}, ")).collect();
    let mut header =
        format!("{{'descr': '{}', 'fortran_order': False, 'shape': ({lengths}), }}", T::NAME);
    // The numbers begin at a multiple of 64 bytes.
    let padded = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header.extend(std::iter::repeat_n(' ', padded - header.len() - 1));
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    tensor.to_vec().into_iter().for_each(|value| bytes.extend(value.bytes()));
    fs::write(path, bytes).map_err(|error| format!("{path}: {error}"))
}
