//! Tests of checkpoints: a saved network is restored, and all other files are refused with a
//! message.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{LoadOptions, save};
use crate::error::Result;
use crate::parameters::{NamedTensor, TensorKind};

mod fitting;
mod limits;
mod origins;

const ARCHITECTURE: &str = "dense(2 → 3, \"relu\")";

/// An empty directory that is removed after the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("nn-checkpoint-{}-{count}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("weights.safetensors")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn expected() -> Vec<NamedTensor> {
    vec![
        NamedTensor::new("hidden.weight", &[2, 3], 0),
        NamedTensor::new("hidden.bias", &[3], 16).kind(TensorKind::Bias),
    ]
}

fn load<T: tensor::Float>(
    path: &std::path::Path,
    architecture: &str,
    expected: &[NamedTensor],
) -> Result<Vec<Vec<T>>> {
    super::load(path, architecture, expected, LoadOptions::new()).map(|loaded| loaded.tensors)
}

fn tensors<'a, T>(weight: &'a [T], bias: &'a [T]) -> Vec<(String, Vec<usize>, &'a [T])> {
    vec![
        ("hidden.weight".to_string(), vec![2, 3], weight),
        ("hidden.bias".to_string(), vec![3], bias),
    ]
}

const WEIGHT: [f32; 6] = [1.0, -2.5, 3.25e-38, f32::MAX, f32::MIN_POSITIVE / 4.0, -0.0];
const BIAS: [f32; 3] = [0.1, 0.2, 0.3];

/// A valid file and its bytes.
fn saved(directory: &Directory) -> Vec<u8> {
    save(&directory.file(), "Small", ARCHITECTURE, &tensors(&WEIGHT, &BIAS)).unwrap();
    fs::read(directory.file()).unwrap()
}

/// The bytes of a file with this header. The padding is only a recommendation of the format.
fn with_header(header: &str, elements: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), elements].concat()
}

/// The error message of loading these bytes, without the path.
fn message(directory: &Directory, bytes: &[u8]) -> String {
    fs::write(directory.file(), bytes).unwrap();
    let error = load::<f32>(&directory.file(), ARCHITECTURE, &expected()).unwrap_err();
    let text = error.to_string();
    text.strip_prefix(&format!("{}: ", directory.file().display())).unwrap().to_string()
}

#[test]
fn what_was_saved_comes_back_bit_by_bit() {
    let directory = Directory::new();
    saved(&directory);
    let loaded = load::<f32>(&directory.file(), ARCHITECTURE, &expected()).unwrap();
    let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&loaded[0]), bits(&WEIGHT));
    assert_eq!(bits(&loaded[1]), bits(&BIAS));

    let (weight, bias) = ([0.1, 0.2, 0.3, 0.4, 0.5, f64::MAX], [-0.0, 5e-324, 1.0 / 3.0]);
    save(&directory.file(), "Small", ARCHITECTURE, &tensors(&weight, &bias)).unwrap();
    let loaded = load::<f64>(&directory.file(), ARCHITECTURE, &expected()).unwrap();
    assert_eq!(loaded, [weight.to_vec(), bias.to_vec()]);
}

#[test]
fn the_safetensors_crate_reads_the_file() {
    let directory = Directory::new();
    let bytes = saved(&directory);
    let (header, metadata) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!((8 + header) % 8, 0);
    let texts = metadata.metadata().as_ref().unwrap();
    assert_eq!(texts["architecture"], ARCHITECTURE);
    assert_eq!(texts["network"], "Small");
    assert_eq!(texts["format"], "nn-1");
    assert_eq!(texts["nn_version"], env!("CARGO_PKG_VERSION"));
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let bias = file.tensor("hidden.bias").unwrap();
    assert_eq!(bias.shape(), [3]);
    assert_eq!(bias.data(), BIAS.map(f32::to_le_bytes).concat());
}

