//! Damaged files and texts for every reader: no panic, no hang, no more memory than the input
//! justifies, and no input accepted that the reference rejects.
//!
//! `FUZZ_SECONDS=3600 FUZZ_SEED=7 cargo test --release -p nn --test fuzz -- --nocapture` runs for
//! an hour; without these variables it takes some seconds per reader. Findings are printed with the
//! seed and the number of the case.

use std::alloc::System;
use std::io::{Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use arbitrary::Unstructured;
use nn::data::images::Images;
use nn::data::row_file::{self, RowFile};
use nn::data::{Class, Table, idx, npy};
use nn::keras::Keras as _;
use nn::onnx::{OnnxModel, OnnxOptions};
use nn::prelude::*;
use nn::tensor::Tensor;
use nn::tensor::random::Random;
use nn::{Adam, Dynamic, Layout, LoadOptions, Trainer, TrainerState};
use safetensors::SafeTensors;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

network! {
    struct Small { a: dense(3 -> 5, relu), norm: batch_norm, b: dense(2, softmax) }
    struct Square(dense(3 -> 3));
    struct OfKeras(
        dense(3 -> 5, gelu, bias = false), batch_norm(epsilon = 1e-3), dense(4, silu),
        layer_norm(epsilon = 1e-3), dense(2)
    );
    struct Price {
        row: columns {
            area: number(log), city: category(2), street: category(30), garden: flag, sold: date,
        },
        price: dense(1),
    }
}

/// One reader.
struct Target {
    name: &'static str,
    /// Valid inputs, which are then damaged.
    valid: fn() -> Vec<Vec<u8>>,
    /// Whether the reader accepts the file.
    takes: fn(&Path) -> bool,
    /// Whether the reference accepts it; `None` without a reference.
    reference: Option<fn(&[u8]) -> bool>,
    /// Bytes of memory that a byte of the input justifies.
    factor: usize,
    /// Fragments that occur in such files.
    words: &'static [&'static str],
}

/// Bytes that a byte of a zip archive justifies, in total and not at once. Four bytes that look
/// like its end record may announce a comment of 64 KiB, for which the crate allocates. Deflate
/// expands by 1032, copied by a growing vector and by a change of the axis order.
const OF_ZIP: usize = 16 * 1024 + 4 * 1024;

const JSON: &[&str] = &[
    "\"",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "-1",
    "1e400",
    "00",
    "\\u0000",
    "\\ud800",
    "\"data_offsets\":",
    "\"shape\":[",
    "\"dtype\":\"F16\"",
    "\"__metadata__\":{",
    "18446744073709551616",
];
const NOTATION: &[&str] = &[
    "dense(",
    "->",
    "→",
    ")",
    "(",
    "{",
    "}",
    ",",
    "*",
    " 1000",
    "relu",
    "softmax",
    "residual(",
    "concat(",
    "heads(",
    "input(",
    "columns {",
    "number(log)",
    "category(",
    ": flag",
    "dropout(",
    "layer_norm",
    "batch_norm",
    "network",
    "struct",
    "const",
    "::",
    "<",
    ">",
    "#[doc]",
    "//",
    "/*",
    "\"",
    "'",
    "1e308",
    "-1",
    "18446744073709551616",
    "init =",
    "l2 =",
    "bias = false",
    "=",
];

const NPY: &[&str] = &[
    "'descr': '<f4'",
    "'fortran_order': True",
    "(",
    ")",
    ",",
    "'shape': (0, 18446744073709551615, 9)",
    "99999999",
    "\u{1}\0",
    "'|O'",
];

const GRAPH: &[&str] = &[
    "\n",
    "\u{12}",
    "\u{8}\u{1}",
    "\u{7f}",
    "Gemm",
    "Relu",
    "Concat",
    "Reshape",
    "Slice",
    "Expand",
    "Tile",
    "MatMul",
    "Softmax",
    "Gather",
    "Split",
    "Squeeze",
    "Pad",
    "Conv",
    "MaxPool",
    "ReduceSum",
    "TopK",
    "Einsum",
    "alpha",
    "axis",
    "epsilon",
];

