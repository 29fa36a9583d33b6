//! Prints the test rows of the programs `breast_cancer`, `wine`, `digits`, `diabetes` and
//! `diamonds`, for `tables/compare.py`: for each table and seed a line with the table's name, the
//! seed, and the numbers of the rows. The second argument is the directory of `diamonds.csv`.

use std::path::PathBuf;

use nn::data::csv::Csv;
use nn::data::{Column, Table};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tables");

/// Prints the test rows of each split; `class` is the column by which it is stratified.
fn print(name: &str, table: &Table, class: Option<usize>) -> nn::Result<()> {
    let numbered = table.with(Column::numbers("row", (0..table.len() as u32).map(f64::from)))?;
    for seed in 0..10 {
        let split = numbered.split([0.8, 0.2]).seed(seed);
        let split = if let Some(class) = class { split.stratified(class) } else { split };
        let [_, test] = split.tables()?;
        let rows: Vec<String> = test.column("row")?.iter().map(|row| row.to_string()).collect();
        println!("{name} {seed} {}", rows.join(","));
    }
    Ok(())
}

fn main() -> nn::Result<()> {
    let directory = PathBuf::from(std::env::args().nth(1).unwrap_or(SAMPLE.into()));
    let (bare, read) = (Csv::new().header(false), |csv: Csv, name| csv.read(directory.join(name)));
    print("breast_cancer", &read(bare.clone().skip(1), "breast_cancer.csv")?, Some(30))?;
    print("wine", &read(bare.clone().skip(1), "wine_data.csv")?, Some(13))?;
    print("digits", &read(bare.clone(), "digits.csv.gz")?, Some(64))?;
    print("diabetes", &read(bare.separator(b' '), "diabetes_data_raw.csv.gz")?, None)?;
    let diamonds = std::env::args().nth(2).map_or(directory.clone(), PathBuf::from);
    print("diamonds", &Table::read_csv(diamonds.join("diamonds.csv"))?, None)
}
