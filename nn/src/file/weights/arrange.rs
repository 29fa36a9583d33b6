//! Arranging the tensors of a file as a network's flat buffer, by the compiler.

use core::fmt;
use core::marker::PhantomData;

use tensor::embedded::{Aligned, Plain};

use crate::file::safetensors::{Entries, Entry, Fault, Header};
use crate::layer::TensorInfo;
use crate::network::{Architecture, declaration};
use crate::text::{Message, equal};

/// How many bytes the numbers of a file take at the most when each tensor begins at a multiple of 16 elements,
/// whatever their type.
#[track_caller]
pub const fn bytes_to_arrange(file: &[u8]) -> usize {
    let header = header(file);
    let mut entries = entries(header);
    let mut bytes = header.data.len();
    while next(&mut entries).is_some() {
        bytes += 15 * size_of::<f64>();
    }
    bytes
}

/// The parameters of the network `N` in [`bytes_to_arrange`] bytes.
pub struct Arranged<N, const BYTES: usize> {
    bytes: Aligned<BYTES>,
    network: PhantomData<fn() -> N>,
}

/// Of which network, not the bytes.
impl<N: Architecture, const BYTES: usize> fmt::Debug for Arranged<N, BYTES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arranged").field("network", &N::NAME).finish_non_exhaustive()
    }
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
    #[track_caller]
    pub const fn of(file: &[u8]) -> Self {
        let header = header(file);
        check_architecture::<N>(header);
        let mut bytes = [0; BYTES];
        let mut count = 0;
        let mut entries = entries(header);
        while let Some(entry) = next(&mut entries) {
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

/// A file that cannot be read is a compile error.
#[track_caller]
const fn refuse(fault: Fault) -> ! {
    panic!("{}", fault.message())
}

#[track_caller]
const fn header(file: &[u8]) -> Header<'_> {
    match Header::of(file) {
        Ok(header) => header,
        Err(fault) => refuse(fault),
    }
}

#[track_caller]
const fn entries(header: Header<'_>) -> Entries<'_> {
    match header.entries() {
        Ok(entries) => entries,
        Err(fault) => refuse(fault),
    }
}

#[track_caller]
const fn next<'a>(entries: &mut Entries<'a>) -> Option<Entry<'a>> {
    match entries.next() {
        Ok(entry) => entry,
        Err(fault) => refuse(fault),
    }
}