/// Every reader. A new one is one more entry.
const TARGETS: &[Target] = &[
    Target {
        name: "load",
        valid: weights,
        takes: |path| Small::<f32>::load(path).is_ok(),
        reference: Some(is_safetensors),
        factor: 64,
        words: JSON,
    },
    Target {
        name: "load_as",
        valid: foreign,
        takes: |path| Square::<f32>::load_as(path, Layout::OutIn).is_ok(),
        reference: Some(is_safetensors),
        factor: 64,
        words: JSON,
    },
    Target {
        name: "load_pytorch",
        valid: of_pytorch,
        takes: |path| Small::<f32>::load_pytorch(path).is_ok(),
        reference: Some(is_safetensors),
        factor: 64,
        words: JSON,
    },
    Target {
        name: "load_with",
        valid: weights,
        takes: |path| Small::<f64>::load_with(path, LoadOptions::new().narrow()).is_ok(),
        reference: Some(is_safetensors),
        factor: 64,
        words: JSON,
    },
    Target {
        name: "trainer state",
        valid: states,
        takes: |path| TrainerState::<f32>::load(path).is_ok(),
        reference: Some(is_safetensors),
        factor: 64,
        words: JSON,
    },
    Target {
        name: "checkpoint",
        valid: checkpoints,
        takes: resumes,
        reference: Some(is_safetensors),
        factor: 64,
        words: JSON,
    },
    Target {
        name: "network at run time, its weights",
        valid: weights,
        takes: |path| {
            let text =
                "struct Small { a: dense(3 -> 5, relu), norm: batch_norm, b: dense(2, softmax) }";
            Dynamic::<f32>::parse(text).unwrap().load(path).is_ok()
        },
        reference: Some(is_safetensors),
        factor: 64,
        words: JSON,
    },
    Target {
        name: "onnx",
        valid: graphs,
        takes: |path| {
            OnnxModel::<f32>::read(path).is_ok_and(|model| {
                let (network, text) = (model.to_dynamic(), model.notation("Read"));
                assert_eq!(
                    network.is_ok(),
                    text.is_ok_and(|text| Dynamic::<f32>::parse(&text).is_ok())
                );
                network.is_ok()
            })
        },
        reference: None,
        factor: 4096,
        words: GRAPH,
    },
    Target {
        name: "onnx, run",
        valid: graphs,
        takes: runs,
        reference: None,
        // A node may create much from little.
        factor: usize::MAX,
        words: GRAPH,
    },
    Target {
        name: "idx",
        valid: images,
        takes: |path| idx::read::<3>(path).is_ok(),
        reference: None,
        factor: 16,
        words: &["\0\0\u{8}\u{3}", "\0\0\0\u{1}", "\u{1f}\u{8b}"],
    },
    Target {
        name: "idx, compressed",
        valid: compressed,
        takes: |path| idx::read::<3>(path).is_ok(),
        reference: Some(inflates),
        // The largest expansion of a byte.
        factor: 1100,
        words: &["\0\0\u{8}\u{3}", "\u{1f}\u{8b}", "\u{1f}\u{8b}\u{8}\0\0\0\0\0\0\u{3}"],
    },
    Target {
        name: "csv",
        valid: tables,
        takes: |path| Table::read_csv(path).is_ok(),
        reference: None,
        // Names and statistics of a column that has one byte in a line; a word and its index.
        factor: 1024,
        words: &[
            ",",
            "\"",
            "\n",
            "\r\n",
            "2026-11-28",
            "NA",
            "yes",
            "1e400",
            "-0",
            "\u{feff}",
            ";",
            "é",
        ],
    },
    Target {
        name: "rows of a table",
        valid: flats,
        takes: answers,
        reference: None,
        // A row of numbers, encoded, and the output of a layer.
        factor: 4096,
        words: &[
            "area",
            "city",
            ",",
            "\n",
            "NaN",
            "inf",
            "-1e308",
            "2026-11-28",
            "yes",
            "Rome",
            "\"\"",
        ],
    },
    Target {
        name: "rows from JSON",
        valid: || {
            let row = concat!(
                r#"{"area": 84, "city": "Rome", "street": null, "garden": true, "#,
                r#""sold": "2026-11-28", "x": [1]}"#,
            );
            vec![format!("[{row}]").into_bytes(), b"[{}]".to_vec()]
        },
        takes: |path| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            serde_json::from_str::<Vec<PriceRowOwned>>(&text)
                .is_ok_and(|rows| network_for_flats().predict_batch(&rows).len() == rows.len())
        },
        // It skips everything that is not a column.
        reference: None,
        factor: 16 * 1024,
        words: JSON,
    },
    Target {
        name: "network for tables",
        valid: || {
            let path = scratch("flats");
            std::fs::write(&path, &flats()[0]).unwrap();
            let table = Table::read_csv(&path).unwrap();
            let mut network: Dynamic =
                Dynamic::for_table_with(&table, "price", "dense(2, relu)").unwrap();
            let rows = network.rows(&table).unwrap();
            network.adapt(&rows).unwrap();
            let _ = std::fs::remove_file(&path);
            vec![file(|path| network.save(path).unwrap())]
        },
        takes: |path| Dynamic::<f32>::open(path).is_ok(),
        reference: Some(is_safetensors),
        // Its notation may contain any width.
        factor: usize::MAX,
        words: JSON,
    },
    Target {
        name: "csv, compressed",
        valid: || tables().into_iter().map(gzip).collect(),
        takes: |path| Table::read_csv(path).is_ok(),
        reference: Some(inflates),
        factor: 1100 * 1024,
        words: &["\u{1f}\u{8b}", "\u{1f}\u{8b}\u{8}\0\0\0\0\0\0\u{3}"],
    },
    Target {
        name: "rows in a file",
        valid: row_files,
        takes: |path| RowFile::<[f32; 3], Class<2>>::open(path).is_ok(),
        // After damage to any bit, the file differs from what was written.
        reference: Some(|bytes| row_files().iter().any(|valid| valid == bytes)),
        factor: 16,
        words: &["nn-rows1", "f32[3] class(2)", "\u{1}\0\0\0\0\0\0\0", "class(300)"],
    },
    Target {
        name: "pictures",
        valid: || ["grey.png", "colours.png", "palette.png", "plain.jpg"].map(picture).to_vec(),
        takes: |path| Images::rgb(4, 4).file::<48>(path).is_ok(),
        reference: None,
        // The reader's own limit is 2048 per byte, of which decoding, colors and size make some
        // copies each.
        factor: 16 * 1024,
        words: &["IHDR", "IDAT", "IEND", "PLTE", "\u{89}PNG", "\0\0\u{ff}\u{ff}", "tRNS", "acTL"],
    },
    Target {
        name: "npy",
        valid: || ["f4.npy", "f8-fortran.npy", "i8.npy"].map(array).to_vec(),
        takes: |path| npy::read(path).is_ok_and(|array| array.tensor::<f32>().is_ok()),
        reference: None,
        factor: 64,
        words: NPY,
    },
    Target {
        name: "npz",
        valid: || ["several.npz", "compressed.npz"].map(array).to_vec(),
        takes: |path| npy::read_npz(path).is_ok(),
        reference: None,
        factor: OF_ZIP,
        words: &["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "weight.npy", "\u{ff}"],
    },
    Target {
        name: "parquet",
        valid: || ["small", "snappy", "gzip", "plain", "second", "zstd"].map(of_parquet).to_vec(),
        takes: |path| Table::read_parquet(path).is_ok(),
        reference: None,
        // A bit is a value of eight bytes, and a run of few bytes many values.
        factor: 1024,
        words: &["PAR1", "\u{15}\0", "\u{7f}\u{7f}", "\0\0\0\u{1}", "mixed", "\u{1f}\u{8b}\u{8}"],
    },
    Target {
        name: "keras",
        valid: || vec![of_keras("norms.npz")],
        takes: |path| OfKeras::<f32>::load_keras(path).is_ok(),
        reference: None,
        factor: OF_ZIP,
        words: &[
            "PK\u{1}\u{2}",
            "PK\u{3}\u{4}",
            "PK\u{5}\u{6}",
            "arr_0.npy",
            "arr_10",
            "(5, 4)",
            "<f8",
        ],
    },
    Target {
        name: "notation",
        valid: declarations,
        takes: |path| {
            std::fs::read_to_string(path).is_ok_and(|text| nn_grammar::read(&text, None).is_ok())
        },
        reference: None,
        // Tokens with their positions, their meaning, and messages about them, each of which quotes
        // its line.
        factor: 128 * 1024,
        words: NOTATION,
    },
    Target {
        name: "network at run time",
        valid: declarations,
        takes: |path| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            // A few characters can declare a network too large to compute.
            let is_small =
                !text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > 2);
            (is_small || text.len() % 8 == 0)
                && text.len() < 500
                && !text.contains("000")
                && reads(path)
        },
        reference: Some(|bytes| {
            std::str::from_utf8(bytes).is_ok_and(|text| nn_grammar::read(text, None).is_ok())
        }),
        factor: usize::MAX,
        words: NOTATION,
    },
];

