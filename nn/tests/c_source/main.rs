//! Networks as C, compiled without a warning: their outputs have the bits of this library.

#[path = "../onnx/cases.rs"]
mod cases;
mod compiler;
#[path = "../onnx/table_cases.rs"]
mod table_cases;
mod tables;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use nn::c_source::CSource as _;
use nn::prelude::*;
use nn::tensor::random::Random;
use nn::{Dynamic, Model as _, Registry, Row as _};
use nn_grammar::vocabulary::{ACTIVATIONS, LAYERS};

use cases::{CASES, EXTREMES, network, rows};
use compiler::{compile, run};

/// Layers that ONNX has no operator for, and a layer that is not small.
const MORE: &[(&str, &str)] = &[
    ("ranked", "quantile, dense(4 -> 5, tanh), dense(3)"),
    (
        "large",
        "dense(300 -> 70, relu), layer_norm, residual(dense(70, gelu)) * 2, dense(10, softmax)",
    ),
    (
        "both",
        "struct Both { parts: concat { a: (standardize, dense(3 -> 4, relu)), \
         b: (min_max, dense(2 -> 2)), c: input(1) }, end: dense(2, sigmoid) }",
    ),
];

/// The flags with which the same file is compiled.
const WAYS: &[&[&str]] = &[
    &["-std=c99", "-O2"],
    &["-std=c11", "-O0"],
    &["-std=gnu17", "-O3", "-march=native"],
    &["-std=c99", "-O3", "-mfma"],
];

/// A network as C, rows for it, and this library's outputs, as bytes.
struct Case {
    name: String,
    real: &'static str,
    rows: usize,
    inputs: Vec<u8>,
    answers: Vec<u8>,
}

/// A float type of C.
trait Number: Float {
    const REAL: &'static str;
    /// Its bytes; all NaNs have the same.
    fn bytes(self) -> Vec<u8>;
}

impl Number for f32 {
    const REAL: &'static str = "float";
    fn bytes(self) -> Vec<u8> {
        if self.is_nan() { f32::NAN } else { self }.to_le_bytes().to_vec()
    }
}

impl Number for f64 {
    const REAL: &'static str = "double";
    fn bytes(self) -> Vec<u8> {
        if self.is_nan() { f64::NAN } else { self }.to_le_bytes().to_vec()
    }
}

/// A folder for the files of one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c_source").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Sorts the fitted parameters of the encoders, as training rows would give them.
fn adapted<T: Float>(text: &str) -> Dynamic<T> {
    let mut network = network::<T>(text);
    let tensors = nn::Model::tensors(&network).to_vec();
    for tensor in tensors.iter().filter(|tensor| tensor.name.ends_with(".quantiles")) {
        for at in tensor.range() {
            // Some of them are equal.
            network.flat_mut()[at] = T::of((((at - tensor.offset) % 33) / 2) as f64 / 4.0 - 2.0);
        }
    }
    network
}

/// The cases and rows of the ONNX writer, and rows on which ONNX programs disagree: infinities and
/// the largest numbers of the type.
fn case<T: Number>(folder: &Path, name: &str, text: &str) -> Case {
    let network = adapted::<T>(text);
    let mut x = rows::<T>(network.inputs());
    let random = Random::new(6, 0);
    x.extend((0..20 * network.inputs()).map(|at| T::of(8.0 * random.normal::<f64>(at as u64))));
    let ends = [T::max_value(), T::min_value(), T::infinity(), T::neg_infinity(), T::nan()];
    let ends =
        ends.into_iter().chain([T::min_positive_value(), T::min_positive_value() / T::of(8.0)]);
    for end in ends {
        x.extend((0..network.inputs()).map(|at| match at % 3 {
            0 => end,
            _ => T::of(EXTREMES[at % EXTREMES.len()]),
        }));
    }
    let name = format!("{name}_{}", T::REAL);
    network.save_c(folder.join(format!("{name}.c"))).unwrap();
    let answers = network.predict(&x).unwrap();
    let bytes = |numbers: &[T]| numbers.iter().flat_map(|&number| number.bytes()).collect();
    let rows = x.len() / network.inputs();
    Case { name, real: T::REAL, rows, inputs: bytes(&x), answers: bytes(&answers) }
}

