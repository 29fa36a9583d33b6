//! Files of PyTorch's parameters, reading and writing: every layer of the notation, with PyTorch's
//! outputs.
//!
//! The files are PyTorch's own, see `pytorch/files.py`, which also loads the files that this test
//! writes into PyTorch.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nn::data::Labels;
use nn::prelude::*;
use nn::{Dynamic, Float, Layout, PyTorch, Registry};
use nn_grammar::vocabulary::{ACTIVATIONS, LAYERS};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize_to_file};

/// The tolerance between PyTorch's outputs and ours.
const NEAR: f64 = 1e-6;

struct Case {
    name: String,
    declaration: String,
    x: Vec<f64>,
    y: Vec<f64>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pytorch")
}

fn file(name: &str) -> PathBuf {
    folder().join("files").join(format!("{name}.safetensors"))
}

fn cases() -> Vec<Case> {
    let text = fs::read_to_string(folder().join("files.txt")).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let numbers = |line: &str| line.split(' ').map(|word| word.parse().unwrap()).collect();
    let cases = lines.chunks(3).map(|lines| {
        let (name, declaration) = lines[0].split_once(" | ").unwrap();
        let declaration = match declaration.contains(": ") && !declaration.starts_with("concat") {
            true => format!("struct Case {{ {declaration} }}"),
            false => declaration.to_owned(),
        };
        Case { name: name.into(), declaration, x: numbers(lines[1]), y: numbers(lines[2]) }
    });
    cases.collect()
}

/// The modules of a network that is not an `nn.Sequential` in PyTorch.
fn options(name: &str) -> PyTorch {
    let modules = [("hidden", "fc1"), ("norm", "norm"), ("out", "classifier.head")];
    if name == "named" { PyTorch::new().modules(modules) } else { PyTorch::new() }
}

fn declared<T: Float>(case: &Case) -> Dynamic<T> {
    let mut registry = Registry::new();
    let encoder = registry.parse("struct Encoder(dense(4 -> 5, relu), dense(3));").unwrap();
    registry.network("Encoder", encoder);
    registry.parse(&case.declaration).unwrap_or_else(|error| panic!("{}: {error}", case.name))
}

fn assert_near<T: Float>(name: &str, found: &[T], expected: &[f64], near: f64) {
    assert_eq!(found.len(), expected.len(), "{name}");
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        let found = found.as_f64();
        assert!((found - expected).abs() <= near, "{name}: answer {at} is {found}, not {expected}");
    }
}

/// Name, shape and numbers of each tensor, whatever their type.
fn tensors(path: &Path) -> BTreeMap<String, (Vec<usize>, Vec<f64>)> {
    let bytes = fs::read(path).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let all = file.tensors().into_iter().map(|(name, tensor)| {
        let data = tensor.data();
        let numbers = match tensor.dtype() {
            Dtype::F16 => {
                data.as_chunks().0.iter().map(|b| half::f16::from_le_bytes(*b).into()).collect()
            }
            Dtype::BF16 => {
                data.as_chunks().0.iter().map(|b| half::bf16::from_le_bytes(*b).into()).collect()
            }
            Dtype::F32 => {
                data.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b).into()).collect()
            }
            // We do not count batches.
            Dtype::I64 => vec![0.0],
            other => panic!("{name} is {other:?}"),
        };
        (name, (tensor.shape().to_vec(), numbers))
    });
    all.collect()
}

#[test]
fn networks_answer_as_pytorch_does() {
    let kept = std::env::var_os("PYTORCH_FILES").map(PathBuf::from);
    let scratch = std::env::temp_dir().join(format!("nn-pytorch-{}", std::process::id()));
    let written = kept.as_ref().unwrap_or(&scratch);
    fs::create_dir_all(written).unwrap();
    let cases = cases();
    assert!(cases.len() >= 12, "{} cases", cases.len());
    for case in &cases {
        let (path, options) = (file(&case.name), options(&case.name));
        let double = declared::<f64>(case).load_pytorch_with(&path, &options).unwrap();
        assert_near(&case.name, &double.predict(&case.x).unwrap(), &case.y, 1e-12);
        let x: Vec<f32> = case.x.iter().map(|&x| x as f32).collect();
        let network = declared::<f32>(case).load_pytorch_with(&path, &options).unwrap();
        assert_near(&case.name, &network.predict(&x).unwrap(), &case.y, NEAR);
        // Written back: the same names, shapes and numbers, hence the same outputs in PyTorch.
        let again = written.join(format!("{}.safetensors", case.name));
        network.save_pytorch_with(&again, &options).unwrap();
        assert_eq!(tensors(&again), tensors(&path), "{}", case.name);
        let loaded = declared::<f32>(case).load_pytorch_with(&again, &options).unwrap();
        assert_eq!(loaded.parameters(), network.parameters(), "{}", case.name);
    }
    if kept.is_none() {
        fs::remove_dir_all(&scratch).unwrap();
    }
}