#[test]
fn files_of_the_safetensors_crate_are_read_in_any_order_and_without_metadata() {
    use safetensors::tensor::{Dtype, TensorView};
    let directory = Directory::new();
    let weight = WEIGHT.map(f32::to_le_bytes).concat();
    let bias = BIAS.map(f32::to_le_bytes).concat();
    let views = [
        ("hidden.bias", TensorView::new(Dtype::F32, vec![3], &bias).unwrap()),
        ("hidden.weight", TensorView::new(Dtype::F32, vec![2, 3], &weight).unwrap()),
    ];
    let bytes = safetensors::serialize(views.iter().map(|(name, view)| (*name, view)), None);
    fs::write(directory.file(), bytes.unwrap()).unwrap();
    let loaded = load::<f32>(&directory.file(), ARCHITECTURE, &expected()).unwrap();
    assert_eq!(loaded, [WEIGHT.to_vec(), BIAS.to_vec()]);
}

#[test]
fn the_same_network_gives_the_same_bytes_and_leaves_nothing_else() {
    let directory = Directory::new();
    let first = saved(&directory);
    for _ in 0..5 {
        assert_eq!(saved(&directory), first);
    }
    assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn the_file_is_as_readable_as_any_and_links_stay_links() {
    use std::os::unix::fs::PermissionsExt;
    let directory = Directory::new();
    saved(&directory);
    let ordinary = directory.0.join("ordinary");
    fs::write(&ordinary, "").unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(directory.file()), mode(ordinary));

    let link = directory.0.join("latest");
    std::os::unix::fs::symlink(directory.file(), &link).unwrap();
    save(&link, "Other", ARCHITECTURE, &tensors(&WEIGHT, &BIAS)).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read(directory.file()).unwrap().windows(5).any(|text| text == b"Other"));
}

#[test]
fn a_failed_save_leaves_the_old_file() {
    let directory = Directory::new();
    let before = saved(&directory);
    let error =
        save(&directory.file(), "Small", ARCHITECTURE, &tensors(&WEIGHT, &[0.0, f32::NAN, 0.0]));
    assert_eq!(
        error.unwrap_err().to_string(),
        "element 1 of tensor `hidden.bias`, to be saved: found NaN, expected a finite number; the \
         training diverged, lower the learning rate or clip the gradients"
    );
    let result = super::replace::replace(&directory.file(), |file| {
        std::io::Write::write_all(file, b"half of it")?;
        Err(std::io::Error::other("no space left"))
    });
    assert!(result.is_err());
    assert_eq!(fs::read(directory.file()).unwrap(), before);
    assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 1);
}

#[test]
fn places_that_cannot_be_written_are_named() {
    let directory = Directory::new();
    let nowhere = directory.0.join("no/such/file");
    let error = save(&nowhere, "Small", ARCHITECTURE, &tensors(&WEIGHT, &BIAS)).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with(&format!("{}: cannot write: ", nowhere.display())), "{text}");
    assert!(std::error::Error::source(&error).is_some());

    let error = save(&directory.0, "Small", ARCHITECTURE, &tensors(&WEIGHT, &BIAS)).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}: cannot write: this is not a regular file; pass the name of one",
            directory.0.display()
        )
    );
}

#[test]
fn files_that_are_not_there_are_named() {
    let directory = Directory::new();
    let error = load::<f32>(&directory.file(), ARCHITECTURE, &expected()).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with(&format!("{}: cannot read: ", directory.file().display())), "{text}");
}

#[test]
fn other_networks_are_refused_by_architecture() {
    let directory = Directory::new();
    save(&directory.file(), "Other", "dense(9 -> 9, tanh)", &tensors(&WEIGHT, &BIAS)).unwrap();
    let bytes = fs::read(directory.file()).unwrap();
    assert_eq!(
        message(&directory, &bytes),
        "architecture of network `Other`: found `dense(9 -> 9, tanh)`, expected \
         `dense(2 → 3, \"relu\")`; the file belongs to another network, load it with the \
         declaration that saved it"
    );
}

