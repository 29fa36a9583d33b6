//! Recognizes a handwritten digit from 8 × 8 pixels: from a file to the scores of ten splits.
//!
//! `cargo run --release --example digits -- DIRECTORY` reads `digits.csv.gz` of scikit-learn:
//! `pip download --no-deps scikit-learn`, unzip the wheel, and give `sklearn/datasets/data` as the
//! directory. Without one it uses a small table of invented images, so it runs everywhere;
//! `tables/compare.py` compares the scores with those of scikit-learn.

use std::path::PathBuf;

use nn::data::csv::Csv;
use nn::data::{Class, Dataset};
use nn::prelude::*;
use nn::{AdamW, Show};

network! { struct Digits(scale(1/16), dense(64 -> 64, relu), dense(10, softmax)); }

/// A file of the given directory, or of the invented tables.
fn file(name: &str) -> PathBuf {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tables");
    PathBuf::from(std::env::args().nth(1).unwrap_or(sample.into())).join(name)
}

fn main() -> nn::Result<()> {
    // The pixels, from 0 to 16, and the digit.
    let table = Csv::new().header(false).read(file("digits.csv.gz"))?;
    for seed in 0..10 {
        let [train, test] = table.split([0.8, 0.2]).stratified(64).seed(seed).tables()?;
        let train: Dataset<[f32; 64], Class<10>> = train.target(64).dataset()?;
        let mut digits = Digits::init(seed);
        let run = fit(&mut digits, &train).optimizer(AdamW::new(1e-2)).epochs(30);
        run.seed(seed).show(Show::Nothing).run()?;
        println!("seed {seed}: {}", digits.evaluate(&test.target(64).dataset()?)?);
    }
    Ok(())
}