/// What a valid file needs regardless of its length: buffers, messages.
const ALLOWANCE: usize = 256 * 1024;

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("nn-fuzz-{}-{name}", std::process::id()))
}

fn of_parquet(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parquet");
    std::fs::read(folder.join(format!("{name}.parquet"))).unwrap()
}

/// The bytes that `write` puts into a file.
fn file(write: impl FnOnce(&Path)) -> Vec<u8> {
    let path = scratch("valid");
    write(&path);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    bytes
}

fn weights() -> Vec<Vec<u8>> {
    vec![
        file(|path| Small::<f32>::init(1).save(path).unwrap()),
        file(|path| Small::<f64>::init(1).save(path).unwrap()),
        file(|path| Square::<f32>::init(1).save(path).unwrap()),
    ]
}

/// Weights from other programs: without metadata.
fn foreign() -> Vec<Vec<u8>> {
    let numbers: Vec<u8> = (0..12_u8).flat_map(|i| f32::from(i).to_le_bytes()).collect();
    let header = concat!(
        r#"{"layer1.weight":{"dtype":"F32","shape":[3,3],"data_offsets":[0,36]},"#,
        r#""layer1.bias":{"dtype":"F32","shape":[3],"data_offsets":[36,48]}}"#,
    );
    let length = (header.len() as u64).to_le_bytes();
    vec![[&length[..], header.as_bytes(), &numbers].concat()]
}

