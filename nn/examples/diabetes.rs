//! How far diabetes has gone after a year, by ten measurements: two files, one table, ten splits, and how good the network is.
//!
//! `cargo run --release --example diabetes -- DIRECTORY` reads `diabetes_data_raw.csv.gz` and `diabetes_target.csv.gz` of
//! scikit-learn: `pip download --no-deps scikit-learn`, unzip the wheel, and give `sklearn/datasets/data` as the directory.
//! Without one it takes a small table of invented patients, so that it runs everywhere; `tables/compare.py` puts the scores
//! beside those of scikit-learn.

use std::path::PathBuf;

use nn::data::csv::Csv;
use nn::data::{Dataset, Table};
use nn::metric::R2;
use nn::prelude::*;
use nn::{AdamW, Show};

network! { struct Disease(batch_norm, dense(10 -> 16, relu), dense(1)); }

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tables");
const NAMES: [&str; 10] = ["age", "sex", "bmi", "bp", "tc", "ldl", "hdl", "tch", "ltg", "glu"];

/// Rows whose targets lie around 0: they are from 25 to 346.
fn data(table: &Table) -> nn::Result<Dataset<[f32; 10], [f32; 1]>> {
    let data: Dataset<_, [f32; 1]> = table.target("progression").dataset()?;
    Ok(data.map_targets(|[y]| [y / 75.0 - 2.0]))
}

fn main() -> nn::Result<()> {
    let directory = PathBuf::from(std::env::args().nth(1).unwrap_or(SAMPLE.into()));
    let csv = Csv::new().separator(b' ').header(false);
    let inputs = csv.clone().names(NAMES).read(directory.join("diabetes_data_raw.csv.gz"))?;
    let target = csv.names(["progression"]).read(directory.join("diabetes_target.csv.gz"))?;
    let table = inputs.with(target.column("progression")?.clone())?;
    println!("{}\n", table.describe());
    let mut sum = 0.0;
    for seed in 0..10 {
        let parts = table.split([0.8, 0.2]).seed(seed).tables()?;
        let [train, test] = parts.map(|part| data(&part));
        let (train, test, mut disease) = (train?, test?, Disease::init(seed));
        let run = fit(&mut disease, &train).optimizer(AdamW::new(1e-2)).epochs(15);
        run.seed(seed).show(Show::Nothing).run()?;
        let score = disease.evaluation(&test).measure(R2::default())?.unwrap_or(f64::NAN);
        println!("seed {seed}: R² {score:.4}");
        sum += score;
    }
    println!("mean: {:.4}", sum / 10.0);
    Ok(())
}
