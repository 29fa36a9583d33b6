//! Predicts which of three growers a wine is from by thirteen measurements: from a file to the
//! scores of ten splits.
//!
//! `cargo run --release --example wine -- DIRECTORY` reads `wine_data.csv` of scikit-learn:
//! `pip download --no-deps scikit-learn`, unzip the wheel, and give `sklearn/datasets/data` as the
//! directory. Without one it uses a small table of invented wines, so it runs everywhere;
//! `tables/compare.py` compares the scores with those of scikit-learn.

use std::path::PathBuf;

use nn::data::csv::Csv;
use nn::data::{Class, Dataset};
use nn::prelude::*;
use nn::{AdamW, Show};

network! { struct Wine(standardize, dense(13 -> 32, relu), dense(3, softmax)); }

/// A file of the given directory, or of the invented tables.
fn file(name: &str) -> PathBuf {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tables");
    PathBuf::from(std::env::args().nth(1).unwrap_or(sample.into())).join(name)
}

fn main() -> nn::Result<()> {
    // The first line has the numbers of rows and columns; the class is the last column.
    let table = Csv::new().skip(1).header(false).read(file("wine_data.csv"))?;
    for seed in 0..10 {
        let [train, test] = table.split([0.8, 0.2]).stratified(13).seed(seed).tables()?;
        let train: Dataset<[f32; 13], Class<3>> = train.target(13).dataset()?;
        let mut wine = Wine::init(seed);
        let run = fit(&mut wine, &train).optimizer(AdamW::new(1e-2)).epochs(40);
        run.seed(seed).show(Show::Nothing).run()?;
        println!("seed {seed}: {}", wine.evaluate(&test.target(13).dataset()?)?);
    }
    Ok(())
}