fn of_pytorch() -> Vec<Vec<u8>> {
    vec![file(|path| Small::<f32>::init(1).save_pytorch(path).unwrap())]
}

/// Whether the graph runs on rows of ones, if its inputs are small.
fn runs(path: &Path) -> bool {
    let Ok(model) = OnnxModel::<f32>::read(path) else { return false };
    let ones = |port: &nn::onnx::OnnxPort| {
        let shape = port.shape()?.iter().map(|length| length.unwrap_or(2)).collect::<Vec<_>>();
        let all = shape.iter().try_fold(1_usize, |all, &length| all.checked_mul(length))?;
        (shape.len() <= 8 && all < 1000).then(|| Tensor::ones(&shape[..]))
    };
    let inputs: Option<Vec<_>> = model.inputs().iter().map(ones).collect();
    inputs.is_some_and(|inputs| model.run(&inputs).is_ok())
}

fn graphs() -> Vec<Vec<u8>> {
    let options = OnnxOptions::new().probabilities();
    let of = |text: &str, opset| {
        file(|path| {
            Dynamic::<f32>::parse(text)
                .unwrap()
                .save_onnx(path, &options.clone().opset(opset))
                .unwrap()
        })
    };
    vec![
        of("dense(3 -> 5, relu), batch_norm, dense(2, softmax)", 20),
        of(
            "concat(dense(2 -> 3, gelu), input(2)), residual(layer_norm, dense(5)), \
             heads(dense(2), dense(1, sigmoid))",
            13,
        ),
        of(
            "dense(3 -> 4, relu), residual(layer_norm, dense(4, tanh), residual(dense(4))), prelu, \
             dense(2)",
            17,
        ),
    ]
}

fn trained() -> (Small, Trainer<Small, Adam>) {
    let (mut small, mut trainer) = (Small::init(1), Trainer::new(Adam::new(0.1)));
    let classes = nn::data::Class::from_labels(&[0, 1]).unwrap();
    trainer.step(&mut small, &[[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]], &classes).unwrap();
    (small, trainer)
}

fn flats() -> Vec<Vec<u8>> {
    let mut text = String::from("area,city,street,garden,sold,price\n");
    for row in 0..40 {
        let city = ["Rome", "Oslo", ""][row % 3];
        text += &format!(
            "{}.5,{city},street {},{},2026-11-{:02},{}\n",
            20 + row * 7 % 40,
            row % 9,
            ["yes", "no"][row % 2],
            1 + row % 28,
            row * 1000
        );
    }
    vec![
        text.clone().into_bytes(),
        text.lines().take(3).collect::<Vec<_>>().join("\n").into_bytes(),
    ]
}

/// A network for flats.
fn network_for_flats() -> &'static Price {
    static PRICE: std::sync::OnceLock<Price> = std::sync::OnceLock::new();
    PRICE.get_or_init(|| {
        let path = scratch("known");
        std::fs::write(&path, &flats()[0]).unwrap();
        let mut price = Price::init(1);
        price.adapt(&Price::dataset(&Table::read_csv(&path).unwrap(), "price").unwrap()).unwrap();
        let _ = std::fs::remove_file(&path);
        price
    })
}

