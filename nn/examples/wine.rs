//! Which of three growers a wine is from, by thirteen measurements: a table, ten splits, and how good the network is.
//!
//! `cargo run --release --example wine -- DIRECTORY` reads `wine_data.csv` of scikit-learn: `pip download --no-deps
//! scikit-learn`, unzip the wheel, and give `sklearn/datasets/data` as the directory. Without one it takes a small table of
//! invented wines, so that it runs everywhere; `tables/compare.py` puts the scores beside those of scikit-learn.

use std::path::PathBuf;

use nn::data::csv::Csv;
use nn::data::{Class, Dataset};
use nn::prelude::*;
use nn::{AdamW, Show};

network! { struct Wine(batch_norm, dense(13 -> 32, relu), dense(3, softmax)); }

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tables");

fn main() -> nn::Result<()> {
    let directory = PathBuf::from(std::env::args().nth(1).unwrap_or(SAMPLE.into()));
    // The first line counts rows and columns; the class is the last column.
    let table = Csv::new().skip(1).header(false).read(directory.join("wine_data.csv"))?;
    println!("{}\n", table.describe());
    let mut sum = 0.0;
    for seed in 0..10 {
        let [train, test] = table.split([0.8, 0.2]).stratified(13).seed(seed).tables()?;
        let train: Dataset<[f32; 13], Class<3>> = train.target(13).dataset()?;
        let mut wine = Wine::init(seed);
        let run = fit(&mut wine, &train).optimizer(AdamW::new(1e-2)).epochs(40);
        run.seed(seed).show(Show::Nothing).run()?;
        let score = wine.evaluate(&test.target(13).dataset()?)?.accuracy.unwrap_or(f64::NAN);
        println!("seed {seed}: accuracy {score:.4}");
        sum += score;
    }
    println!("mean: {:.4}", sum / 10.0);
    Ok(())
}
