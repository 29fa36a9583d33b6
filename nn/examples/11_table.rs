//! Chapter 11 of the guide: a table from a CSV file to a test score, with categories and gaps.

#[path = "guide/mod.rs"]
mod guide;

use std::fmt::Write as _;
use std::process::ExitCode;

use guide::{Options, Panel};
use nn::data::{Column, Dataset, Table};
use nn::metric::R2;
use nn::prelude::*;
use nn::tensor::random::Random;
use nn::{AdamW, Show, schedule};

network! {
    /// Area, year, whether the year is known, floor, three districts, lift: the rent of a flat, in hundreds.
    struct Rent(batch_norm, dense(8 -> 32, relu), dense(16, relu), dense(1));
}

/// Invented flats as a file of text, as a spreadsheet writes it: with words, and here and there nothing.
fn flats(seed: u64) -> String {
    let random = Random::new(seed, 0);
    let mut text = String::from("area,year,floor,district,lift,rent\n");
    for row in 0..1500 {
        let number = |at: u64| random.uniform::<f64>(row * 8 + at);
        let (area, year) = (25.0 + 95.0 * number(0), 1890.0 + 130.0 * number(1));
        let (floor, district) = ((6.0 * number(2)).floor(), (3.0 * number(3)) as usize);
        let lift = floor > 2.0 && number(4) < 0.6;
        let price = [9.0, 12.5, 17.0][district] + 0.03 * (year - 1950.0).max(0.0);
        let walk = if lift { 0.0 } else { 25.0 * floor };
        let rent = area * price - walk + 60.0 * random.normal::<f64>(row * 8 + 5);
        let year = if number(6) < 0.15 { String::new() } else { format!("{year:.0}") };
        let district = ["harbour", "hill", "centre"][district];
        let lift = if lift { "yes" } else { "no" };
        let _ = writeln!(text, "{area:.1},{year},{floor},{district},{lift},{rent:.0}");
    }
    text
}

/// A year for each flat: where there is none, the mean of those that were trained on, and a flag that says so.
fn filled(table: &Table, mean: f64) -> nn::Result<Table> {
    let years: Vec<Option<f64>> = table.column("year")?.iter().map(|cell| cell.number()).collect();
    let table = table.drop(["year"])?.one_hot(["district"])?;
    let table =
        table.with(Column::numbers("year", years.iter().map(|year| year.unwrap_or(mean))))?;
    table.with(Column::yes_no("year known", years.iter().map(|year| year.is_some())))
}

fn chapter(options: &Options) -> guide::Result {
    let path = options.out.join("flats.csv");
    std::fs::write(&path, flats(options.seed))?;
    let table = Table::read_csv(&path)?;
    println!("{}", table.describe());

    let [train, test] = table.split([0.8, 0.2]).seed(1).tables()?;
    let known: Vec<f64> = train.column("year")?.iter().filter_map(|cell| cell.number()).collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let data = |table: &Table| -> nn::Result<Dataset<[f32; 8], [f32; 1]>> {
        let data: Dataset<[f32; 8], [f32; 1]> = filled(table, mean)?.target("rent").dataset()?;
        Ok(data.map_targets(|[rent]| [rent / 100.0]))
    };
    let (train, test) = (data(&train)?, data(&test)?);
    let mut rent = Rent::init(options.seed);
    let fit = fit(&mut rent, &train).optimizer(AdamW::new(5e-3)).schedule(schedule::cosine);
    fit.epochs(60).seed(options.seed).show(Show::Nothing).run()?;

    let error = 100.0 * rent.evaluate(&test)?.loss.sqrt();
    let r2 = rent.evaluation(&test).measure(R2::default())?.unwrap_or(f64::NAN);
    println!("test: R² {r2:.3}, root of the mean squared error {error:.0}");

    let points = test.iter().map(|(x, y)| (f64::from(y[0]), f64::from(rent.predict(x)[0])));
    Panel::new(&format!("Test rows: R² {r2:.3}"), "rent, in hundreds", "predicted")
        .dots("a flat", points)
        .save(
            &options.out,
            "11_rent",
            "Predicted rents over true rents of the test rows: points along the diagonal.",
        )
}

fn main() -> ExitCode {
    guide::run("A table from a CSV file to a test score, with categories and gaps.", chapter)
}