/// Whether all predictions for the rows of a table are numbers.
fn answers(path: &Path) -> bool {
    let Ok(table) = Table::read_csv(path) else { return false };
    let Ok(answers) = network_for_flats().predict_table(&table) else { return false };
    assert!(answers.iter().all(|[y]| y.is_finite()), "an answer that is no number");
    true
}

fn states() -> Vec<Vec<u8>> {
    vec![file(|path| trained().1.state().save(path).unwrap())]
}

fn rows() -> nn::data::Dataset<[f32; 3], nn::data::Class<2>> {
    let classes = nn::data::Class::from_labels(&[0, 1]).unwrap();
    nn::data::Dataset::new(vec![[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]], classes).unwrap()
}

/// A training of one epoch in this directory.
fn fit_in(directory: &Path) -> nn::Result<nn::Report> {
    let (data, mut small) = (rows(), Small::init(1));
    let run = fit(&mut small, &data).validation(&data).epochs(1).keep_best();
    run.average(nn::Average::exponential(0.9)).checkpoint(directory).show(nn::Show::Nothing).run()
}

fn checkpoints() -> Vec<Vec<u8>> {
    let directory = scratch("run");
    let _ = std::fs::remove_dir_all(&directory);
    fit_in(&directory).unwrap();
    let bytes = std::fs::read(directory.join("step-000000001.safetensors")).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
    vec![bytes]
}

/// Whether a training resumes from this checkpoint.
fn resumes(path: &Path) -> bool {
    let directory = scratch("resumed");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::copy(path, directory.join("step-000000001.safetensors")).unwrap();
    let goes_on = fit_in(&directory).is_ok();
    std::fs::remove_dir_all(&directory).unwrap();
    goes_on
}

fn reads(path: &Path) -> bool {
    Dynamic::<f32>::read(path).is_ok()
}

fn images() -> Vec<Vec<u8>> {
    let header = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4];
    vec![header.into_iter().chain(0..24).collect()]
}

fn compressed() -> Vec<Vec<u8>> {
    let long: Vec<u8> = [0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 28, 0, 0, 0, 28].into_iter().collect();
    let long = long.into_iter().chain((0..40 * 784).map(|i| (i / 97) as u8)).collect();
    images().into_iter().chain([long]).map(gzip).collect()
}

fn gzip(bytes: Vec<u8>) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&bytes).unwrap();
    gzip.finish().unwrap()
}

/// One with every kind of column, and a long one.
fn tables() -> Vec<Vec<u8>> {
    let mixed = "age,born,city,member,code\n31,1995-02-03,\"Rome, old\",yes,A1\n\
                 ?,2001-12-31,Oslo,no,7\n8,,NA,,b\n";
    let row = |row: usize| format!("{row},{}.5,word{}\n", row * 37 % 1000, row % 7);
    let long = (0..1500).map(row).fold(String::from("a,b,c\n"), |text, row| text + &row);
    vec![mixed.into(), long.into()]
}

/// As saved by Pillow.
fn picture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images").join(name)).unwrap()
}

/// Keras's weights as saved by NumPy.
fn of_keras(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keras").join(name)).unwrap()
}

/// As saved by NumPy.
fn array(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/npy").join(name)).unwrap()
}

fn row_files() -> Vec<Vec<u8>> {
    vec![file(|path| row_file::write(path, &rows()).unwrap())]
}

