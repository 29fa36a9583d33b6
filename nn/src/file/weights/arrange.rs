//! Arranges the tensors of a file as a network's flat buffer at compile time.

use core::fmt;
use core::marker::PhantomData;

use tensor::embedded::{Aligned, Plain};

use super::texts::{self, StaticWords, Texts};
use crate::file::FORMAT;
use crate::file::safetensors::{
    Entry, Fault, Header, Misplaced, Real, check, from_bf16, from_f16, split,
};
use crate::layer::TensorInfo;
use crate::layer::columns::FINGERPRINTS;
use crate::network::{Architecture, declaration};
use crate::parameters::TensorKind;
use crate::text::{Message, equal};

/// Sizes of the arranged parameters and words of a file, in one constant, so that an invalid file
/// gives one error.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Number of tensors in the file.
    pub tensors: usize,
    /// Most bytes of their elements, if each tensor begins at a multiple of 16 elements of any
    /// type.
    pub bytes: usize,
    /// Number of words in the metadata.
    pub words: usize,
    /// Bytes of these words.
    pub text: usize,
}

/// The sizes of a file's parameters and words.
#[track_caller]
pub const fn sizes_to_arrange(file: &[u8]) -> Sizes {
    match measured(file) {
        Ok(sizes) => sizes,
        Err(message) => panic!("{}", message.as_str()),
    }
}

/// [`sizes_to_arrange`], or an error.
#[allow(clippy::result_large_err)] // the compiler has no heap
const fn measured(file: &[u8]) -> Result<Sizes, Message> {
    let (json, data) = ok!(said(split(file)));
    let header = ok!(said(Header::of(json)));
    let mut entries = ok!(said(header.entries()));
    let (mut tensors, mut bytes) = (0, data.len());
    while let Some(entry) = ok!(said(entries.next())) {
        tensors += 1;
        bytes += 15 * size_of::<f64>();
        if let Some(Real::F16 | Real::BF16) = Real::of(entry.dtype) {
            // Each number is widened to twice as many bytes.
            bytes = bytes.saturating_add(entry.end - entry.begin);
        }
    }
    let (words, text) = ok!(texts::measured(header));
    Ok(Sizes { tensors, bytes, words, text })
}

/// The parameters and words of the network `N`, with the sizes of [`sizes_to_arrange`].
pub struct Arranged<N, const BYTES: usize, const WORDS: usize, const TEXT: usize> {
    bytes: Aligned<BYTES>,
    texts: Texts<WORDS, TEXT>,
    network: PhantomData<fn() -> N>,
}

/// Prints the network, not the bytes.
impl<N: Architecture, const BYTES: usize, const WORDS: usize, const TEXT: usize> fmt::Debug
    for Arranged<N, BYTES, WORDS, TEXT>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arranged").field("network", &N::NAME).finish_non_exhaustive()
    }
}

impl<N: Architecture, const BYTES: usize, const WORDS: usize, const TEXT: usize>
    Arranged<N, BYTES, WORDS, TEXT>
where
    N::Float: Plain,
{
    /// Arranges the tensors of a safetensors file, which has at most `TENSORS`.
    ///
    /// # Panics
    ///
    /// If the file does not have exactly the tensors of `N`. In a constant, that is a compile
    /// error.
    #[track_caller]
    pub const fn of<const TENSORS: usize>(file: &[u8]) -> Self {
        match Self::read::<TENSORS>(file) {
            Ok(arranged) => arranged,
            Err(message) => panic!("{}", message.as_str()),
        }
    }

    /// The same, or an error.
    #[allow(clippy::result_large_err)] // the compiler has no heap
    pub(in crate::file) const fn read<const TENSORS: usize>(file: &[u8]) -> Result<Self, Message> {
        let (json, data) = ok!(said(split(file)));
        let header = ok!(said(Header::of(json)));
        let mut entries = ok!(said(header.entries()));
        let mut list = [Entry::NONE; TENSORS];
        let mut count = 0;
        while let Some(entry) = ok!(said(entries.next())) {
            assert!(count < TENSORS, "`tensors_to_arrange` has counted them");
            list[count] = entry;
            count += 1;
        }
        let list = list.split_at_mut(count).0;
        if let Err(wrong) = check(list, Some(data.len())) {
            return Err(misplaced(list, wrong));
        }
        let is_ours = ok!(check_metadata::<N>(header));
        // Other programs may use these keys for something else.
        let texts = if is_ours { ok!(Texts::read(header, N::OUTPUTS)) } else { Texts::NONE };
        let mut places = texts.places();
        let mut bytes = [0; BYTES];
        let mut index = 0;
        while index < count {
            let entry = &list[index];
            let (tensor, at) = ok!(find::<N>(entry));
            let real = ok!(check_tensor::<N>(entry, tensor, is_ours));
            let source = data.split_at(entry.end).0.split_at(entry.begin).1;
            if matches!(tensor.kind, TensorKind::Found)
                && tensor.shape.is_empty()
                && all_zero(source)
            {
                return Err(unadapted::<N>(entry));
            }
            let target = bytes.split_at_mut(at * size_of::<N::Float>()).1;
            let target = target.split_at_mut(tensor.len() * size_of::<N::Float>()).0;
            if target.len() == source.len() {
                target.copy_from_slice(source);
            } else {
                widen(source, target, real);
            }
            if equal(tensor.name.as_bytes(), FINGERPRINTS.as_bytes()) {
                match size_of::<N::Float>() {
                    4 => places.find::<4>(target),
                    _ => places.find::<8>(target),
                }
            }
            index += 1;
        }
        if count < N::INFO.tensors() {
            return Err(missing::<N>(list));
        }
        ok!(places.check());
        if cfg!(target_endian = "big") {
            reverse(&mut bytes, size_of::<N::Float>());
        }
        Ok(Arranged { bytes: Aligned(bytes), texts, network: PhantomData })
    }

    /// All parameters, including gaps.
    pub(in crate::file) const fn parameters(&self) -> &[N::Float] {
        self.bytes.numbers(N::INFO.len())
    }

    /// The names of the classes.
    pub(in crate::file) const fn class_names(&self) -> StaticWords<'_> {
        self.texts.class_names()
    }

    /// The words of the columns.
    pub(in crate::file) const fn words(&self) -> StaticWords<'_> {
        self.texts.words()
    }
}

