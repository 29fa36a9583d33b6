//! Arranging the tensors of a file as a network's flat buffer, by the compiler.

use core::marker::PhantomData;

use tensor::embedded::{Aligned, Plain};

use super::header::{Entry, Header};
use crate::architecture::{Architecture, declaration};
use crate::inference::TensorInfo;
use crate::text::{Message, equal};

/// How many bytes the numbers of a file take at the most when each tensor begins at a multiple of 16 elements,
/// whatever their type.
pub const fn bytes_to_arrange(file: &[u8]) -> usize {
    let header = Header::of(file);
    let mut entries = header.entries();
    let mut bytes = header.data.len();
    while entries.next().is_some() {
        bytes += 15 * size_of::<f64>();
    }
    bytes
}

/// The parameters of the network `N` in [`bytes_to_arrange`] bytes.
pub struct Arranged<N, const BYTES: usize> {
    bytes: Aligned<BYTES>,
    network: PhantomData<fn() -> N>,
}

impl<N: Architecture, const BYTES: usize> Arranged<N, BYTES>
where
    N::Float: Plain,
{
    /// The tensors of a safetensors file.
    ///
    /// # Panics
    ///
    /// If the file does not hold just the tensors of `N`. In a constant, that is a compile error.
    pub const fn of(file: &[u8]) -> Self {
        let header = Header::of(file);
        check_architecture::<N>(header);
        let mut bytes = [0; BYTES];
        let mut count = 0;
        let mut entries = header.entries();
        while let Some(entry) = entries.next() {
            let (tensor, at) = find::<N>(&entry);
            check::<N>(&entry, tensor);
            let source = header.data.split_at(entry.end).0.split_at(entry.begin).1;
            assert!(
                source.len() == tensor.len() * size_of::<N::Float>(),
                "a tensor of the file has another length than its shape; save the file again"
            );
            let target = bytes.split_at_mut(at * size_of::<N::Float>()).1;
            target.split_at_mut(source.len()).0.copy_from_slice(source);
            count += 1;
        }
        if count < N::INFO.tensors() {
            missing::<N>(header);
        }
        if cfg!(target_endian = "big") {
            reverse(&mut bytes, size_of::<N::Float>());
        }
        Arranged { bytes: Aligned(bytes), network: PhantomData }
    }

    /// All parameters, gaps included.
    pub(super) const fn parameters(&self) -> &[N::Float] {
        self.bytes.numbers(N::INFO.len())
    }
}

/// A file that says which network saved it says the right one.
const fn check_architecture<N: Architecture>(header: Header<'_>) {
    let Some(found) = header.metadata(b"architecture") else { return };
    let expected = declaration::<N>();
    if !equal(found, expected.as_str().as_bytes()) {
        panic!(
            "{}",
            Message::new()
                .text("the file's weights were saved by another network: `")
                .bytes(found)
                .text("`, but `")
                .text(N::NAME)
                .text("` is `")
                .text(expected.as_str())
                .text("`; save them again by this one")
                .as_str()
        );
    }
}

/// The tensor of the network that has the entry's name, and where it begins in the flat buffer.
const fn find<N: Architecture>(entry: &Entry<'_>) -> (&'static TensorInfo, usize) {
    let mut layer = 0;
    while layer < N::INFO.count() {
        let (info, start) = N::INFO.layer(layer);
        let mut tensor = 0;
        while tensor < info.tensors.len() {
            let name = tensor_name::<N>(layer, tensor);
            if equal(name.as_str().as_bytes(), entry.name) {
                return (&info.tensors[tensor], start + info.tensors[tensor].offset);
            }
            tensor += 1;
        }
        layer += 1;
    }
    panic!(
        "{}",
        Message::new()
            .text("the file has a tensor `")
            .bytes(entry.name)
            .text("`, which network `")
            .text(N::NAME)
            .text("` does not have; take the file that this network saved")
            .as_str()
    )
}

/// `hidden.weight`
const fn tensor_name<N: Architecture>(layer: usize, tensor: usize) -> Message {
    let name = N::INFO.name(N::NAMES, layer);
    name.text(".").text(N::INFO.layer(layer).0.tensors[tensor].name)
}

/// The entry has the shape and the type that the network needs.
const fn check<N: Architecture>(entry: &Entry<'_>, tensor: &TensorInfo) {
    let dtype = if size_of::<N::Float>() == 4 { "F32" } else { "F64" };
    let shape = entry.shape();
    let mut same = shape.len() == tensor.shape.len() && equal(entry.dtype, dtype.as_bytes());
    let mut axis = 0;
    while axis < shape.len() && same {
        same = shape[axis] == tensor.shape[axis];
        axis += 1;
    }
    if !same {
        panic!(
            "{}",
            Message::new()
                .text("tensor `")
                .bytes(entry.name)
                .text("` of the file is ")
                .bytes(entry.dtype)
                .text(" ")
                .shape(shape)
                .text(", but network `")
                .text(N::NAME)
                .text("` needs ")
                .text(dtype)
                .text(" ")
                .shape(tensor.shape)
                .text("; take the file that this network saved")
                .as_str()
        );
    }
}

/// Names the first tensor of the network that the file lacks.
const fn missing<N: Architecture>(header: Header<'_>) -> ! {
    let mut layer = 0;
    while layer < N::INFO.count() {
        let mut tensor = 0;
        while tensor < N::INFO.layer(layer).0.tensors.len() {
            let name = tensor_name::<N>(layer, tensor);
            let mut entries = header.entries();
            let mut there = false;
            while let Some(entry) = entries.next() {
                there |= equal(entry.name, name.as_str().as_bytes());
            }
            if !there {
                panic!(
                    "{}",
                    Message::new()
                        .text("the file has no tensor `")
                        .text(name.as_str())
                        .text("`, which network `")
                        .text(N::NAME)
                        .text("` needs; take the file that this network saved")
                        .as_str()
                );
            }
            tensor += 1;
        }
        layer += 1;
    }
    panic!("a tensor stands twice in the file; save the file again")
}

/// Turns the bytes of each number around, for machines that begin with the most significant one.
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
