//! Networks as ONNX models: every layer and every activation of the notation, in every opset.
//!
//! `ONNX_FILES=/tmp/files cargo test -p nn --test onnx` leaves the files in that folder, and
//! `check.py /tmp/files` checks them with ONNX's checker and runs them with ONNX Runtime.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use nn::onnx::{Onnx as _, OnnxModel, OnnxOptions};
use nn::prelude::*;
use nn::tensor::Tensor;
use nn::{Dynamic, Float, Registry};
use nn_grammar::vocabulary::{ACTIVATIONS, LAYERS};

use crate::cases::{CASES, network, rows};

#[test]
fn every_case_is_written() {
    let kept = std::env::var_os("ONNX_FILES").map(PathBuf::from);
    let scratch = std::env::temp_dir().join(format!("nn-onnx-{}", std::process::id()));
    let folder = kept.as_ref().unwrap_or(&scratch);
    fs::create_dir_all(folder).unwrap();
    for (name, text) in CASES {
        for opset in 13..=23 {
            case::<f32>(folder, &format!("{name}-f32-{opset}"), text, opset);
        }
        case::<f64>(folder, &format!("{name}-f64-17"), text, 17);
        case::<f64>(folder, &format!("{name}-f64-23"), text, 23);
    }
    if kept.is_none() {
        fs::remove_dir_all(&scratch).unwrap();
    }
}

/// Writes the model, and next to it rows of inputs and the network's outputs.
fn case<T: Float>(folder: &Path, name: &str, text: &str, opset: i64) {
    let network = network::<T>(text);
    let (path, options) = (folder.join(format!("{name}.onnx")), OnnxOptions::new().opset(opset));
    network.save_onnx(&path, &options.clone().probabilities()).unwrap();
    network.save_onnx(folder.join(format!("{name}-logits.onnx")), &options).unwrap();
    let x = rows::<T>(network.inputs());
    let y = network.predict(&x).unwrap();
    reads_back(&path, &network, &x, &y);
    let mut text = String::new();
    for numbers in [&x, &y] {
        numbers.iter().for_each(|number| write!(text, "{:e} ", number.as_f64()).unwrap());
        text.push('\n');
    }
    fs::write(folder.join(format!("{name}.txt")), text).unwrap();
}

/// The reader of ONNX models gives the same outputs and, where the graph is a chain of layers, the
/// network itself.
fn reads_back<T: Float>(path: &Path, network: &Dynamic<T>, x: &[T], y: &[T]) {
    let model = OnnxModel::<T>::read(path).unwrap();
    assert_eq!(model.metadata("architecture"), Some(&network.declaration()[..]));
    let (width, rows) = (network.inputs(), x.len() / network.inputs());
    let mut from = 0;
    let inputs = model.inputs().iter().map(|input| {
        let count = input.shape().unwrap()[1].unwrap();
        let of_rows = x.chunks(width).flat_map(|row| row[from..from + count].to_vec()).collect();
        from += count;
        Tensor::from_vec(of_rows, [rows, count]).unwrap()
    });
    let inputs: Vec<_> = inputs.collect();
    let outputs = model.run(&inputs).unwrap_or_else(|error| panic!("{error}"));
    let near = if size_of::<T>() == 4 { 2e-6 } else { 1e-7 };
    for (row, expected) in y.chunks(network.outputs()).enumerate() {
        let parts = outputs.iter().flat_map(|output| {
            let width = output.shape()[1];
            output.to_vec()[row * width..][..width].to_vec()
        });
        let scale = expected.iter().fold(1.0, |most: f64, y| most.max(y.as_f64().abs()));
        // A head amplifies the rounding of large numbers.
        let scale = if row < 6 { scale } else { scale * 1e3 };
        for (found, expected) in parts.zip(expected) {
            let (found, expected) = (found.as_f64(), expected.as_f64());
            let is_near = (found - expected).abs() <= near * scale;
            assert!(is_near, "{path:?}, row {row}: {found}, not {expected}");
        }
    }
    let name = path.file_stem().unwrap().to_str().unwrap();
    let Some((case, version)) = name.split_once('-') else { panic!("{name} has no version") };
    // Some activations are one operator since opset 20, and some for `f32` only.
    if !["f32-20", "f32-23"].contains(&version) {
        return;
    }
    match (model.to_dynamic(), NOT_READ.iter().find(|(other, ..)| *other == case)) {
        (Ok(read), None) => {
            assert_eq!(read.predict(x).unwrap(), y, "{path:?}: {}", read.declaration());
            assert_eq!(read.declaration(), as_read(&network.declaration()), "{path:?}");
            // The notation declares the same network.
            let text = model.notation("Read").unwrap();
            let again = Dynamic::<T>::parse(&text).unwrap();
            assert_eq!(again.declaration(), read.declaration());
        }
        (Err(error), Some((.., says))) => {
            let error = error.to_string();
            assert!(error.contains(says), "{path:?}: {error}");
        }
        (Ok(read), Some((_, why, _))) => {
            panic!("{path:?} is read as {} in spite of: {why}", read.declaration())
        }
        (Err(error), None) => panic!("{path:?}: {error}"),
    }
}