/// A program that reads the rows of all cases and writes the networks' outputs.
fn driver(cases: &[Case]) -> String {
    let mut text = String::from("#include <stdio.h>\n");
    cases.iter().for_each(|case| writeln!(text, "#include \"{}.h\"", case.name).unwrap());
    text += "\nint main(void)\n{\n";
    for Case { name, real, rows, .. } in cases {
        let upper = name.to_uppercase();
        writeln!(
            text,
            "    for (int i = 0; i < {rows}; i++) {{
        {real} x[{upper}_INPUTS], y[{upper}_OUTPUTS];
        if (fread(x, sizeof *x, {upper}_INPUTS, stdin) != {upper}_INPUTS) return 1;
        {name}_predict(x, y);
        for (int j = 0; j < {upper}_OUTPUTS; j++) if (y[j] != y[j]) y[j] = ({real})NOT_A_NUMBER;
        if (fwrite(y, sizeof *y, {upper}_OUTPUTS, stdout) != {upper}_OUTPUTS) return 1;
    }}"
        )
        .unwrap();
    }
    text += "    return 0;\n}\n";
    text.replace("NOT_A_NUMBER", "NAN").replacen('\n', "\n#include <math.h>\n", 1)
}

#[test]
fn every_network_as_c_answers_with_the_same_bits() {
    let folder = folder("cases");
    let mut cases = Vec::new();
    for (name, text) in CASES.iter().chain(MORE) {
        cases.push(case::<f32>(&folder, name, text));
        cases.push(case::<f64>(&folder, name, text));
    }
    let main = folder.join("main.c");
    fs::write(&main, driver(&cases)).unwrap();
    let inputs: Vec<u8> = cases.iter().flat_map(|case| case.inputs.clone()).collect();
    for flags in WAYS {
        let mut files = vec![main.clone()];
        files.extend(cases.iter().map(|case| folder.join(format!("{}.c", case.name))));
        let Some(program) = compile(&folder.join("program"), &files, flags) else { return };
        let output = run(&program, &inputs);
        let mut from = 0;
        for case in &cases {
            let found = &output[from..][..case.answers.len()];
            from += found.len();
            let width = case.answers.len() / case.rows;
            for (row, (found, expected)) in
                found.chunks(width).zip(case.answers.chunks(width)).enumerate()
            {
                assert_eq!(found, expected, "{} {flags:?}: row {row}", case.name);
            }
        }
        assert_eq!(from, output.len());
    }
}

#[test]
fn the_cases_have_every_word_of_the_notation() {
    let has = |word: &str| {
        let texts = CASES
            .iter()
            .chain(MORE)
            .flat_map(|(_, text)| text.split(|c: char| !c.is_alphanumeric() && c != '_'));
        texts.into_iter().any(|other| other == word)
    };
    // Columns of tables have separate cases.
    for word in LAYERS.iter().map(|layer| layer.word).filter(|&word| word != "columns") {
        assert!(has(word), "no case has `{word}`");
    }
    for word in ACTIVATIONS.iter().map(|activation| activation.word) {
        assert!(has(word), "no case has `{word}`");
    }
}

/// If a machine has no fused multiply-add, C computes it in `double`.
#[test]
fn a_multiply_add_in_double_rounds_once() {
    let folder = folder("fused");
    Dynamic::<f32>::parse("dense(1 -> 1)").unwrap().save_c(folder.join("one.c")).unwrap();
    let main = "#include <stdio.h>\n#include \"one.c\"\n\nint main(void)\n{\n    \
                float x[3], y;\n    \
                while (fread(x, sizeof *x, 3, stdin) == 3) {\n        \
                y = nn_fmaf(x[0], x[1], x[2]);\n        \
                if (y != y) y = NAN;\n        if (fwrite(&y, sizeof y, 1, stdout) != 1) return \
                1;\n    }\n    return 0;\n}\n";
    fs::write(folder.join("main.c"), main).unwrap();
    let random = Random::new(7, 0);
    let mut triples: Vec<[f32; 3]> = Vec::new();
    // Random bits, and sums near the midpoint between two floats, also between two subnormal ones.
    for at in 0..200_000 {
        let bits = |index: u64| {
            f32::from_bits((random.uniform::<f64>(4 * at + index) * 4294967296.0) as u32)
        };
        triples.push([0, 1, 2].map(bits));
        let [a, b, _] = [0, 1, 2].map(bits);
        let product = f64::from(a) * f64::from(b);
        triples.push([a, b, (-product) as f32]);
        let close = |index: u64| {
            1.0 + (random.uniform::<f64>(4 * at + index) * 4096.0).floor() as f32 / 4096.0
        };
        let scale = 2.0_f32.powi(at as i32 % 60 - 30);
        triples.push([close(0), close(1) * scale, 2.0_f32.powi(at as i32 % 70 - 35) * close(2)]);
        let small = 2.0_f32.powi(-75);
        triples.push([close(0) * small, close(1) * small, 2.0_f32.powi(-127)]);
    }
    // 2^-127 + 2^-150 + 2^-197: slightly above the midpoint of two subnormal numbers.
    triples.push([
        2.0_f32.powi(-74) * (1.0 + 2.0_f32.powi(-23)),
        2.0_f32.powi(-76) * (1.0 - 2.0_f32.powi(-23)),
        2.0_f32.powi(-127),
    ]);
    triples.push([2.0_f32.powi(-75), 2.0_f32.powi(-75), 2.0_f32.powi(-127)]);
    let inputs: Vec<u8> = triples.iter().flatten().flat_map(|x| x.to_le_bytes()).collect();
    let expected: Vec<u8> =
        triples.iter().flat_map(|&[a, b, c]| Number::bytes(a.mul_add(b, c))).collect();
    for flags in [&["-std=c99", "-O2"], &["-std=c99", "-O0"]] {
        let Some(program) = compile(&folder.join("program"), &[folder.join("main.c")], flags)
        else {
            return;
        };
        let found = run(&program, &inputs);
        assert_eq!(found.len(), expected.len());
        for (index, (found, expected)) in found.chunks(4).zip(expected.chunks(4)).enumerate() {
            assert_eq!(found, expected, "{:?} {flags:?}", triples[index]);
        }
    }
}