/// Converts a fault of the header to a message.
#[allow(clippy::result_large_err)] // the compiler has no heap
pub(super) const fn said<T: Copy>(result: Result<T, Fault>) -> Result<T, Message> {
    match result {
        Ok(value) => Ok(value),
        Err(fault) => Err(Message::new().text(fault.message())),
    }
}

/// The message for one of the tensors.
const fn misplaced(entries: &[Entry<'_>], wrong: Misplaced) -> Message {
    let message = Message::new();
    if wrong.index >= entries.len() {
        return message.text(wrong.fault.message());
    }
    let name = entries[wrong.index].name.written();
    message.text("tensor `").bytes(name).text("`: ").text(wrong.fault.message())
}

/// Returns whether a network of this crate saved the file; an error if it was another one.
#[allow(clippy::result_large_err)] // the compiler has no heap
const fn check_metadata<N: Architecture>(header: Header<'_>) -> Result<bool, Message> {
    let mut has_format = false;
    if let Some(format) = ok!(said(header.metadata(b"format")))
        && format.begins(b"nn-")
    {
        has_format = true;
        if !format.says(FORMAT.as_bytes()) {
            let message = Message::new().text("the file's format is `").bytes(format.written());
            let message = message.text("`, not `").text(FORMAT);
            return Err(
                message.text("`: it was saved by another version of this crate; use that version")
            );
        }
    }
    let expected = declaration::<N>();
    match ok!(said(header.metadata(b"architecture"))) {
        Some(found) if found.says(expected.as_str().as_bytes()) => Ok(true),
        Some(found) => Err(Message::new()
            .text("the file's weights were saved by another network: `")
            .bytes(found.written())
            .text("`, but `")
            .text(N::NAME)
            .text("` is `")
            .text(expected.as_str())
            .text("`; save them again with this one")),
        None if has_format => Err(Message::new().text(
            "the file was saved by this crate but has lost the `architecture` in its metadata; \
             copy or save it again",
        )),
        None => Ok(false),
    }
}

/// The network's tensor with the entry's name, and its position in the flat buffer.
#[allow(clippy::result_large_err)] // the compiler has no heap
const fn find<N: Architecture>(entry: &Entry<'_>) -> Result<(&'static TensorInfo, usize), Message> {
    let mut layer = 0;
    while layer < N::INFO.count() {
        let (info, start) = N::INFO.layer(layer);
        let mut tensor = 0;
        while tensor < info.tensors.len() {
            let name = tensor_name::<N>(layer, tensor);
            if entry.name.says(name.as_str().as_bytes()) {
                return Ok((&info.tensors[tensor], start + info.tensors[tensor].offset));
            }
            tensor += 1;
        }
        layer += 1;
    }
    Err(Message::new()
        .text("the file has a tensor `")
        .bytes(entry.name.written())
        .text("`, which network `")
        .text(N::NAME)
        .text("` does not have; take the file that this network saved"))
}

/// `hidden.weight`
const fn tensor_name<N: Architecture>(layer: usize, tensor: usize) -> Message {
    let name = N::INFO.name(N::NAMES, layer);
    name.text(".").text(N::INFO.layer(layer).0.tensors[tensor].name)
}

/// Checks that the entry has the network's shape, and a type that is the network's or can be
/// widened to it.
#[allow(clippy::result_large_err)] // the compiler has no heap
const fn check_tensor<N: Architecture>(
    entry: &Entry<'_>,
    tensor: &TensorInfo,
    is_ours: bool,
) -> Result<Real, Message> {
    let is_single = size_of::<N::Float>() == 4;
    let dtype = if is_single { "F32" } else { "F64" };
    let (found, expected) = (entry.shape(), tensor.shape);
    let mut same = found.len() == expected.len();
    let mut axis = 0;
    while axis < found.len() && same {
        same = found[axis] == expected[axis];
        axis += 1;
    }
    let is_matrix = matches!(tensor.kind, TensorKind::Weight) && expected.len() == 2;
    let real = match Real::of(entry.dtype) {
        Some(real @ (Real::F32 | Real::F16 | Real::BF16)) if is_single => Some(real),
        Some(Real::F64) if !is_single => Some(Real::F64),
        _ => None,
    };
    let is_transposed = is_matrix
        && !same
        && found.len() == 2
        && found[0] == expected[1]
        && found[1] == expected[0];
    let is_uncertain = is_matrix && same && !is_ours && found[0] == found[1] && found[0] > 1;
    let advice = if real.is_none() && Real::of(entry.dtype).is_some() {
        "; load it by `Checkpoint::load_with`, save it, and include that file"
    } else if real.is_some() && is_transposed {
        ", it is transposed; load it by `Checkpoint::load_as(path, Layout::OutIn)`, save it, and \
         include that file"
    } else if real.is_some() && is_uncertain {
        ", and a square weight in a file without this crate's metadata can be transposed; load it \
         by `Checkpoint::load_as(path, layout)`, save it, and include that file"
    } else {
        "; take the file that this network saved"
    };
    if let Some(real) = real
        && same
        && !is_uncertain
    {
        return Ok(real);
    }
    Err(Message::new()
        .text("tensor `")
        .bytes(entry.name.written())
        .text("` of the file is ")
        .bytes(entry.dtype.written())
        .text(" ")
        .shape(found)
        .text(", but network `")
        .text(N::NAME)
        .text("` needs ")
        .text(dtype)
        .text(" ")
        .shape(expected)
        .text(advice))
}

const fn all_zero(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != 0 {
            return false;
        }
        at += 1;
    }
    true
}