/// Cases that `to_dynamic` does not convert, the reason, and its message.
const NOT_READ: &[(&str, &str, &str)] = &[
    (
        "gated",
        "`group_norm`, `glu`, `swiglu` and `highway` are several operators each, which nothing \
         puts together again",
        "no layer of the notation",
    ),
    (
        "inside",
        "branches inside are a network of their own in the notation, for which a graph has no \
         place",
        "nodes that read",
    ),
    (
        "passed",
        "a residual of nothing but dropout is the sum of a value with itself",
        "no layer of the notation",
    ),
];

/// A declaration without the parts that no graph contains: training-only options, dropout,
/// initializers. Layers with the same formula have one name.
fn as_read(declaration: &str) -> String {
    let changes = [
        (", l2 0.001", ""),
        ("dropout(5 -> 5, 0.25), ", ""),
        (", weight norm", ""),
        (", spectral norm", ""),
        (", stochastic_depth(6 -> 6, 0.2)", ""),
        (" leaky_relu)", " leaky_relu(0.01))"),
        (" elu)", " elu(1))"),
        (" celu)", " celu(1))"),
        ("min_max(", "standardize("),
        ("0.00392156862745098", "0.003921569"),
        ("prelu(3 -> 3, 0.1)", "prelu(3 -> 3, 0.25)"),
    ];
    changes.iter().fold(declaration.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn the_list_of_what_is_not_read_names_cases() {
    for (name, why, _) in NOT_READ {
        assert!(CASES.iter().any(|(case, _)| case == name) && !why.is_empty(), "{name}");
    }
}

#[test]
fn the_cases_have_every_word_of_the_notation() {
    let has = |word: &str| {
        let mut words = CASES
            .iter()
            .flat_map(|(_, text)| text.split(|c: char| !c.is_alphanumeric() && c != '_'));
        words.any(|other| other == word)
    };
    // `quantile` searches, for which ONNX has no operator.
    let refused = [("quantile", "quantile, dense(3 -> 1)")];
    let path = std::env::temp_dir().join(format!("nn-onnx-refused-{}", std::process::id()));
    for (word, text) in refused {
        let network = network::<f32>(text);
        let error = network.save_onnx(&path, &OnnxOptions::new()).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    // Columns of tables have separate cases.
    let elsewhere =
        |word: &str| word == "columns" || refused.iter().any(|(other, _)| *other == word);
    for layer in LAYERS.iter().filter(|layer| !elsewhere(layer.word)) {
        assert!(has(layer.word), "no case has `{}`", layer.word);
    }
    for activation in ACTIVATIONS {
        assert!(has(activation.word), "no case has `{}`", activation.word);
    }
}

network! {
    struct Digits { hidden: dense(9 -> 8, relu), output: dense(4, softmax) }
    struct Photo {
        parts: concat {
            image: (dense(5 -> 4, relu), dense(3)), meta: input(2), sound: dense(3 -> 2, tanh),
        },
        trunk: dense(6, relu),
        answer: heads {
            class: dense(4, softmax), angle: (dense(3, relu), dense(2)), seen: dense(2, sigmoid),
        },
    }
}

#[test]
fn a_declared_network_and_one_read_at_run_time_give_the_same_file() {
    fn same<N: Network<Float = f32>>(name: &str) {
        let path = std::env::temp_dir().join(format!("nn-onnx-{}-{name}", std::process::id()));
        let file = |save: &dyn Fn(&Path) -> nn::Result<()>| {
            save(&path).unwrap();
            let bytes = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            bytes
        };
        let options = OnnxOptions::new().probabilities().opset(20).metadata("author", "me");
        let (_, text) = CASES.iter().find(|(other, _)| *other == name).unwrap();
        let declared = file(&|path| N::init(3).save_onnx(path, &options));
        let read =
            file(&|path| Dynamic::<f32>::parse(text).unwrap().init(3).save_onnx(path, &options));
        assert!(declared == read, "{name}: another file");
        for text in ["author", "me", "architecture", N::NAME] {
            let is_there = declared.windows(text.len()).any(|bytes| bytes == text.as_bytes());
            assert!(is_there, "{name}: no {text:?}");
        }
    }
    same::<Digits>("digits");
    same::<Photo>("branches");
}

/// A custom activation or layer is not confused with one of the notation that has the same name.
#[test]
fn a_name_of_the_notation_does_not_make_it_one_of_the_notation() {
    #[derive(Clone, Copy, Debug, Default)]
    struct Fake;
    impl nn::activation::Activation for Fake {
        const NAME: &'static str = "relu";
        const KEEPS_INPUT: bool = true;
        fn value<T: Float>(&self, x: T) -> T {
            x * x
        }
        fn derivative<T: Float>(&self, x: T, _: T) -> T {
            x + x
        }
    }
    struct Doubled<const I: usize, const O: usize>;
    impl<const I: usize, const O: usize> nn::layer::RowLayer for Doubled<I, O> {
        const NAME: &'static str = "glu";
        const INPUTS: usize = I;
        const OUTPUTS: usize = O;
        type Outputs<T: Float> = [T; O];
        fn forward<T: Float>(_: &[T], x: &[T], y: &mut [T]) {
            y.iter_mut().zip(x).for_each(|(y, &x)| *y = x + x);
        }
        fn backward<T: Float>(_: &[T], _: &[T], _: &[T], dy: &[T], dx: &mut [T]) {
            dx.iter_mut().zip(dy).for_each(|(dx, &dy)| *dx = dy + dy);
        }
    }
    network! {
        struct Squares(dense(2 -> 3, Fake), dense(3, relu), dense(1));
        struct Twice(dense(2 -> 4), Doubled(4 -> 4), dense(1));
    }
    let folder = std::env::temp_dir().join(format!("nn-onnx-fake-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let mut registry = Registry::<f32>::new();
    registry.activation::<Fake>("Fake").layer::<Doubled<4, 4>>("Doubled");
    let read = |text: &str| registry.parse(text).unwrap().init(1);
    let (squares, twice) = (Squares::<f32>::init(1), Twice::<f32>::init(1));
    let of_squares = read("struct Squares(dense(2 -> 3, Fake), dense(3, relu), dense(1));");
    let of_twice = read("struct Twice(dense(2 -> 4), Doubled(4 -> 4), dense(1));");
    let (onnx, c) = (folder.join("fake.onnx"), folder.join("fake.c"));
    let options = OnnxOptions::new();
    for (what, errors) in [
        (
            "activation of `layer1`",
            [
                squares.save_onnx(&onnx, &options),
                of_squares.save_onnx(&onnx, &options),
                nn::c_source::CSource::save_c(&squares, &c),
                of_squares.save_c(&c),
            ],
        ),
        (
            "layer of `layer2`",
            [
                twice.save_onnx(&onnx, &options),
                of_twice.save_onnx(&onnx, &options),
                nn::c_source::CSource::save_c(&twice, &c),
                of_twice.save_c(&c),
            ],
        ),
    ] {
        for error in errors {
            let error = error.unwrap_err().to_string();
            assert!(error.starts_with(what) && error.contains("a custom one"), "{error}");
        }
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "half a file");
    // Its function on the tape applies only to it, and not to the other activation of this name.
    squares.save_onnx(&onnx, &options.activation("relu", |x| x.square())).unwrap();
    let model = OnnxModel::<f32>::read(&onnx).unwrap();
    let x = [0.5, -0.75];
    let y = model.run(&[Tensor::from([x])]).unwrap()[0].to_vec();
    assert!((y[0] - squares.predict(&x)[0]).abs() < 1e-6);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_cannot_be_written_is_named() {
    #[derive(Clone, Copy, Debug, Default)]
    struct Cube;
    impl nn::activation::Activation for Cube {
        const NAME: &'static str = "cube";
        const KEEPS_INPUT: bool = true;
        fn value<T: Float>(&self, x: T) -> T {
            x * x * x
        }
        fn derivative<T: Float>(&self, x: T, _: T) -> T {
            T::of(3.0) * x * x
        }
    }
    let path = std::env::temp_dir().join(format!("nn-onnx-{}-wrong", std::process::id()));
    let mut registry = Registry::<f32>::new();
    registry.activation::<Cube>("Cube");
    let own = registry.parse("struct Own { first: dense(2 -> 2, Cube), last: dense(1) }").unwrap();
    let error = own.save_onnx(&path, &OnnxOptions::new()).unwrap_err().to_string();
    assert!(
        error.starts_with("activation of `first`, to be saved as ONNX: found `cube`"),
        "{error}"
    );
    // With its formula on the tape it can be written, if the formula is correct.
    let cube = OnnxOptions::new().activation("cube", |x| x.square()?.mul(x));
    for own in [
        own,
        registry
            .parse("dense(2 -> 3, Cube), layer_norm, dense(4, Cube), dense(2, sigmoid)")
            .unwrap(),
    ] {
        own.save_onnx(&path, &cube.clone().probabilities()).unwrap();
        let (x, model) = (rows::<f32>(2), OnnxModel::<f32>::read(&path).unwrap());
        let y = model.run(&[Tensor::from_vec(x[..12].to_vec(), [6, 2]).unwrap()]).unwrap();
        let expected = own.predict(&x[..12]).unwrap();
        let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-5 * b.abs().max(1.0);
        assert!(
            y[0].to_vec().iter().zip(&expected).all(near),
            "{:?}, not {expected:?}",
            y[0].to_vec()
        );
        fs::remove_file(&path).unwrap();
        let says = |options: OnnxOptions| own.save_onnx(&path, &options).unwrap_err().to_string();
        let error = says(OnnxOptions::new().activation("cube", |x| x.square()));
        assert!(
            error.contains("with them the model gives other numbers than the network"),
            "{error}"
        );
        let error = says(
            OnnxOptions::new()
                .activation("cube", |x| x.mul(x.tape().constant(x.square()?.value()))),
        );
        assert!(error.contains("depends on the inputs in a way that is not recorded"), "{error}");
        let error = says(OnnxOptions::new().activation("cube", |x| x.flip(&[1])));
        assert!(error.contains("found `flip`"), "{error}");
    }
    let plain = network::<f32>("dense(2 -> 2)");
    for opset in [12, 24] {
        let error =
            plain.save_onnx(&path, &OnnxOptions::new().opset(opset)).unwrap_err().to_string();
        assert!(error.contains("expected a version from 13 to 23"), "{error}");
    }
    let mut declared = Digits::<f32>::init(1);
    declared.parameters_mut().as_mut_slice()[3] = f32::NAN;
    let error = declared.save_onnx(&path, &OnnxOptions::new()).unwrap_err().to_string();
    assert!(
        error.starts_with("element 3 of tensor `hidden.weight`, to be saved: found NaN"),
        "{error}"
    );
    assert!(!path.exists(), "half a file");
}