#[test]
fn other_tensors_are_refused_by_name_shape_type_and_value() {
    let directory = Directory::new();
    let one = |name: &str, shape: &str, dtype: &str, bytes: usize| {
        let end = 12 + bytes;
        let bias = r#""hidden.bias":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}"#;
        let other = format!(r#"{{"dtype":"{dtype}","shape":{shape},"data_offsets":[12,{end}]}}"#);
        with_header(&format!(r#"{{{bias},"{name}":{other}}}"#), &vec![0; end])
    };
    let other = "the file belongs to another network, load it with the declaration that saved it";
    assert_eq!(
        message(&directory, &one("output.weight", "[2,3]", "F32", 24)),
        format!(
            "tensor `hidden.weight`: found no such tensor among `hidden.bias`, `output.weight`, \
             expected one of shape [2, 3]; {other}"
        )
    );
    assert_eq!(
        message(&directory, &one("hidden.weight", "[6]", "F32", 24)),
        format!("shape of tensor `hidden.weight`: found [6], expected [2, 3]; {other}")
    );
    assert_eq!(
        message(&directory, &one("hidden.weight", "[3,2]", "F32", 24)),
        "shape of tensor `hidden.weight`: found [3, 2], which is transposed, expected [2, 3]; the \
         weights of the file are [out, in], as PyTorch has them, load it with `load_as(path, \
         Layout::OutIn)`"
    );
    assert_eq!(
        message(&directory, &one("hidden.weight", "[2,3]", "F64", 48)),
        "element type of tensor `hidden.weight`: found F64, expected F32; load it into a network \
         of `f64`, or have its numbers rounded by `load_with(path, LoadOptions::new().narrow())`"
    );
    assert_eq!(
        message(&directory, &one("hidden.weight", "[2,3]", "I32", 24)),
        "element type of tensor `hidden.weight`: found I32, expected F32; networks have \
         floating-point numbers of 16, 32 or 64 bits: convert the tensor to F32 when writing the \
         file"
    );
    assert!(message(&directory, &one("hidden.weight", "[2,3]", "F33", 24)).starts_with(
        "element type of tensor `hidden.weight`: found `F33`, expected a type of the format, such \
         as F32; "
    ));
    let good = one("hidden.weight", "[2,3]", "F32", 24);
    fs::write(directory.file(), &good).unwrap();
    assert!(load::<f32>(&directory.file(), ARCHITECTURE, &expected()).is_ok());
    let few = &expected()[..1];
    let error = load::<f32>(&directory.file(), ARCHITECTURE, few).unwrap_err().to_string();
    assert!(
        error.ends_with(&format!(
            ": tensors: found `hidden.bias`, which the network does not have, expected only \
             `hidden.weight`; {other}"
        )),
        "{error}"
    );
    let mut infinite = good;
    let end = infinite.len();
    infinite[end - 4..].copy_from_slice(&f32::INFINITY.to_le_bytes());
    assert_eq!(
        message(&directory, &infinite),
        "element 5 of tensor `hidden.weight`: found inf, expected a finite number; the file is \
         damaged or its training diverged, take an earlier one"
    );
}

#[test]
fn files_of_a_later_format_are_refused() {
    let directory = Directory::new();
    let bytes = with_header(r#"{"__metadata__":{"format":"nn-2"}}"#, &[]);
    assert_eq!(
        message(&directory, &bytes),
        "format: found `nn-2`, expected `nn-1`; the file was saved by another version of this \
         crate; use that version"
    );
    // The format key of another project is ignored.
    let bytes = with_header(r#"{"__metadata__":{"format":"pt"}}"#, &[]);
    assert!(message(&directory, &bytes).starts_with("tensor `hidden.weight`: found no such"));
}

#[test]
fn damaged_files_are_refused() {
    let directory = Directory::new();
    let advice = "the file is truncated or damaged or not in the safetensors format, get it or \
                  save it again";
    assert_eq!(
        message(&directory, b"{}"),
        format!("length of the file: found 2 bytes, expected 8 or more; {advice}")
    );
    // A header of 2^63 bytes, and one that is one byte too long.
    assert_eq!(
        message(&directory, &[0, 0, 0, 0, 0, 0, 0, 128, b'{', b'}']),
        format!(
            "length of the header in the first 8 bytes: found 9223372036854775808, expected at \
             most 2, the number of bytes that follow; {advice}"
        )
    );
    assert!(message(&directory, &[3, 0, 0, 0, 0, 0, 0, 0, b'{', b'}']).contains("found 3, "));
    assert!(
        message(&directory, &with_header("hello", &[])).starts_with("header: found `invalid JSON")
    );
    let bytes = saved(&directory);
    assert_eq!(
        message(&directory, &bytes[..bytes.len() - 1]),
        format!("elements: found 35 bytes, expected 36, as the header says; {advice}")
    );
    let longer = [&bytes[..], &[0]].concat();
    assert!(message(&directory, &longer).starts_with("elements: found 37 bytes"));
}

#[test]
fn tensors_lie_one_after_the_other() {
    let directory = Directory::new();
    // The bias, the weight, and their offsets in the header.
    let at = |bias: [u64; 2], weight: [u64; 2]| {
        let bias = format!(r#"{{"dtype":"F32","shape":[3],"data_offsets":{bias:?}}}"#);
        let weight = format!(r#"{{"dtype":"F32","shape":[2,3],"data_offsets":{weight:?}}}"#);
        let header = format!(r#"{{"hidden.bias":{bias},"hidden.weight":{weight}}}"#);
        with_header(&header, &[0; 36])
    };
    fs::write(directory.file(), at([0, 12], [12, 36])).unwrap();
    assert!(load::<f32>(&directory.file(), ARCHITECTURE, &expected()).is_ok());
    fs::write(directory.file(), at([24, 36], [0, 24])).unwrap();
    assert!(load::<f32>(&directory.file(), ARCHITECTURE, &expected()).is_ok());
    let advice = "the file is truncated or damaged or not in the safetensors format, get it or \
                  save it again";
    assert_eq!(
        message(&directory, &at([0, 8], [12, 36])),
        format!(
            "offset of tensor `hidden.weight`: found byte 12, expected byte 8, where the previous \
             tensor ends; {advice}"
        )
    );
    assert!(
        message(&directory, &at([0, 12], [8, 36])).starts_with("offset of tensor `hidden.weight`")
    );
    assert!(
        message(&directory, &at([4, 12], [12, 36])).starts_with("offset of tensor `hidden.bias`")
    );
    assert!(message(&directory, &at([0, 0], [0, 24])).starts_with("elements: found 36 bytes"));
    assert_eq!(
        message(&directory, &at([0, 8], [8, 36])),
        format!("elements of tensor `hidden.bias`: found 8 bytes, expected 12; {advice}")
    );
    assert!(
        message(&directory, &at([0, 12], [36, 12])).contains("a tensor that ends before it begins")
    );
}

#[test]
fn a_name_stands_once() {
    let directory = Directory::new();
    let tensor = r#"{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#;
    // The same name, written in two ways.
    let header = format!(r#"{{"a":{tensor},"\u0061":{tensor}}}"#);
    let text = message(&directory, &with_header(&header, &[]));
    assert!(text.starts_with("tensor `a`: found two of this name, expected one; "), "{text}");
}

#[test]
fn huge_numbers_and_deep_nesting_are_refused() {
    let directory = Directory::new();
    let tensor = |shape: &str, offsets: &str| {
        let header =
            format!(r#"{{"t":{{"dtype":"U8","shape":[{shape}],"data_offsets":[{offsets}]}}}}"#);
        message(&directory, &with_header(&header, &[]))
    };
    let huge = (1_u64 << 61) - 1;
    assert!(tensor("1", &format!("0,{huge}")).starts_with("elements: found 0 bytes"));
    assert!(tensor("1", &format!("{huge},{huge}")).starts_with("elements: found 0 bytes"));
    assert!(tensor("18446744073709551616", "0,0").starts_with("header: found too large a number"));
    assert!(
        tensor("1,1,1,1,1,1,1,1,1", "0,0")
            .starts_with("header: found a tensor with more than eight axes")
    );
    // A shape whose product also overflows.
    let product = tensor(&format!("{huge},{huge}"), "0,0");
    assert!(product.starts_with("header: found too large a number"), "{product}");
    let nested = "[".repeat(1_000_000);
    let header = format!(r#"{{"t":{{"x":{nested}"#);
    assert!(
        message(&directory, &with_header(&header, &[]))
            .starts_with("header: found values nested more than")
    );
    // Digits in names are not numbers.
    let header =
        r#"{"12345678901234567890\"1234567890":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#;
    assert!(message(&directory, &with_header(header, &[])).starts_with("tensor `hidden.weight`"));
}

#[test]
fn every_truncation_is_an_error() {
    let directory = Directory::new();
    let bytes = saved(&directory);
    for length in 0..bytes.len() {
        let _ = message(&directory, &bytes[..length]);
    }
}

#[test]
fn no_changed_bit_panics() {
    let directory = Directory::new();
    let bytes = saved(&directory);
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << bit;
            fs::write(directory.file(), changed).unwrap();
            let _ = load::<f32>(&directory.file(), ARCHITECTURE, &expected());
        }
    }
}
