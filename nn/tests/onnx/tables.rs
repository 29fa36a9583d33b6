//! Networks with columns of tables as ONNX models: words are strings, and a missing value is NaN or
//! an empty string.
//!
//! `ONNX_FILES=/tmp/files cargo test -p nn --test onnx` leaves the files in that folder, each with
//! a table as JSON next to it; `check.py /tmp/files` checks them with ONNX's checker and runs them
//! with ONNX Runtime.

use std::fs;
use std::path::{Path, PathBuf};

use nn::data::{Table, Words};
use nn::onnx::{Onnx as _, OnnxModel, OnnxOptions};
use nn::prelude::*;
use nn::tensor::Tensor;
use nn::{Dynamic, Float};
use serde_json::{Value, json};

use crate::table_cases::{TABLES, is_log, table, trained};

#[test]
fn every_case_of_tables_is_written() {
    let kept = std::env::var_os("ONNX_FILES").map(PathBuf::from);
    let scratch = std::env::temp_dir().join(format!("nn-onnx-tables-{}", std::process::id()));
    let folder = kept.as_ref().unwrap_or(&scratch);
    fs::create_dir_all(folder).unwrap();
    for (name, text, target) in TABLES {
        for opset in [13, 17, 23] {
            case::<f32>(folder, &format!("table_{name}-f32-{opset}"), text, target, opset);
        }
        case::<f64>(folder, &format!("table_{name}-f64-18"), text, target, 18);
    }
    if kept.is_none() {
        fs::remove_dir_all(&scratch).unwrap();
    }
}

/// Writes the model, and next to it rows of a table and the network's outputs.
fn case<T: Float>(folder: &Path, name: &str, text: &str, target: &str, opset: i64) {
    let (seen, new) = (table(1, 400, false), table(2, 200, true));
    let network = trained::<T>(text, target, &seen);
    let path = folder.join(format!("{name}.onnx"));
    let options = OnnxOptions::new().opset(opset).probabilities();
    network.save_onnx(&path, &options).unwrap();
    let y: Vec<f64> = network.predict_table(&new).unwrap().iter().map(|y| y.as_f64()).collect();
    let columns = new.columns().iter().map(|column| {
        let values = column.iter().map(|cell| match (cell.word(), cell.number()) {
            (Some(word), _) => json!(word),
            (None, Some(number)) => json!(number),
            (None, None) => Value::Null,
        });
        (column.name().to_owned(), values.collect::<Value>())
    });
    let columns: serde_json::Map<String, Value> = columns.collect();
    fs::write(
        folder.join(format!("{name}.json")),
        json!({ "columns": columns, "y": y, "is_log": is_log(text) }).to_string(),
    )
    .unwrap();
    // Our own reader does not support strings.
    match OnnxModel::<f64>::read(&path) {
        Ok(model) => reads_back(&model, &new, &y),
        Err(error) => {
            assert!(text.contains("category"), "{error}");
            assert!(error.to_string().contains("found texts"), "{error}");
        }
    }
}

/// The reader of ONNX models gives the same outputs.
fn reads_back(model: &OnnxModel<f64>, table: &Table, expected: &[f64]) {
    let inputs = model.inputs().iter().map(|input| {
        assert_eq!(input.shape(), Some(&[None, Some(1)][..]));
        let column = table.column(input.name()).unwrap();
        let numbers = column.iter().map(|cell| cell.number().unwrap_or(f64::NAN)).collect();
        Tensor::from_vec(numbers, [table.len(), 1]).unwrap()
    });
    let y = model.run(&inputs.collect::<Vec<_>>()).unwrap_or_else(|error| panic!("{error}"));
    for (row, (found, expected)) in y[0].to_vec().iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= 1e-5 * expected.abs().max(1.0),
            "row {row}: {found}, not {expected}"
        );
    }
}

network! {
    struct Price {
        row: columns { area: number(log), city: category(3) },
        deep: dense(4, silu),
        price: dense(1),
    }
    struct Inside { flat: Flat, answer: dense(1) }
    struct Flat(columns { area: number, city: category(2) }, dense(3));
    struct Offer {
        parts: concat { flat: Numbers, image: input(3) },
        answer: dense(1),
    }
    struct Numbers(columns { area: number(log), garden: flag }, dense(3));
}

