//! Predicts whether a tumor is benign from thirty measurements of its cells: from a file to the
//! scores of ten splits.
//!
//! `cargo run --release --example breast_cancer -- DIRECTORY` reads `breast_cancer.csv` of
//! scikit-learn: `pip download --no-deps scikit-learn`, unzip the wheel, and give
//! `sklearn/datasets/data` as the directory. Without one it uses a small table of invented cells,
//! so it runs everywhere; `tables/compare.py` compares the scores with those of scikit-learn.

use std::path::PathBuf;

use nn::data::csv::Csv;
use nn::data::{Dataset, Kind};
use nn::prelude::*;
use nn::{AdamW, Show};

network! { struct Tumour(standardize, dense(30 -> 32, relu), dense(1, sigmoid)); }

/// A file of the given directory, or of the invented tables.
fn file(name: &str) -> PathBuf {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tables");
    PathBuf::from(std::env::args().nth(1).unwrap_or(sample.into())).join(name)
}

fn main() -> nn::Result<()> {
    // The first line has the numbers of rows and columns; the last column is 1 if it is benign,
    // else 0.
    let csv = Csv::new().skip(1).header(false).kind(30, Kind::YesNo);
    let table = csv.read(file("breast_cancer.csv"))?;
    for seed in 0..10 {
        let [train, test] = table.split([0.8, 0.2]).stratified(30).seed(seed).tables()?;
        let train: Dataset<[f32; 30], [f32; 1]> = train.target(30).dataset()?;
        let mut tumour = Tumour::init(seed);
        let run = fit(&mut tumour, &train).optimizer(AdamW::new(1e-2)).epochs(20);
        run.seed(seed).show(Show::Nothing).run()?;
        println!("seed {seed}: {}", tumour.evaluate(&test.target(30).dataset()?)?);
    }
    Ok(())
}
