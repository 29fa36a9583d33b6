//! The tensors of an ONNX file: numbers of any type as floats, from the file or from an external
//! one.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Component, Path};

use tensor::MOST_AXES;
use tensor::{Float, Tensor};

use super::Value;
use crate::error::{Error, Result, quoted};
use crate::file::{from_bf16, from_f16};
use crate::onnx::proto::{self, data_type};

const DAMAGED: &str =
    "the file is damaged or was written by a faulty program; download it or write it again";

/// An element type.
struct Kind {
    number: i32,
    name: &'static str,
    /// Bytes per element in raw data.
    bytes: usize,
    /// Converts these bytes, least significant first, to a number.
    read: fn([u8; 8]) -> f64,
    /// Whether it is an integer or boolean type.
    whole: bool,
}

const KINDS: &[Kind] = &[
    real(data_type::FLOAT, "FLOAT", 4, |b| f32::from_bits(low(b) as u32).into()),
    real(data_type::DOUBLE, "DOUBLE", 8, |b| f64::from_bits(low(b))),
    real(data_type::FLOAT16, "FLOAT16", 2, |b| from_f16(low(b) as u16).into()),
    real(data_type::BFLOAT16, "BFLOAT16", 2, |b| from_bf16(low(b) as u16).into()),
    whole(data_type::INT64, "INT64", 8, |b| low(b).cast_signed() as f64),
    whole(data_type::INT32, "INT32", 4, |b| (low(b) as u32).cast_signed().into()),
    whole(data_type::INT16, "INT16", 2, |b| (low(b) as u16).cast_signed().into()),
    whole(data_type::INT8, "INT8", 1, |b| b[0].cast_signed().into()),
    whole(data_type::UINT64, "UINT64", 8, |b| low(b) as f64),
    whole(data_type::UINT32, "UINT32", 4, |b| (low(b) as u32).into()),
    whole(data_type::UINT16, "UINT16", 2, |b| (low(b) as u16).into()),
    whole(data_type::UINT8, "UINT8", 1, |b| b[0].into()),
    whole(data_type::BOOL, "BOOL", 1, |b| f64::from(u8::from(b[0] != 0))),
];

const fn real(number: i32, name: &'static str, bytes: usize, read: fn([u8; 8]) -> f64) -> Kind {
    Kind { number, name, bytes, read, whole: false }
}

const fn whole(number: i32, name: &'static str, bytes: usize, read: fn([u8; 8]) -> f64) -> Kind {
    Kind { number, name, bytes, read, whole: true }
}

fn low(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes)
}

/// Whether elements of this type are integers or booleans; an error if the type is not supported.
pub(crate) fn is_whole(path: &Path, field: &str, number: Option<i32>) -> Result<bool> {
    kind(path, field, number).map(|kind| kind.whole)
}

fn kind(path: &Path, field: &str, number: Option<i32>) -> Result<&'static Kind> {
    KINDS.iter().find(|kind| Some(kind.number) == number).ok_or_else(|| {
        let found = match number {
            None => "none".into(),
            Some(data_type::STRING) => "texts".into(),
            Some(number) => format!("number {number}"),
        };
        let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        let expected = format!("one of {}", names.join(", "));
        let field = format!("element type of {field}");
        Error::file(
            path,
            field,
            found,
            expected,
            "write the model with numbers of one of these, or run it by ONNX Runtime",
        )
    })
}

