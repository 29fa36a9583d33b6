//! Errors of safetensors files.

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The header is shorter than the first eight bytes say.
    Start,
    /// The header has more than [`MOST_HEADER`](super::MOST_HEADER) bytes.
    Long,
    /// The header is not UTF-8.
    Utf8,
    /// The header is not JSON.
    Json,
    /// The header nests deeper than [`MOST_NESTED`](super::json::MOST_NESTED).
    Nested,
    /// The header is JSON, but has a value of another type where the format has a string, an array
    /// or an object.
    Kind,
    /// The metadata are not an object of strings.
    Metadata,
    /// The metadata have more than [`MOST_TEXTS`](super::MOST_TEXTS) strings.
    Texts,
    /// The metadata, a key in them, or a field of a tensor occurs twice.
    Key,
    /// A tensor lacks its type, shape or offsets.
    Field,
    /// A number of the header is too large for this machine.
    Number,
    /// A size or an offset is not an integer, or is negative.
    Whole,
    /// A tensor has more than [`MOST_AXES`](super::MOST_AXES) axes.
    Axes,
    /// A tensor ends before it begins.
    Backwards,
    /// A tensor is, at least in part, beyond the end of the file.
    Outside,
    /// Bytes at the end belong to no tensor.
    Rest,
    /// Two tensors have the same name.
    Twice,
    /// A tensor does not begin where the previous one ends.
    Place,
    /// The element type is unknown to the format.
    Dtype,
    /// The length of a tensor does not match its shape and type.
    Size,
}

impl Fault {
    /// A sentence with advice.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Fault::Start => {
                "the file is not a safetensors file: it does not begin with a header as long as \
                 its first eight bytes say; write it with `save`, or with the safetensors library"
            }
            Fault::Long => {
                "the file's header has more than 16 MiB; write the file with less metadata"
            }
            Fault::Utf8 => "the file's header is not UTF-8; save the file again",
            Fault::Json => {
                "the file's header is not the JSON that safetensors files have; save the file again"
            }
            Fault::Nested => {
                "the file's header has values nested more than a hundred deep; save the file again"
            }
            Fault::Kind => {
                "the file's header is JSON, but has a value of another type where safetensors \
                 files have a string, an array or an object; write it with the safetensors library"
            }
            Fault::Metadata => {
                "the file's `__metadata__` is not an object of strings, as safetensors files need \
                 it; write each value as a string"
            }
            Fault::Texts => {
                "the file's `__metadata__` has more than 1024 strings; write the file with fewer"
            }
            Fault::Key => {
                "the file's `__metadata__`, a key in it, or a field of a tensor occurs twice in \
                 the header; save the file again"
            }
            Fault::Field => {
                "a tensor of the file lacks its `dtype`, `shape` or `data_offsets`; save the file \
                 again"
            }
            Fault::Number => "a number of the file's header is too large; save the file again",
            Fault::Whole => {
                "a size or an offset in the file's header is not an integer from 0; write it \
                 without sign, fraction and exponent"
            }
            Fault::Axes => "a tensor of the file has more than eight axes",
            Fault::Backwards => "a tensor of the file ends before it begins; save the file again",
            Fault::Outside => {
                "a tensor lies outside of the file: the file was truncated or changed; copy or \
                 save it again"
            }
            Fault::Rest => {
                "the file has bytes at its end that belong to no tensor; copy or save it again"
            }
            Fault::Twice => "a tensor occurs twice in the file; save the file again",
            Fault::Place => {
                "a tensor of the file does not begin where the previous one ends; save the file \
                 again"
            }
            Fault::Dtype => {
                "a tensor of the file has a type that safetensors files do not have; save the file \
                 again"
            }
            Fault::Size => {
                "a tensor of the file has another length than its shape; save the file again"
            }
        }
    }
}

/// The operator `?`, which constants cannot use.
macro_rules! ok {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(fault) => return Err(fault),
        }
    };
}