#[test]
fn the_cases_have_every_word_of_the_notation() {
    let all: Vec<String> = cases().into_iter().map(|case| case.declaration).collect();
    let has = |word: &str| {
        let mut words =
            all.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_'));
        words.any(|other| other == word)
    };
    // Encoders are rejected: PyTorch has no module for them.
    for layer in LAYERS.iter().filter(|layer| layer.encodes()) {
        let example = match layer.word {
            "scale" => "scale(0.5)",
            "columns" => "columns { a: number }",
            word => word,
        };
        let network: Dynamic<f32> =
            Dynamic::parse(&format!("{example}, dense(2 -> 1)")).unwrap().init(1);
        let error = network.load_pytorch(file("digits")).unwrap_err().to_string();
        assert!(error.contains(layer.word), "{error}");
    }
    for layer in LAYERS.iter().filter(|layer| !layer.encodes()) {
        assert!(has(layer.word), "no case has `{}`", layer.word);
    }
    for activation in ACTIVATIONS {
        assert!(has(activation.word), "no case has `{}`", activation.word);
    }
}

network! {
    struct Encoder(dense(4 -> 5, relu), dense(3));
    struct Nested { encoder: Encoder, again: dense(3, relu), out: dense(2) }
    struct Named { hidden: dense(4 -> 6, relu), norm: layer_norm, out: dense(3, softmax) }
    struct Square(dense(4 -> 4, tanh), dense(4 -> 4));
    struct Norms(
        batch_norm,
        dense(6 -> 7, gelu),
        layer_norm,
        dense(5),
        batch_norm(epsilon = 1e-3),
        dense(3),
    );
}

/// A declared network gives the same as `Dynamic` for the same file.
fn same<N: Network<Float = f32> + Checkpoint>(name: &str) {
    let case = cases().into_iter().find(|case| case.name == name).unwrap();
    let (path, options) = (file(name), options(name));
    let network = N::load_pytorch_with(&path, &options).unwrap();
    let dynamic = declared::<f32>(&case).load_pytorch_with(&path, &options).unwrap();
    assert_eq!(network.parameters().as_slice(), dynamic.parameters(), "{name}");
    let scratch = |kind| {
        std::env::temp_dir().join(format!("nn-pytorch-{}-{name}-{kind}", std::process::id()))
    };
    let (a, b) = (scratch("a"), scratch("b"));
    network.save_pytorch_with(&a, &options).unwrap();
    dynamic.save_pytorch_with(&b, &options).unwrap();
    assert!(fs::read(&a).unwrap() == fs::read(&b).unwrap(), "{name}: another file");
    [a, b].iter().for_each(|path| fs::remove_file(path).unwrap());
}

#[test]
fn declared_networks_read_and_write_the_same() {
    same::<Nested>("nested");
    same::<Named>("named");
    same::<Square>("square");
    same::<Norms>("norms");
}

/// A file with these `F32` tensors.
fn write(path: &Path, tensors: &[(&str, &[usize])]) {
    write_with(path, tensors, &[]);
}

/// The same with metadata.
fn write_with(path: &Path, tensors: &[(&str, &[usize])], metadata: &[(&str, &str)]) {
    let bytes: Vec<u8> = (0..64).flat_map(|i| (i as f32 * 0.25).to_le_bytes()).collect();
    let views = tensors.iter().map(|(name, shape)| {
        let length = 4 * shape.iter().product::<usize>();
        (*name, TensorView::new(Dtype::F32, shape.to_vec(), &bytes[..length]).unwrap())
    });
    let metadata = metadata.iter().map(|&(key, text)| (key.to_owned(), text.to_owned()));
    serialize_to_file(views, Some(metadata.collect()), path).unwrap();
}

