//! Predicts the price of a diamond from its weight, shape and appearance, with one cell in twenty
//! blank: from a file to the scores of ten splits.
//!
//! `cargo run --release --example diamonds -- DIRECTORY` reads `diamonds.csv`, which
//! `tables/make.py DIRECTORY plotnine/data/diamonds.csv` writes from that of plotnine
//! (`pip download --no-deps plotnine`, and unzip the wheel), with 5 % of the cells of the inputs
//! blanked. Without a directory it uses a small table of invented stones, so it runs everywhere;
//! `tables/compare.py` compares the scores with those of scikit-learn.

use std::path::PathBuf;

use nn::data::Table;
use nn::metric::R2;
use nn::prelude::*;
use nn::{AdamW, Show, schedule};

network! {
    struct Diamond {
        row: columns {
            carat: number, cut: category(5), color: category(7), clarity: category(8),
            depth: number, table: number, x: number, y: number, z: number,
        },
        hidden: dense(100, relu),
        price: dense(1),
    }
}

/// A file of the given directory, or of the invented tables.
fn file(name: &str) -> PathBuf {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tables");
    PathBuf::from(std::env::args().nth(1).unwrap_or(sample.into())).join(name)
}

fn main() -> nn::Result<()> {
    let table = Table::read_csv(file("diamonds.csv"))?;
    for seed in 0..10 {
        let [train, test] = table.split([0.8, 0.2]).seed(seed).tables()?;
        let (train, mut diamond) = (Diamond::dataset(&train, "price")?, Diamond::init(seed));
        let run = fit(&mut diamond, &train).optimizer(AdamW::new(5e-3)).batch_size(256).epochs(40);
        run.schedule(schedule::cosine).seed(seed).show(Show::Nothing).run()?;
        let r2 = diamond.evaluation(&Diamond::dataset(&test, "price")?).measure(R2::default())?;
        println!("seed {seed}: R² {:.4}", r2.unwrap_or(f64::NAN));
    }
    Ok(())
}
