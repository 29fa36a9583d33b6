//! Chapter 11 of the guide: a table with words and missing values, from a CSV file to a test score,
//! a saved network and a prediction.

#[path = "guide/mod.rs"]
mod guide;

use std::fmt::Write as _;
use std::process::ExitCode;

use guide::{Options, Panel};
use nn::data::Table;
use nn::metric::R2;
use nn::prelude::*;
use nn::tensor::random::Random;
use nn::{AdamW, Show, schedule};

network! {
    /// The rent of a flat.
    struct Rent {
        flat: columns {
            area: number, year: number, floor: number, district: category(8), lift: flag,
        },
        hidden: dense(32, relu) * 2,
        rent: dense(1),
    }
}

/// Invented flats as CSV text, as a spreadsheet writes it, with words and some empty cells.
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

fn chapter(options: &Options) -> guide::Result {
    let path = options.out.join("flats.csv");
    std::fs::write(&path, flats(options.seed))?;
    let table = Table::read_csv(&path)?;
    println!("{}", table.describe());

    let [train, test] = table.split([0.8, 0.2]).seed(1).tables()?;
    let (train, test) = (Rent::dataset(&train, "rent")?, Rent::dataset(&test, "rent")?);
    let mut rent = Rent::init(options.seed);
    println!("{}", rent.adapt(&train)?);
    let fit = fit(&mut rent, &train).optimizer(AdamW::new(5e-3)).schedule(schedule::cosine);
    fit.epochs(60).seed(options.seed).show(Show::Nothing).run()?;
    let r2 = rent.evaluation(&test).measure(R2::default())?.unwrap_or(f64::NAN);
    let error = rent.evaluate(&test)?.loss.sqrt();
    println!("test: R² {r2:.3}, root of the mean squared error {error:.0}");

    let file = options.out.join("rent.safetensors");
    rent.save(&file)?;
    let rent = Rent::load(&file)?;
    let (area, floor) = (Some(62.0), Some(3.0));
    let flat = RentRow { area, year: None, floor, district: "harbour", lift: Some(true) };
    println!("a flat whose year nobody knows: {:.0}", rent.predict(&flat)[0]);
    println!("districts that it knows: {}", rent.known_words("district")?.join(", "));

    let answer = |x| f64::from(Network::predict(&rent, x)[0]);
    let points = test.iter().map(|(x, y)| (f64::from(y[0]), answer(x)));
    let title = format!("Test rows: R² {r2:.3}");
    let alt = "Predicted rents over true rents of the test rows: points along the diagonal.";
    let panel = Panel::new(&title, "rent", "predicted").dots("a flat", points);
    panel.save(&options.out, "11_rent", alt)
}

fn main() -> ExitCode {
    guide::run("A table with words and missing values, from a CSV file to a test score.", chapter)
}