/// The declarations of the README, and some that contain everything.
fn declarations() -> Vec<Vec<u8>> {
    [
        "dense(784->128, relu), dense(10, softmax)",
        "struct Deep {
           first: batch_norm, wide: dense(9 -> 33, leaky_relu(0.1), l2 = 1e-4), d: dropout(0.2),
           block: residual(layer_norm(epsilon = 1e-3), dense(33, gelu, bias = false)) * 3,
           last: dense(2, sigmoid),
         }",
        "concat { image: (dense(20 -> 8, tanh), dense(4)), meta: input(3) },
         dense(5, elu, init = he_uniform), heads(dense(3, softmax), (dense(4, relu), dense(1)))",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

fn is_safetensors(bytes: &[u8]) -> bool {
    SafeTensors::deserialize(bytes).is_ok()
}

fn inflates(bytes: &[u8]) -> bool {
    let mut inflated = Vec::new();
    flate2::bufread::MultiGzDecoder::new(bytes).read_to_end(&mut inflated).is_ok()
        || !bytes.starts_with(&[0x1F, 0x8B])
}

/// A valid input, changed at a few positions.
fn damaged(
    u: &mut Unstructured<'_>,
    valid: &[Vec<u8>],
    words: &[&str],
) -> arbitrary::Result<Vec<u8>> {
    let mut bytes = u.choose(valid)?.clone();
    for _ in 0..u.int_in_range(1..=6)? {
        let at = u.int_in_range(0..=bytes.len())?;
        let end = (at + u.int_in_range(0..=24)?).min(bytes.len());
        match u.int_in_range(0..=8)? {
            0 if at < bytes.len() => bytes[at] ^= 1 << u.int_in_range(0..=7)?,
            1 if at < bytes.len() => bytes[at] = u.arbitrary()?,
            2 => bytes.insert(at, u.arbitrary()?),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let again = bytes[at..end].to_vec();
                let place = u.int_in_range(0..=bytes.len())?;
                bytes.splice(place..place, again);
            }
            5 => bytes.truncate(at),
            6 => {
                let other = u.choose(valid)?;
                let from = u.int_in_range(0..=other.len())?;
                bytes.splice(at..end, other[from..].iter().copied().take(40));
            }
            7 => {
                // The same word many times: depth, length.
                let word = u.choose(words)?;
                let times = u.int_in_range(1..=200)?;
                bytes.splice(at..at, word.repeat(times).into_bytes());
            }
            _ => drop(bytes.splice(at..end, u.choose(words)?.bytes())),
        }
    }
    Ok(bytes)
}

/// A number from the environment.
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name}: found `{text}`, expected a whole number"))
    })
}

/// One test, since the allocator counts for the whole process.
#[test]
fn damaged_input_does_no_harm() {
    let seed = number("FUZZ_SEED", 1);
    let each = Duration::from_secs_f64(number("FUZZ_SECONDS", 27) as f64 / TARGETS.len() as f64);
    let path = scratch("case");
    for (index, target) in TARGETS.iter().enumerate() {
        let (valid, random) = ((target.valid)(), Random::new(seed, index as u64));
        let (start, mut case, mut accepted, mut slowest) = (Instant::now(), 0, 0, Duration::ZERO);
        for bytes in valid.iter().filter(|_| index != 1) {
            std::fs::write(&path, bytes).unwrap();
            accepted += u64::from((target.takes)(&path));
        }
        assert!(accepted > 0 || index == 1, "{}: nothing valid is taken", target.name);
        let mut accepted = 0;
        while start.elapsed() < each {
            let noise: Vec<u8> =
                (0..64).flat_map(|i| random.bits(case * 64 + i).to_le_bytes()).collect();
            let mut u = Unstructured::new(&noise);
            let bytes = damaged(&mut u, &valid, target.words).expect("enough noise");
            // Create it anew: to change a file in place, the system waits for the disk.
            let _ = std::fs::remove_file(&path);
            std::fs::write(&path, &bytes).unwrap();
            let place = || format!("{} with FUZZ_SEED={seed}, case {case}", target.name);
            let (began, region) = (Instant::now(), Region::new(ALLOCATOR));
            let takes = catch_unwind(AssertUnwindSafe(|| (target.takes)(&path)));
            let allocated = region.change().bytes_allocated;
            slowest = slowest.max(began.elapsed());
            let Ok(takes) = takes else {
                panic!("{}: a panic at {:?}", place(), String::from_utf8_lossy(&bytes))
            };
            let most = target.factor.saturating_mul(bytes.len().max(1)).saturating_add(ALLOWANCE);
            assert!(allocated <= most, "{}: {allocated} bytes for {}", place(), bytes.len());
            let refused = takes && target.reference.is_some_and(|reference| !reference(&bytes));
            assert!(!refused, "{}: taken, and the reference refuses it: {bytes:?}", place());
            accepted += u64::from(takes);
            case += 1;
        }
        println!(
            "{}: {case} cases, 0 panics, 0 accepted that the reference refuses{}; {accepted} \
             accepted, the slowest {slowest:.1?}",
            target.name,
            if target.reference.is_none() { " (there is none)" } else { "" },
        );
    }
    let _ = std::fs::remove_file(&path);
}
