//! Whether a tumour is benign, by thirty measurements of its cells: a table, ten splits, and how good the network is.
//!
//! `cargo run --release --example breast_cancer -- DIRECTORY` reads `breast_cancer.csv` of scikit-learn: `pip download
//! --no-deps scikit-learn`, unzip the wheel, and give `sklearn/datasets/data` as the directory. Without one it takes a small
//! table of invented cells, so that it runs everywhere; `tables/compare.py` puts the scores beside those of scikit-learn.

use std::path::PathBuf;

use nn::data::csv::Csv;
use nn::data::{Dataset, Kind};
use nn::prelude::*;
use nn::{AdamW, Show};

network! { struct Tumour(batch_norm, dense(30 -> 32, relu), dense(1, sigmoid)); }

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tables");

fn main() -> nn::Result<()> {
    let directory = PathBuf::from(std::env::args().nth(1).unwrap_or(SAMPLE.into()));
    // The first line counts rows and columns; the last column says whether it is benign, 1 or 0.
    let csv = Csv::new().skip(1).header(false).kind(30, Kind::YesNo);
    let table = csv.read(directory.join("breast_cancer.csv"))?;
    println!("{}\n", table.describe());
    let mut sum = 0.0;
    for seed in 0..10 {
        let [train, test] = table.split([0.8, 0.2]).stratified(30).seed(seed).tables()?;
        let train: Dataset<[f32; 30], [f32; 1]> = train.target(30).dataset()?;
        let mut tumour = Tumour::init(seed);
        let run = fit(&mut tumour, &train).optimizer(AdamW::new(1e-2)).epochs(20);
        run.seed(seed).show(Show::Nothing).run()?;
        let score = tumour.evaluate(&test.target(30).dataset()?)?.accuracy.unwrap_or(f64::NAN);
        println!("seed {seed}: accuracy {score:.4}");
        sum += score;
    }
    println!("mean: {:.4}", sum / 10.0);
    Ok(())
}