network! {
    struct Small { hidden: dense(5 -> 7, gelu), output: dense(3, softmax) }
    struct Digits(standardize, dense(200 -> 128, relu), layer_norm, dense(10, softmax));
}

/// Small networks compute outputs by another path than large ones, and than those read at run time.
#[test]
fn a_declared_network_as_c_answers_with_the_same_bits() {
    fn check<N: Network<Float = f32>>(name: &str) {
        let folder = folder(name);
        let mut network = N::init(5);
        let random = Random::new(8, 0);
        let flat = network.parameters_mut().as_mut_slice();
        flat.iter_mut().enumerate().for_each(|(at, x)| *x = 0.3 * random.normal::<f32>(at as u64));
        flat[0] = 100.0; // the row count of an encoder, if there is one
        let file = folder.join(format!("{name}.c"));
        network.save_c(&file).unwrap();
        let x = rows::<f32>(N::INPUTS);
        let mut row = vec![N::Input::zeroed(); x.len() / N::INPUTS];
        nn::Row::flatten_mut(&mut row).copy_from_slice(&x);
        let answers = row.iter().flat_map(|row| {
            network.predict(row).as_slice().iter().flat_map(|y| y.bytes()).collect::<Vec<_>>()
        });
        let answers: Vec<u8> = answers.collect();
        let inputs = x.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>();
        let case = Case { name: name.into(), real: "float", rows: row.len(), inputs, answers };
        let main = folder.join("main.c");
        fs::write(&main, driver(std::slice::from_ref(&case))).unwrap();
        let Some(program) = compile(&folder.join("program"), &[main, file], WAYS[0]) else {
            return;
        };
        assert!(run(&program, &case.inputs) == case.answers, "{name}: other bits");
    }
    check::<Small>("small");
    check::<Digits>("digits");
}

#[test]
fn what_cannot_be_written_is_named() {
    #[derive(Clone, Copy, Debug, Default)]
    struct Cube;
    impl nn::activation::Activation for Cube {
        const NAME: &'static str = "cube";
        fn value<T: Float>(&self, x: T) -> T {
            x * x * x
        }
        fn derivative<T: Float>(&self, x: T, _: T) -> T {
            T::of(3.0) * x * x
        }
    }
    let folder = folder("wrong");
    let mut registry = Registry::<f32>::new();
    registry.activation::<Cube>("Cube");
    let own = registry.parse("struct Own { first: dense(2 -> 2, Cube), last: dense(1) }").unwrap();
    let error = own.save_c(folder.join("own.c")).unwrap_err().to_string();
    assert!(
        error.starts_with("activation of `first`, to be written as C: found `cube`"),
        "{error}"
    );
    let mut diverged = Small::<f32>::init(1);
    diverged.parameters_mut().as_mut_slice()[3] = f32::NAN;
    let error = diverged.save_c(folder.join("own.c")).unwrap_err().to_string();
    assert!(error.starts_with("element 3 of tensor `hidden.weight`"), "{error}");
    let error = Digits::<f32>::init(1).save_c(folder.join("own.c")).unwrap_err().to_string();
    assert!(error.contains("never adapted"), "{error}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "half a file");
}
