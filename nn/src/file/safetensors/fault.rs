//! What can be wrong with a file.

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No header as long as the first eight bytes say.
    Start,
    /// The header is not the JSON that belongs there.
    Json,
    /// A number of the header is too large for this machine.
    Number,
    /// A tensor has more than [`MOST_AXES`] axes.
    Axes,
    /// A tensor lies, at least in part, behind the end of the file.
    Outside,
}

impl Fault {
    /// A sentence, and what to do.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Fault::Start => {
                "the file is no safetensors file: it does not begin with a header as long as its \
                 first eight bytes say; write it with `save`, or with the safetensors library"
            }
            Fault::Json => {
                "the file's header is not the JSON that safetensors files have; save the file again"
            }
            Fault::Number => "a number of the file's header is too large; save the file again",
            Fault::Axes => "a tensor of the file has more than eight axes",
            Fault::Outside => {
                "a tensor of the file lies outside of it: the file was cut or changed; copy or save it again"
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