/// A file that says which network saved it says the right one.
#[track_caller]
const fn check_architecture<N: Architecture>(header: Header<'_>) {
    let found = match header.metadata(b"architecture") {
        Ok(Some(found)) => found,
        Ok(None) => return,
        Err(fault) => refuse(fault),
    };
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
#[track_caller]
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
#[track_caller]
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
#[track_caller]
const fn missing<N: Architecture>(header: Header<'_>) -> ! {
    let mut layer = 0;
    while layer < N::INFO.count() {
        let mut tensor = 0;
        while tensor < N::INFO.layer(layer).0.tensors.len() {
            let name = tensor_name::<N>(layer, tensor);
            let mut entries = entries(header);
            let mut there = false;
            while let Some(entry) = next(&mut entries) {
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

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::network;

    network! {
        struct Small {
            first: dense(2 -> 3, tanh),
            second: dense(1),
        }
    }

    const A: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    const FIRST_BIAS: (&str, &str, &[usize], &[f32]) =
        ("first.bias", "F32", &[3], &[7.0, 8.0, 9.0]);
    const SECOND: (&str, &str, &[usize], &[f32]) =
        ("second.weight", "F32", &[3, 1], &[10.0, 11.0, 12.0]);
    const SECOND_BIAS: (&str, &str, &[usize], &[f32]) = ("second.bias", "F32", &[1], &[13.0]);

    /// A file with these tensors, in this order, each given by name, type, shape and numbers.
    fn file(tensors: &[(&str, &str, &[usize], &[f32])], metadata: &str) -> Vec<u8> {
        let (mut header, mut data) = (String::from(metadata), Vec::new());
        for (name, dtype, shape, values) in tensors {
            let begin = data.len();
            data.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            let end = data.len();
            let comma = if header.is_empty() { "" } else { "," };
            header += &format!(
                r#"{comma}"{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{begin},{end}]}}"#
            );
        }
        let header = format!("{{{header}}}");
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header.into_bytes());
        file.extend(data);
        file
    }

    fn arranged(tensors: &[(&str, &str, &[usize], &[f32])], metadata: &str) -> Vec<f32> {
        let file = file(tensors, metadata);
        assert!(bytes_to_arrange(&file) <= 1024);
        Arranged::<Small, 1024>::of(&file).parameters().to_vec()
    }

    #[test]
    fn tensors_go_to_their_places_from_any_order() {
        let weight = ("first.weight", "F32", &[2, 3][..], &A[..]);
        let parameters = arranged(&[SECOND_BIAS, weight, SECOND, FIRST_BIAS], "");
        assert_eq!(parameters.len(), 64);
        assert_eq!(parameters[..6], A);
        assert_eq!(parameters[16..19], [7.0, 8.0, 9.0]);
        assert_eq!(parameters[32..35], [10.0, 11.0, 12.0]);
        assert_eq!(parameters[48], 13.0);
        assert_eq!(parameters.iter().filter(|x| **x != 0.0).count(), 13);
    }

    #[test]
    fn doubles_fit_with_their_gaps() {
        // Each of these tensors has one number, and a gap of fifteen after it.
        network! { struct One(dense(1 -> 1)); }
        let tensors = r#"{"layer1.weight":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]},"layer1.bias":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}"#;
        let mut file = (tensors.len() as u64).to_le_bytes().to_vec();
        file.extend(tensors.bytes());
        file.extend(2.5_f64.to_le_bytes());
        file.extend((-1.0_f64).to_le_bytes());
        assert_eq!(bytes_to_arrange(&file), 256);
        let arranged = Arranged::<One<f64>, 256>::of(&file);
        assert_eq!((arranged.parameters()[0], arranged.parameters()[16]), (2.5, -1.0));
    }

    #[test]
    #[should_panic(
        expected = "saved by another network: `dense(2 -> 3, relu), dense(3 -> 1, linear)`, but `Small` is \
                    `dense(2 -> 3, tanh), dense(3 -> 1, linear)`"
    )]
    fn another_activation_is_refused() {
        let text =
            r#""__metadata__":{"architecture":"dense(2 -> 3, relu), dense(3 -> 1, linear)"}"#;
        let weight = ("first.weight", "F32", &[2, 3][..], &A[..]);
        arranged(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS], text);
    }

    #[test]
    #[should_panic(
        expected = "tensor `first.weight` of the file is F32 [3, 2], but network `Small` needs F32 [2, 3]"
    )]
    fn another_shape_is_refused() {
        let weight = ("first.weight", "F32", &[3, 2][..], &A[..]);
        arranged(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS], "");
    }

    #[test]
    #[should_panic(
        expected = "tensor `first.weight` of the file is F16 [2, 3], but network `Small` needs F32 [2, 3]"
    )]
    fn another_type_is_refused() {
        let weight = ("first.weight", "F16", &[2, 3][..], &A[..3]);
        arranged(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS], "");
    }

    #[test]
    #[should_panic(
        expected = "the file has no tensor `second.weight`, which network `Small` needs"
    )]
    fn a_missing_tensor_is_named() {
        let weight = ("first.weight", "F32", &[2, 3][..], &A[..]);
        arranged(&[weight, FIRST_BIAS, SECOND_BIAS], "");
    }

    #[test]
    #[should_panic(
        expected = "the file has a tensor `third.bias`, which network `Small` does not have"
    )]
    fn a_tensor_too_many_is_named() {
        let weight = ("first.weight", "F32", &[2, 3][..], &A[..]);
        let third = ("third.bias", "F32", &[1][..], &[0.0][..]);
        arranged(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS, third], "");
    }

    #[test]
    #[should_panic(expected = "another length than its shape")]
    fn a_cut_tensor_is_refused() {
        let weight = ("first.weight", "F32", &[2, 3][..], &A[..5]);
        arranged(&[weight, FIRST_BIAS, SECOND, SECOND_BIAS], "");
    }

    #[test]
    #[should_panic(expected = "is no safetensors file")]
    fn a_file_of_another_kind_is_refused() {
        bytes_to_arrange(b"hello");
    }

    #[test]
    fn bytes_are_turned_around() {
        let mut bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        reverse(&mut bytes, 4);
        assert_eq!(bytes, [4, 3, 2, 1, 8, 7, 6, 5, 9]);
    }
}
