//! Tables in Parquet, the file format of pandas, Polars, DuckDB and Spark.
//!
//! ```no_run
//! use nn::data::Table;
//!
//! let diamonds = Table::read_parquet("diamonds.parquet")?;
//! println!("{}", diamonds.describe());
//! # Ok::<(), nn::Error>(())
//! ```
//!
//! Integers, floats and decimals become numbers, text becomes words, dates and timestamps become
//! dates. Missing values stay missing. A column that a table cannot hold is an error that names it:
//! lists, records, times of day, bytes that are not text, integers beyond 2^53. Pages may be
//! uncompressed or compressed with Snappy, gzip or Zstandard, which the tools named above write by
//! default or on request.
//!
//! Files are read directly by the [format](https://parquet.apache.org/docs/file-format/), without
//! Arrow.

mod levels;
mod pages;
mod schema;
mod thrift;

use std::path::Path;

use self::pages::{Fault, Reading};
use self::schema::{Footer, Wrong};
use crate::data::table::Table;
use crate::error::{Error, Result, quoted};

/// File name extensions.
pub const EXTENSIONS: &[&str] = &["parquet", "pq"];

/// First and last bytes of a file.
const MAGIC: &[u8] = b"PAR1";
const AGAIN: &str = "the file is truncated or damaged, get it again";

impl Table {
    /// Reads a Parquet file: see [`parquet`](crate::data::parquet).
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not a Parquet file, is damaged, or has a column that a table
    /// cannot hold.
    pub fn read_parquet(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| Error::io("read", path, error))?;
        parse(path, &bytes)
    }
}

/// Reads the content of a Parquet file from memory; errors call it `name`.
///
/// # Errors
///
/// As [`Table::read_parquet`].
pub fn parse(name: impl AsRef<Path>, content: &[u8]) -> Result<Table> {
    let path = name.as_ref();
    let Footer { rows, columns, groups } = footer(path, content)?;
    let mut table = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        let mut reading = Reading::of(column);
        for group in &groups {
            let chunk = &group.chunks[place];
            reading.chunk(content, chunk, group.rows).map_err(|fault| {
                let field = format!("column {}", quoted(&column.name));
                let kind = column.meaning.kind();
                match fault {
                    Fault::Damaged => Error::file(
                        path,
                        field,
                        "pages that cannot be read",
                        format!("{} values of kind {kind}", group.rows),
                        AGAIN,
                    ),
                    Fault::Unread(found, expected, advice) => {
                        Error::file(path, field, found, expected, advice)
                    }
                }
            })?;
        }
        table.push(reading.finish());
    }
    if table.is_empty() {
        let found = format!("none, and {rows} rows");
        return Err(Error::file(path, "columns", found, "at least one", "write some"));
    }
    Table::new(table).map_err(|error| {
        let advice = "rename one of the columns when writing the file";
        Error::file(path, "columns", error.to_string(), "columns of a table", advice)
    })
}

/// Reads the footer at the end of the file.
fn footer(path: &Path, content: &[u8]) -> Result<Footer> {
    let magic = |found: &[u8], what: &str| {
        let found = quoted(&String::from_utf8_lossy(found));
        let advice = match &content[content.len().saturating_sub(4)..] {
            b"PARE" => "the file is encrypted: write it without encryption",
            _ if what == "last bytes" => AGAIN,
            _ => "this is not a Parquet file",
        };
        Err(Error::file(path, what, found, "`PAR1`", advice))
    };
    if !content.starts_with(MAGIC) {
        return magic(&content[..content.len().min(4)], "first bytes");
    }
    let rest = content.strip_suffix(MAGIC).filter(|rest| rest.len() >= 8);
    let Some((before, length)) = rest.and_then(<[u8]>::split_last_chunk::<4>) else {
        return magic(&content[content.len().saturating_sub(4)..], "last bytes");
    };
    let length = u32::from_le_bytes(*length) as usize;
    let damaged = |found: String| {
        let expected = "the description of the columns";
        Error::file(path, "footer", found, expected, AGAIN)
    };
    let Some(start) = before.len().checked_sub(length) else {
        return Err(damaged(format!("{length} bytes of {}", before.len())));
    };
    schema::footer(&before[start..]).map_err(|wrong| match wrong {
        Wrong::Damaged => damaged(format!("{length} bytes that cannot be parsed")),
        Wrong::Column(name, found) => Error::file(
            path,
            format!("column {}", quoted(&name)),
            found,
            "numbers, text, yes/no or dates",
            "omit the column when writing the file, or convert it to one of these",
        ),
    })
}

#[cfg(test)]
pub(super) fn examples() -> super::checks::Examples {
    let file = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parquet").join(name);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let small = file("small.parquet");
    let mut longer = small.clone();
    let end = longer.len() - 8;
    longer[end..end + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    super::checks::Examples {
        parse: |content| {
            let table = parse("table", content)?;
            let column = |column: &crate::data::Column| {
                let cells: Vec<String> = column.iter().map(|cell| cell.to_string()).collect();
                format!("{} {} {}", column.name(), column.kind(), cells.join(" "))
            };
            Ok(table.columns().iter().map(column).collect::<Vec<_>>().join("; "))
        },
        read: |path| Table::read_parquet(path).map(|_| ()),
        magic: Some(MAGIC),
        sound: vec![(
            small.clone(),
            "x number 1.5  -2; who category b a b; is yes/no yes  no; when date 2026-11-28  \
             1969-12-31",
        )],
        damaged: vec![
            (b"PAR".to_vec(), "first bytes: found `PAR`, expected `PAR1`"),
            (b"PAR1PAR1".to_vec(), "last bytes"),
            (small[..small.len() - 1].to_vec(), "last bytes"),
            (longer, "footer: found 4294967295 bytes of"),
            (file("nested.parquet"), "column `pair`: found several values for each row"),
            (file("times.parquet"), "column `at`: found times of day"),
            (file("bytes.parquet"), "column `raw`: found bytes that begin with [255, 0]"),
            (
                file("large.parquet"),
                "column `id`: found 9007199254740993, expected integers up to 2^53",
            ),
            (
                file("brotli.parquet"),
                "column `x`: found Brotli, expected pages compressed with Snappy, gzip or \
                 Zstandard",
            ),
            (file("delta.parquet"), "column `x`: found DELTA_BINARY_PACKED"),
        ],
        says_its_length: true,
    }
}
