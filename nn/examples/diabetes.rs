//! Predicts the progression of diabetes after a year from ten measurements: from two files to the
//! scores of ten splits.
//!
//! `cargo run --release --example diabetes -- DIRECTORY` reads `diabetes_data_raw.csv.gz` and
//! `diabetes_target.csv.gz` of scikit-learn: `pip download --no-deps scikit-learn`, unzip the
//! wheel, and give `sklearn/datasets/data` as the directory. Without one it uses a small table of
//! invented patients, so it runs everywhere; `tables/compare.py` compares the scores with those of
//! scikit-learn.

use std::path::PathBuf;

use nn::data::csv::Csv;
use nn::metric::R2;
use nn::prelude::*;
use nn::{AdamW, Show};

network! {
    struct Patient {
        row: columns {
            age: number(complete), sex: number(complete), bmi: number(complete),
            bp: number(complete), tc: number(complete), ldl: number(complete),
            hdl: number(complete), tch: number(complete), ltg: number(complete),
            glu: number(complete),
        },
        hidden: dense(16, relu),
        y: dense(1),
    }
}

const NAMES: [&str; 10] = ["age", "sex", "bmi", "bp", "tc", "ldl", "hdl", "tch", "ltg", "glu"];

/// A file of the given directory, or of the invented tables.
fn file(name: &str) -> PathBuf {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tables");
    PathBuf::from(std::env::args().nth(1).unwrap_or(sample.into())).join(name)
}

fn main() -> nn::Result<()> {
    let csv = Csv::new().separator(b' ').header(false);
    let target = csv.read(file("diabetes_target.csv.gz"))?.column(0)?.clone().renamed("y");
    let table = csv.names(NAMES).read(file("diabetes_data_raw.csv.gz"))?.with(target)?;
    for seed in 0..10 {
        let [train, test] = table.split([0.8, 0.2]).seed(seed).tables()?;
        let (train, mut patient) = (Patient::dataset(&train, "y")?, Patient::init(seed));
        let run = fit(&mut patient, &train).optimizer(AdamW::new(1e-2)).epochs(15);
        run.seed(seed).show(Show::Nothing).run()?;
        let r2 = patient.evaluation(&Patient::dataset(&test, "y")?).measure(R2::default())?;
        println!("seed {seed}: R² {:.4}", r2.unwrap_or(f64::NAN));
    }
    Ok(())
}
