//! What can be wrong with a file.

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No header as long as the first eight bytes say.
    Start,
    /// A header of more than [`MOST_HEADER`](super::MOST_HEADER) bytes.
    Long,
    /// The header is not UTF-8.
    Utf8,
    /// The header is not JSON.
    Json,
    /// The header nests deeper than [`MOST_NESTED`](super::json::MOST_NESTED).
    Nested,
    /// The header is JSON, but has a value of another kind where the format has a text, a list or an object.
    Kind,
    /// The metadata are no object of texts.
    Metadata,
    /// The metadata have more than [`MOST_TEXTS`](super::MOST_TEXTS) texts.
    Texts,
    /// The metadata, a key in them, or a field of a tensor stands twice.
    Key,
    /// A tensor without a type, a shape or a place.
    Field,
    /// A number of the header is too large for this machine.
    Number,
    /// A size or a place that is no whole number, or negative.
    Whole,
    /// A tensor has more than [`MOST_AXES`](super::MOST_AXES) axes.
    Axes,
    /// A tensor ends before it begins.
    Backwards,
    /// A tensor lies, at least in part, behind the end of the file.
    Outside,
    /// Bytes at the end that belong to no tensor.
    Rest,
    /// Two tensors of one name.
    Twice,
    /// A tensor that does not begin where the one before it ends.
    Place,
    /// A type of elements that the format does not have.
    Dtype,
    /// A tensor of another length than its shape and type say.
    Size,
}

impl Fault {
    /// A sentence, and what to do.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Fault::Start => {
                "the file is no safetensors file: it does not begin with a header as long as its \
                 first eight bytes say; write it with `save`, or with the safetensors library"
            }
            Fault::Long => {
                "the file's header has more than 16 MiB; leave metadata out where the file is made"
            }
            Fault::Utf8 => "the file's header is not UTF-8; save the file again",
            Fault::Json => {
                "the file's header is not the JSON that safetensors files have; save the file again"
            }
            Fault::Nested => {
                "the file's header has values inside of values, more than a hundred deep; save the file again"
            }
            Fault::Kind => {
                "the file's header is JSON, but has a value of another kind where safetensors files have a \
                 text, a list or an object; write it with the safetensors library"
            }
            Fault::Metadata => {
                "the file's `__metadata__` is not an object of texts, as safetensors files have it; write \
                 each value as a text"
            }
            Fault::Texts => {
                "the file's `__metadata__` has more than 1024 texts; leave some out where the file is made"
            }
            Fault::Key => {
                "the file's `__metadata__`, a key in it, or a field of a tensor stands twice in the header; \
                 save the file again"
            }
            Fault::Field => {
                "a tensor of the file lacks its `dtype`, `shape` or `data_offsets`; save the file again"
            }
            Fault::Number => "a number of the file's header is too large; save the file again",
            Fault::Whole => {
                "a size or a place in the file's header is no whole number from 0; write it without sign, \
                 fraction and exponent"
            }
            Fault::Axes => "a tensor of the file has more than eight axes",
            Fault::Backwards => "a tensor of the file ends before it begins; save the file again",
            Fault::Outside => {
                "a tensor of the file lies outside of it: the file was cut or changed; copy or save it again"
            }
            Fault::Rest => {
                "the file has bytes at its end that belong to no tensor; copy or save it again"
            }
            Fault::Twice => "a tensor stands twice in the file; save the file again",
            Fault::Place => {
                "a tensor of the file does not begin where the one before it ends; save the file again"
            }
            Fault::Dtype => {
                "a tensor of the file has a type that safetensors files do not have; save the file again"
            }
            Fault::Size => {
                "a tensor of the file has another length than its shape; save the file again"
            }
        }
    }
}

/// `?`, which constants cannot use.
macro_rules! ok {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(fault) => return Err(fault),
        }
    };
}