/// The numbers of a tensor. `field` is its name in messages.
pub(crate) fn read<T: Float>(
    path: &Path,
    field: &str,
    tensor: &proto::Tensor,
) -> Result<Value<Tensor<T>>> {
    let wrong = |what: &str, found: String, expected: String| {
        Error::file(path, format!("{what} of {field}"), found, expected, DAMAGED)
    };
    let kind = kind(path, field, tensor.data_type)?;
    let shape: Vec<usize> =
        tensor.dims.iter().filter_map(|&length| usize::try_from(length).ok()).collect();
    let all = shape.iter().try_fold(1_usize, |all, &length| all.checked_mul(length));
    let Some(count) = all.filter(|_| shape.len() == tensor.dims.len() && shape.len() <= MOST_AXES)
    else {
        let expected = format!("at most {MOST_AXES} lengths, none of them negative");
        return Err(wrong("shape", format!("{:?}", tensor.dims), expected));
    };
    let external =
        if tensor.data_location == Some(1) { Some(beside(path, field, tensor)?) } else { None };
    let values: Vec<f64> = match external.as_ref().or(tensor.raw_data.as_ref()) {
        Some(bytes) => {
            if Some(bytes.len()) != count.checked_mul(kind.bytes) {
                let expected = format!(
                    "{count} of {} bytes each, as {shape:?} and {} say",
                    kind.bytes, kind.name
                );
                return Err(wrong("numbers", format!("{} bytes", bytes.len()), expected));
            }
            let number = |bytes: &[u8]| {
                let mut all = [0; 8];
                all[..bytes.len()].copy_from_slice(bytes);
                (kind.read)(all)
            };
            bytes.chunks_exact(kind.bytes).map(number).collect()
        }
        None => listed(kind, tensor),
    };
    if values.len() != count {
        let expected = format!("{count}, as {shape:?} says");
        return Err(wrong("numbers", values.len().to_string(), expected));
    }
    let converted = values.iter().map(|&value| T::of(value));
    let tensor = Tensor::from_vec(converted.collect(), &shape[..])?;
    Ok(Value { of: tensor, whole: kind.whole })
}

/// The numbers of a tensor that are not raw bytes. Small types are stored in the field of the next
/// larger type.
fn listed(kind: &Kind, tensor: &proto::Tensor) -> Vec<f64> {
    match kind.number {
        data_type::FLOAT => tensor.float_data.iter().map(|&x| x.into()).collect(),
        data_type::DOUBLE => tensor.double_data.clone(),
        data_type::INT64 => tensor.int64_data.iter().map(|&x| x as f64).collect(),
        data_type::UINT64 | data_type::UINT32 => {
            tensor.uint64_data.iter().map(|&x| x as f64).collect()
        }
        _ => {
            let bits = |&x: &i32| (kind.read)(u64::from(x.cast_unsigned()).to_le_bytes());
            tensor.int32_data.iter().map(bits).collect()
        }
    }
}

/// Bytes from a file in the model's folder, or below it.
fn beside(path: &Path, field: &str, tensor: &proto::Tensor) -> Result<Vec<u8>> {
    let text = |key: &str| {
        let entry = tensor.external_data.iter().find(|entry| entry.key.as_deref() == Some(key));
        entry.and_then(|entry| entry.value.as_deref())
    };
    let wrong = |what: &str, found: &str, expected: &str| {
        Err(Error::file(path, format!("{what} of {field}"), found, expected, DAMAGED))
    };
    let location = text("location").unwrap_or_default();
    // A model must not be able to read arbitrary files.
    let is_below = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if location.is_empty() || !Path::new(location).components().all(is_below) {
        return wrong(
            "external file",
            &quoted(location),
            "the name of a file in the model's folder, without `..`",
        );
    }
    let number = |key: &str| text(key).map_or(Ok(None), |text| text.parse::<u64>().map(Some));
    let (Ok(offset), Ok(length)) = (number("offset"), number("length")) else {
        return wrong(
            "position in the external file",
            "not an integer",
            "`offset` and `length` in digits",
        );
    };
    let other = path.parent().unwrap_or(Path::new("")).join(location);
    let fail = |error| Error::io("read", &other, error);
    let mut file = File::open(&other).map_err(fail)?;
    let size = file.metadata().map_err(fail)?.len();
    let offset = offset.unwrap_or(0);
    let Some(rest) = size.checked_sub(offset) else {
        return wrong(
            "position in the external file",
            &offset.to_string(),
            &format!("at most {size}, its length"),
        );
    };
    let length = length.unwrap_or(rest);
    if length > rest {
        return wrong(
            "length in the external file",
            &length.to_string(),
            &format!("at most {rest}, the rest of the file"),
        );
    }
    file.seek(SeekFrom::Start(offset)).map_err(fail)?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).map_err(fail)?;
    Ok(bytes)
}