/// Whether an error contains these parts.
#[track_caller]
fn says(error: String, parts: &[&str]) {
    for part in parts {
        assert!(error.contains(part), "{part:?} is not in {error:?}");
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let path = std::env::temp_dir().join(format!("nn-pytorch-{}-wrong", std::process::id()));
    let small: Dynamic = Dynamic::parse("dense(2 -> 3, relu), batch_norm, dense(2)").unwrap();
    let good: [(&str, &[usize]); 8] = [
        ("0.weight", &[3, 2]),
        ("0.bias", &[3]),
        ("2.weight", &[3]),
        ("2.bias", &[3]),
        ("2.running_mean", &[3]),
        ("2.running_var", &[3]),
        ("3.weight", &[2, 3]),
        ("3.bias", &[2]),
    ];
    write(&path, &good);
    small.load_pytorch(&path).expect("without the counter, as older files are");
    let changed = |at: usize, name: &'static str, shape: &'static [usize]| {
        let mut tensors = good;
        tensors[at] = (name, shape);
        write(&path, &tensors);
        small.load_pytorch(&path).unwrap_err().to_string()
    };
    let modules = "compare them, or name the module of each layer with `load_pytorch_with(path, \
                   &PyTorch::new().modules(…))`";
    says(
        changed(6, "4.weight", &[2, 3]),
        &["tensor `3.weight`: found no such tensor among", "one of shape [2, 3]", modules],
    );
    says(
        changed(0, "0.weight", &[2, 3]),
        &["shape of tensor `0.weight`: found [2, 3], which is transposed, expected [3, 2]"],
    );
    says(
        changed(0, "0.weight", &[3, 3]),
        &["shape of tensor `0.weight`: found [3, 3], expected [3, 2]", modules],
    );
    says(
        changed(5, "2.running_var", &[1]),
        &["shape of tensor `2.running_var`: found [1], expected [3]"],
    );
    let mut more = good.to_vec();
    more.push(("2.num_batches_tracked", &[]));
    write(&path, &more);
    says(
        small.load_pytorch(&path).unwrap_err().to_string(),
        &["tensor `2.num_batches_tracked`: found F32 []", "expected I64 []"],
    );
    more[8] = ("5.weight", &[2]);
    write(&path, &more);
    says(
        small.load_pytorch(&path).unwrap_err().to_string(),
        &[
            "found `5.weight`, which the network does not have",
            "expected only `0.weight`, `0.bias`",
        ],
    );
    // The other readers name this one in their messages, and this one names them.
    write(&path, &good);
    says(
        small.load(&path).unwrap_err().to_string(),
        &["tensor `layer1.weight`", "load it with `load_pytorch`"],
    );
    let square = file("square");
    says(
        Square::<f32>::load_as(&square, Layout::OutIn).unwrap_err().to_string(),
        &["load it with `load_pytorch`"],
    );
    small.save(&path).unwrap();
    says(
        small.load_pytorch(&path).unwrap_err().to_string(),
        &["format: found `nn-1`", "load it with `load`"],
    );
    fs::write(&path, b"PK\x03\x04 and what `torch.save` writes").unwrap();
    says(
        small.load_pytorch(&path).unwrap_err().to_string(),
        &["zip archive", "safetensors.torch.save_file"],
    );
    fs::remove_file(&path).unwrap();
}

#[test]
fn names_of_classes_come_along() {
    let path = std::env::temp_dir().join(format!("nn-pytorch-{}-names", std::process::id()));
    network! { struct Two(dense(2 -> 3, relu), dense(2, softmax)); }
    let names = Labels::new(["a \"b\"", "ü"]).unwrap();
    let mut declared = Two::init(1);
    declared.name_classes(&names).unwrap();
    declared.save_pytorch(&path).unwrap();
    assert_eq!(Two::load_pytorch(&path).unwrap().parameters(), declared.parameters());
    let nameless: Dynamic = Dynamic::parse("dense(2 -> 3, relu), dense(2, softmax)").unwrap();
    let dynamic = nameless.load_pytorch(&path).unwrap();
    assert_eq!(dynamic.class_names(), Some(&names));
    let before = fs::read(&path).unwrap();
    dynamic.save_pytorch(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), before);

    // Another program may mean something else by the key; a file of ours is to be whole.
    let tensors: [(&str, &[usize]); 4] =
        [("0.weight", &[3, 2]), ("0.bias", &[3]), ("2.weight", &[2, 3]), ("2.bias", &[2])];
    write_with(&path, &tensors, &[("classes", "3 of them")]);
    assert_eq!(nameless.load_pytorch(&path).unwrap().class_names(), None);
    write_with(&path, &tensors, &[("classes", "3 of them"), ("nn_version", "0.1.0")]);
    says(
        nameless.load_pytorch(&path).unwrap_err().to_string(),
        &["names of the classes: found `3 of them`", "expected 2 different names"],
    );
    fs::remove_file(&path).unwrap();
}

#[test]
fn modules_are_one_for_each_layer_with_parameters() {
    let path = std::env::temp_dir().join(format!("nn-pytorch-{}-modules", std::process::id()));
    let network: Dynamic =
        Dynamic::parse("struct N { a: dense(2 -> 3, relu), d: dropout(0.5), b: dense(2) }")
            .unwrap();
    let refused = |modules: &[(&str, &str)]| {
        let options = PyTorch::new().modules(modules.iter().copied());
        network.save_pytorch_with(&path, &options).unwrap_err().to_string()
    };
    let all = "expected one for each of the layers with parameters: `a`, `b`";
    for (modules, found) in [
        (&[("a", "x")][..], "no module of layer `b`"),
        (&[("a", "x"), ("b", "y"), ("c", "z")], "a layer `c`, which the network does not have"),
        (&[("a", "x"), ("b", "y"), ("a", "z")], "layer `a` twice"),
    ] {
        let error = refused(modules);
        assert!(error.contains(found) && error.contains(all), "{error}");
    }
    assert!(refused(&[("a", "x"), ("b", "x")]).contains("two tensors with the name `x.weight`"));
    assert!(!path.exists());
    // A layer without parameters may be named, and a model that is one module has no name.
    let options = PyTorch::new().modules([("a", "x"), ("d", "drop"), ("b", "")]);
    network.save_pytorch_with(&path, &options).unwrap();
    let names: Vec<String> = tensors(&path).into_keys().collect();
    assert_eq!(names, ["bias", "weight", "x.bias", "x.weight"]);
    fs::remove_file(&path).unwrap();
}