/// An encoder without statistics has no defined output.
const fn unadapted<N: Architecture>(entry: &Entry<'_>) -> Message {
    Message::new()
        .text("tensor `")
        .bytes(entry.name.written())
        .text("` of the file says that the encoder of `")
        .text(N::NAME)
        .text(
            "` was never adapted: it has no statistics of its columns; train the network, save it, \
             and include that file",
        )
}

/// Names the first tensor of the network that the file lacks.
const fn missing<N: Architecture>(entries: &[Entry<'_>]) -> Message {
    let mut layer = 0;
    while layer < N::INFO.count() {
        let mut tensor = 0;
        while tensor < N::INFO.layer(layer).0.tensors.len() {
            let name = tensor_name::<N>(layer, tensor);
            let mut index = 0;
            while index < entries.len() && !entries[index].name.says(name.as_str().as_bytes()) {
                index += 1;
            }
            if index == entries.len() {
                return Message::new()
                    .text("the file has no tensor `")
                    .text(name.as_str())
                    .text("`, which network `")
                    .text(N::NAME)
                    .text("` needs; take the file that this network saved");
            }
            tensor += 1;
        }
        layer += 1;
    }
    panic!("fewer tensors than the network has, and none is missing")
}

/// Widens 16-bit floats to `f32`, little-endian.
const fn widen(source: &[u8], target: &mut [u8], real: Real) {
    let mut at = 0;
    while at < source.len() {
        let bits = u16::from_le_bytes([source[at], source[at + 1]]);
        let number = if matches!(real, Real::BF16) { from_bf16(bits) } else { from_f16(bits) };
        let bytes = number.to_le_bytes();
        target.split_at_mut(2 * at).1.split_at_mut(4).0.copy_from_slice(&bytes);
        at += 2;
    }
}

/// Reverses the bytes of each number, for big-endian machines.
const fn reverse<const BYTES: usize>(bytes: &mut [u8; BYTES], size: usize) {
    let mut at = 0;
    while at + size <= BYTES {
        let mut i = 0;
        while i < size / 2 {
            let byte = bytes[at + i];
            bytes[at + i] = bytes[at + size - 1 - i];
            bytes[at + size - 1 - i] = byte;
            i += 1;
        }
        at += size;
    }
}

#[cfg(all(test, feature = "std"))]
mod tests;
