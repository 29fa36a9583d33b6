//! Parquet files written by PyArrow, in different encodings, with the same cells.

use std::path::PathBuf;

use nn::data::{Cell, Column, Table, parquet};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/parquet")
}

/// A line of `cells.txt`: a table, a column, its kind, its cells.
fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str, Vec<&'static str>)> {
    let lines = include_str!("../parquet/cells.txt").lines();
    lines.filter(|line| !line.starts_with(['#', '\n']) && !line.starts_with("file ")).map(|line| {
        let (head, cells) = line.split_at(line.find('|').unwrap_or(line.len()));
        let [table, column, kind] = head.trim_end().splitn(3, ' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        (table, column, kind, cells.split('|').skip(1).collect())
    })
}

fn check(column: &Column, kind: &str, cells: &[&str], file: &str) {
    let what = format!("{file}, column {}", column.name());
    assert_eq!((column.kind().to_string(), column.len()), (kind.to_owned(), cells.len()), "{what}");
    for (row, (cell, said)) in column.iter().zip(cells).enumerate() {
        let same = match cell {
            Cell::Missing => said.is_empty(),
            Cell::Category(word) => word == *said,
            Cell::YesNo(yes) => *said == if yes { "yes" } else { "no" },
            Cell::Number(found) | Cell::Date(found) => {
                let said: f64 = said.parse().unwrap_or(f64::NAN);
                // Decimal numbers and times are rounded once here and once by PyArrow.
                (found - said).abs() <= 4.0 * f64::EPSILON * said.abs()
            }
            other => panic!("{other:?}"),
        };
        assert!(same, "{what}, row {row}: found {cell:?}, PyArrow says {said:?}");
    }
}

#[test]
fn every_file_has_the_cells_that_pyarrow_says() {
    let files = include_str!("../parquet/cells.txt").lines();
    let files: Vec<(&str, &str)> =
        files.filter_map(|line| line.strip_prefix("file ")?.split_once(' ')).collect();
    assert_eq!(files.len(), 9);
    for (file, table) in files {
        let found = Table::read_parquet(folder().join(format!("{file}.parquet"))).unwrap();
        let said: Vec<_> = lines().filter(|line| line.0 == table).collect();
        assert!(found.names().eq(said.iter().map(|line| line.1)), "{file}");
        for (column, (_, _, kind, cells)) in found.columns().iter().zip(said) {
            check(column, kind, &cells, file);
        }
    }
}

/// The same table from CSV and Parquet: everything after reading does not depend on the format.
#[test]
fn a_table_is_the_same_from_csv() {
    let text = "x,who,is,when\n1.5,b,yes,2026-11-28\n,a,,\n-2,b,no,1969-12-31\n";
    let csv = nn::data::csv::Csv::new().parse("small.csv", text.as_bytes()).unwrap();
    assert_eq!(Table::read_parquet(folder().join("small.parquet")).unwrap(), csv);
}

/// The number of rows in a page of one column must match that of all columns.
#[test]
fn every_byte_that_matters_is_looked_at() {
    let bytes = std::fs::read(folder().join("snappy.parquet")).unwrap();
    let whole = parquet::parse("snappy", &bytes).unwrap();
    let mut refused = 0;
    for place in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[place] = changed[place].wrapping_add(1);
        match parquet::parse("snappy", &changed) {
            Ok(table) => assert_eq!(table.len(), whole.len()),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 100, "{refused}");
}