/// Columns in a branch are inputs next to those of the other branches.
#[test]
fn columns_in_a_branch_are_inputs_of_their_own() {
    let seen = table(1, 400, false);
    let path = std::env::temp_dir().join(format!("nn-onnx-tables-{}-branch", std::process::id()));
    let image = |row: usize| [0.1, 0.2, 0.3].map(|x| x * (row % 7) as f32);
    let flats = Numbers::<f32>::rows(&seen).unwrap();
    let rows = flats.iter().enumerate().map(|(row, flat)| {
        let mut both = [0.0; Offer::<f32>::INPUTS];
        both[..flat.len()].copy_from_slice(flat);
        both[flat.len()..].copy_from_slice(&image(row));
        both
    });
    let targets = Price::<f32>::dataset(&seen, "price").unwrap().targets().to_vec();
    let rows = nn::data::Dataset::new(rows.collect::<Vec<_>>(), targets).unwrap();
    let mut offer = Offer::<f32>::init(1);
    let adapted = nn::Adapt::adapt(&mut offer, &rows).unwrap();
    let names: Vec<_> = adapted.columns.iter().map(|(name, _)| &name[..]).collect();
    assert_eq!(names, ["area", "garden"]);
    offer.save_onnx(&path, &OnnxOptions::new()).unwrap();
    let model = OnnxModel::<f64>::read(&path).unwrap();
    let names: Vec<_> = model.inputs().iter().map(|input| input.name()).collect();
    assert_eq!(names, ["area", "garden", "image"]);
    let column = |name: &str| {
        let cells = seen.column(name).unwrap().iter();
        let numbers = cells.map(|cell| cell.number().unwrap_or(f64::NAN)).collect();
        Tensor::from_vec(numbers, [seen.len(), 1]).unwrap()
    };
    let images = (0..seen.len()).flat_map(image).map(f64::from).collect();
    let images = Tensor::from_vec(images, [seen.len(), 3]).unwrap();
    let y = model.run(&[column("area"), column("garden"), images]).unwrap();
    for (row, found) in y[0].to_vec().into_iter().enumerate() {
        let [expected] = offer.predict(&flats[row], &image(row));
        assert!((found - f64::from(expected)).abs() < 1e-5, "row {row}: {found}, not {expected}");
    }
    fs::remove_file(&path).unwrap();
}

/// A declared network gives the same file as one read at run time, also inside another network.
#[test]
fn a_declared_network_is_the_same_file() {
    let seen = table(1, 400, false);
    let path = std::env::temp_dir().join(format!("nn-onnx-tables-{}-same", std::process::id()));
    let options = OnnxOptions::new();
    let data = Price::dataset(&seen, "price").unwrap();
    let mut price = Price::<f32>::init(3);
    fit(&mut price, &data).epochs(2).show(nn::Show::Nothing).run().unwrap();
    price.save_onnx(&path, &options).unwrap();
    let declared = fs::read(&path).unwrap();
    let text = "struct Price { row: columns { area: number(log), city: category(3) }, \
                deep: dense(4, silu), price: dense(1) }";
    let mut read = Dynamic::<f32>::parse(text).unwrap().init(3);
    fit(&mut read, &data.flat()).epochs(2).show(nn::Show::Nothing).run().unwrap();
    read.save_onnx(&path, &options).unwrap();
    assert!(declared == fs::read(&path).unwrap(), "another file");

    let mut inside = Inside::<f32>::init(1);
    let rows =
        nn::data::Dataset::new(Flat::<f32>::rows(&seen).unwrap(), data.targets().to_vec()).unwrap();
    fit(&mut inside, &rows).epochs(1).show(nn::Show::Nothing).run().unwrap();
    inside.save_onnx(&path, &options.words_of(&seen)).unwrap();
    let bytes = fs::read(&path).unwrap();
    for text in ["area", "city", "LabelEncoder", "ai.onnx.ml"] {
        assert!(bytes.windows(text.len()).any(|part| part == text.as_bytes()), "no {text:?}");
    }
    fs::remove_file(&path).unwrap();
}

#[test]
fn words_that_are_not_given_are_named() {
    let seen = table(1, 400, false);
    let (_, text, target) = TABLES[0];
    let mut network: Dynamic = Dynamic::parse(text).unwrap().predicting(&seen, target).unwrap();
    let silent = network.rows(&seen).unwrap().with_words(Words::default());
    nn::Adapt::adapt(&mut network, &silent).unwrap();
    let path = std::env::temp_dir().join(format!("nn-onnx-tables-{}-none", std::process::id()));
    let silent = network.clone();
    let says = |options: OnnxOptions| silent.save_onnx(&path, &options).unwrap_err().to_string();
    assert_eq!(
        says(OnnxOptions::new()),
        "words of column `city`, to be saved as ONNX: found 0 of 3, expected each word in the \
         network's vocabulary: it has only the fingerprints of the others; give the table that it \
         was trained with by `OnnxOptions::words_of`, or the words by `OnnxOptions::words`"
    );
    let cities = ["Rome", "Oslo", "Bern", "Wien", "Köln"];
    let error =
        says(OnnxOptions::new().words("city", cities).words("street or square", ["street 1"]));
    assert!(
        error.starts_with("words of column `street or square`, to be saved as ONNX: found 1 of 30"),
        "{error}"
    );
    let streets = (0..100).map(|number| format!("street {number}"));
    let words = OnnxOptions::new().words("city", cities).words("street or square", streets);
    network.save_onnx(&path, &words).unwrap();
    let by_hand = fs::read(&path).unwrap();
    network.save_onnx(&path, &OnnxOptions::new().words_of(&seen)).unwrap();
    assert!(by_hand == fs::read(&path).unwrap(), "another file by the words of the table");
    nn::Model::take_words(&mut network, &seen.words());
    network.save_onnx(&path, &OnnxOptions::new()).unwrap();
    assert!(by_hand == fs::read(&path).unwrap(), "another file by the words of the network");
    fs::remove_file(&path).unwrap();
    let never: Dynamic = Dynamic::parse(text).unwrap();
    let error = never.save_onnx(&path, &words).unwrap_err().to_string();
    assert!(error.contains("since it was never adapted"), "{error}");
}
