//! Which digit was written, by 8 × 8 pixels: a table, ten splits, and how good the network is.
//!
//! `cargo run --release --example digits -- DIRECTORY` reads `digits.csv.gz` of scikit-learn: `pip download --no-deps
//! scikit-learn`, unzip the wheel, and give `sklearn/datasets/data` as the directory. Without one it takes a small table of
//! invented pictures, so that it runs everywhere; `tables/compare.py` puts the scores beside those of scikit-learn.

use std::path::PathBuf;

use nn::data::csv::Csv;
use nn::data::{Class, Dataset, Table};
use nn::prelude::*;
use nn::{AdamW, Show};

network! { struct Digits(dense(64 -> 64, relu), dense(10, softmax)); }

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tables");

/// Pixels from 0 to 1, and which digit it is.
fn data(table: &Table) -> nn::Result<Dataset<[f32; 64], Class<10>>> {
    let data: Dataset<[f32; 64], _> = table.target(64).dataset()?;
    Ok(data.map_inputs(|pixels| pixels.map(|x| x / 16.0)))
}

fn main() -> nn::Result<()> {
    let directory = PathBuf::from(std::env::args().nth(1).unwrap_or(SAMPLE.into()));
    let table = Csv::new().header(false).read(directory.join("digits.csv.gz"))?; // pixels from 0 to 16, and the digit
    println!("{table}\n");
    let mut sum = 0.0;
    for seed in 0..10 {
        let [train, test] = table.split([0.8, 0.2]).stratified(64).seed(seed).tables()?;
        let (train, test) = (data(&train)?, data(&test)?);
        let mut digits = Digits::init(seed);
        let run = fit(&mut digits, &train).optimizer(AdamW::new(1e-2)).epochs(30);
        run.seed(seed).show(Show::Nothing).run()?;
        let score = digits.evaluate(&test)?.accuracy.unwrap_or(f64::NAN);
        println!("seed {seed}: accuracy {score:.4}");
        sum += score;
    }
    println!("mean: {:.4}", sum / 10.0);
    Ok(())
}
