//! Tables as text, one row per line: CSV and similar formats.
//!
//! ```no_run
//! use nn::data::csv::Csv;
//! use nn::data::{Kind, Table};
//!
//! let flowers = Table::read_csv("iris.csv")?;
//! // The guessed kinds, and a summary of each column.
//! println!("{flowers}\n\n{}", flowers.describe());
//!
//! let wine = Csv::new()
//!     .separator(b';')
//!     .missing("-")
//!     .kind("quality", Kind::Category)
//!     .read("wine.csv.gz")?;
//! # Ok::<(), nn::Error>(())
//! ```
//!
//! A field is a number, a date (`2026-11-28`, optionally with a time of day), yes or no (also
//! `true` and `false`), or a word.
//!
//! The kind of a column follows from all its values, unless [`Csv::kind`] sets it. If at most one
//! value in ten is not a number in a column of numbers, these values are errors. If there are more,
//! all values are words.
//!
//! Blanks around a field are removed, and empty lines are skipped. Gzip-compressed files are
//! recognized by their first bytes and decompressed.

mod columns;
mod mistakes;
mod number;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};
use flate2::bufread::MultiGzDecoder;

use self::columns::{Fields, MISSING, Reading, guess};
use self::mistakes::{Mistake, Mistakes};
use crate::data::table::{At, Column, Kind, Table};
use crate::error::{Error, Result, quoted};

/// File name extensions, before an optional `.gz`.
pub const EXTENSIONS: &[&str] = &["csv", "tsv"];

impl Table {
    /// Reads a file with comma-separated fields and the column names in its first line. For other
    /// formats use [`Csv`].
    ///
    /// # Errors
    ///
    /// As [`Csv::read`].
    pub fn read_csv(path: impl AsRef<Path>) -> Result<Self> {
        Csv::new().read(path)
    }
}

/// A reader of tables in text. By default fields are separated by commas, fields that contain a
/// comma are in double quotes, and the first line has the column names.
#[derive(Clone, Debug)]
#[must_use = "nothing is read before `read` or `parse` is called"]
pub struct Csv {
    separator: Option<u8>,
    quote: Option<u8>,
    comment: Option<u8>,
    has_header: bool,
    names: Option<Vec<String>>,
    skipped: usize,
    is_decimal_comma: bool,
    missing: Vec<String>,
    kinds: Vec<(Name, Kind)>,
}

/// A column by name or position, before the header is known.
#[derive(Clone, Debug)]
enum Name {
    Name(String),
    Place(usize),
}

impl Default for Csv {
    fn default() -> Self {
        Csv::new()
    }
}

impl Csv {
    /// The default format: a comma, double quotes, a header, and as missing values the empty field,
    /// `?`, `NA`, `N/A`, `n/a`, `NaN`, `nan`, `null`, `NULL` and `<NA>`.
    pub fn new() -> Self {
        Csv {
            separator: None,
            quote: Some(b'"'),
            comment: None,
            has_header: true,
            names: None,
            skipped: 0,
            is_decimal_comma: false,
            missing: MISSING.map(String::from).to_vec(),
            kinds: Vec::new(),
        }
    }

    /// Sets the separator between fields: `b';'`, `b'\t'`.
    pub fn separator(mut self, separator: u8) -> Self {
        self.separator = Some(separator);
        self
    }

    /// Sets the quote around fields that contain a separator; `None` if there are no quotes.
    pub fn quote(mut self, quote: impl Into<Option<u8>>) -> Self {
        self.quote = quote.into();
        self
    }

    /// Skips lines that begin with this byte.
    pub fn comment(mut self, comment: u8) -> Self {
        self.comment = Some(comment);
        self
    }

    /// Sets whether the first line has the column names. Without them the columns are `column0`,
    /// `column1`, ….
    pub fn header(mut self, has_header: bool) -> Self {
        self.has_header = has_header;
        self
    }

    /// Sets the column names, instead of those in the file.
    pub fn names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Skips this number of lines at the beginning, before the header.
    pub fn skip(mut self, lines: usize) -> Self {
        self.skipped = lines;
        self
    }

    /// Reads `1,5` as one and a half. The separator must then be another character.
    pub fn decimal_comma(mut self) -> Self {
        self.is_decimal_comma = true;
        self
    }

    /// Adds a text that means a missing value, such as `-` or `-999`.
    pub fn missing(mut self, text: &str) -> Self {
        self.missing.push(text.to_string());
        self
    }

    /// Replaces the texts that mean a missing value.
    pub fn missing_only<S: Into<String>>(mut self, texts: impl IntoIterator<Item = S>) -> Self {
        self.missing = texts.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the kind of a column, instead of guessing it. Yes may then also be `y`, `t` or `1`; no
    /// may be `n`, `f` or `0`.
    pub fn kind<'n>(mut self, at: impl Into<At<'n>>, kind: Kind) -> Self {
        self.kinds.push(match at.into() {
            At::Name(name) => (Name::Name(name.to_string()), kind),
            At::Place(place) => (Name::Place(place), kind),
        });
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, has no header where one is expected, has lines with different
    /// numbers of fields, or has a value that is not of the column's kind. The message names the
    /// first such lines and columns, their contents, and the total number. No part of the table is
    /// returned.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Table> {
        let path = path.as_ref();
        self.read_with(path, || {
            let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
            let length = file.metadata().ok().filter(fs::Metadata::is_file).map(|data| data.len());
            Ok((BufReader::new(file), length))
        })
    }

    /// Reads a table from memory; errors call it `name`.
    ///
    /// ```
    /// use nn::data::csv::Csv;
    ///
    /// let text = "age;city\n31;Rome\n?;Oslo\n";
    /// let people = Csv::new().separator(b';').parse("people", text)?;
    /// assert_eq!(people.column("age")?.missing(), 1);
    /// assert_eq!(people.column("city")?.words(), ["Oslo", "Rome"]);
    ///
    /// let text = "age\n31\n28\n45\n17\n64\n52\n39\n40\n71\n4o\n";
    /// let error = Csv::new().parse("people", text).unwrap_err().to_string();
    /// assert!(
    ///     error.starts_with("people: line 11 in column `age`: found `4o`, expected a number")
    /// );
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn parse(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> Result<Table> {
        let content = content.as_ref();
        self.read_with(name.as_ref(), || Ok((Cursor::new(content), Some(content.len() as u64))))
    }

    /// Reads the content that `open` returns, and once more if a guess was wrong.
    fn read_with<R: BufRead>(
        &self,
        path: &Path,
        open: impl Fn() -> Result<(R, Option<u64>)>,
    ) -> Result<Table> {
        self.check()?;
        let mut words = Vec::new();
        loop {
            let (mut content, length) = open()?;
            let start = content.fill_buf().map_err(|error| Error::io("read", path, error))?;
            let read = match start.starts_with(&[0x1F, 0x8B]) {
                true => self.pass(path, BufReader::new(MultiGzDecoder::new(content)), None, &words),
                false => self.pass(path, content, length, &words),
            };
            match read? {
                Ok(table) => return Ok(table),
                Err(as_words) => words = as_words,
            }
        }
    }

    fn check(&self) -> Result<()> {
        let separator = self.separator.unwrap_or(b',');
        if self.is_decimal_comma && separator == b',' {
            return Err(Error::value(
                "separator",
                "a comma, which is also the decimal separator",
                "another character",
                "write `.separator(b';')`, for example",
            ));
        }
        if self.quote == Some(separator) || b"\r\n".contains(&separator) {
            return Err(Error::value(
                "separator",
                quoted(&char::from(separator).to_string()),
                "a character other than a quote or a line end",
                "`b','`, `b';'` and `b'\\t'` are usual",
            ));
        }
        Ok(())
    }

    /// Reads the content once. Returns the table, or the columns that must be read again as words,
    /// including `words`.
    fn pass(
        &self,
        path: &Path,
        mut content: impl BufRead,
        length: Option<u64>,
        words: &[usize],
    ) -> Result<std::result::Result<Table, Vec<usize>>> {
        /// Rows from which the total number of rows is estimated.
        const SAMPLE: usize = 1000;
        for line in 0..self.skipped {
            if content.skip_until(b'\n').map_err(|error| failed(path, error))? == 0 {
                let found = format!("only {line} lines");
                return Err(Error::file(
                    path,
                    "lines to skip",
                    found,
                    format!("more than {}", self.skipped),
                    "pass a smaller number to `skip`",
                ));
            }
        }
        let first_line = self.skipped as u64;
        let mut quotes = 0;
        let counted = Counted { from: content, quote: self.quote, count: &mut quotes };
        let mut reader = ReaderBuilder::new()
            .delimiter(self.separator.unwrap_or(b','))
            .quoting(self.quote.is_some())
            .quote(self.quote.unwrap_or(b'"'))
            .comment(self.comment)
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(1 << 15)
            .from_reader(counted);
        let mut record = ByteRecord::new();
        let mut next = |record: &mut ByteRecord| -> Result<Option<u64>> {
            let more =
                reader.read_byte_record(record).map_err(|error| failed(path, of_system(error)))?;
            Ok(more.then(|| first_line + record.position().map_or(0, csv::Position::line)))
        };
        let fields = self.fields();
        let mut line = next(&mut record)?;
        let names = self.named(path, &record, line, &fields)?;
        if self.has_header {
            line = next(&mut record)?;
        }
        let mut columns = self.columns(names, words)?;
        let (mut rows, mut mistakes, mut ends_in_line) = (0, Mistakes::default(), None);
        while let Some(at) = line {
            rows += 1;
            if record.len() == columns.len() {
                for (column, field) in columns.iter_mut().zip(&record) {
                    column.push(field, at, &fields, &mut mistakes);
                }
            } else {
                mistakes.add(|| wrong_count(at, record.len(), columns.len()));
            }
            if let (SAMPLE, Some(length), Some(position)) = (rows, length, record.position()) {
                // Memory follows the size of the file, and doubling of the vectors is avoided.
                let all = length as f64 / position.byte().max(1) as f64 * SAMPLE as f64;
                columns.iter_mut().for_each(|column| column.reserve((all * 1.01) as usize));
            }
            ends_in_line =
                record.iter().next_back().is_some_and(|last| last.contains(&b'\n')).then_some(at);
            line = next(&mut record)?;
        }
        drop(reader);
        // With one quote too many, the last field extends over the rest of the file.
        if let Some(line) = ends_in_line.filter(|_| quotes % 2 == 1) {
            return Err(Error::file(
                path,
                format!("line {line}"),
                "an opening quote without a closing one",
                "a closing quote at the end of the field",
                "close it, or write `.quote(None)` if quotes are ordinary characters",
            ));
        }
        let (before, mut words) = (words.len(), words.to_vec());
        for (at, column) in columns.iter_mut().enumerate() {
            if column.must_be_words(&fields, &mut mistakes) {
                words.push(at);
            }
        }
        if let Some(error) = mistakes.error(path, rows) {
            return Err(error);
        }
        if words.len() > before {
            return Ok(Err(words));
        }
        Table::new(columns.into_iter().map(Reading::finish)).map(Ok)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields {
            missing: self.missing.iter().map(|text| text.as_bytes().to_vec()).collect(),
            missing_numbers: false,
            is_decimal_comma: self.is_decimal_comma,
        };
        fields.missing_numbers =
            fields.missing.iter().any(|text| fields.number(text).is_some_and(|x| !x.is_nan()));
        fields
    }

    /// The column names, from the first line that is not skipped.
    fn named(
        &self,
        path: &Path,
        first: &ByteRecord,
        line: Option<u64>,
        fields: &Fields,
    ) -> Result<Vec<String>> {
        let Some(line) = line else {
            return Err(Error::file(
                path,
                "lines",
                "none",
                "at least one",
                "the file is empty, get it again",
            ));
        };
        let place = format!("line {line}");
        if self.separator.is_none() && first.len() == 1 {
            for other in [b';', b'\t', b'|'] {
                let count = first[0].iter().filter(|byte| **byte == other).count();
                if count > 0 {
                    let other = char::from(other).escape_default();
                    return Err(Error::file(
                        path,
                        place,
                        format!("no `,` but {count} times `{other}`"),
                        "fields separated by `,`",
                        format!(
                            "write `.separator(b'{other}')`, or `.separator(b',')` if there is one \
                             column"
                        ),
                    ));
                }
            }
        }
        let mut names: Vec<String> = (0..first.len()).map(|at| format!("column{at}")).collect();
        if self.has_header {
            if first.iter().all(|field| guess(field.trim_ascii(), fields) == Kind::Number) {
                return Err(Error::file(
                    path,
                    place,
                    format!(
                        "only numbers, the first is {}",
                        quoted(&String::from_utf8_lossy(&first[0]))
                    ),
                    "the names of the columns",
                    "write `.header(false)` if the file does not name them",
                ));
            }
            for (name, field) in names.iter_mut().zip(first) {
                let Ok(text) = str::from_utf8(field.trim_ascii()) else {
                    return Err(Error::file(
                        path,
                        place,
                        quoted(&String::from_utf8_lossy(field)),
                        "text in UTF-8",
                        columns::NOT_UTF8,
                    ));
                };
                // A column without a name, such as the row numbers that some programs write, is
                // `column0`, ….
                if !text.is_empty() {
                    *name = text.to_string();
                }
            }
        }
        if let Some(given) = &self.names {
            if given.len() != names.len() {
                return Err(Error::file(
                    path,
                    place,
                    format!("{} fields", names.len()),
                    format!("{}, as many as `names` has", given.len()),
                    "name every column",
                ));
            }
            names.clone_from(given);
        }
        let mut seen = BTreeSet::new();
        match names.iter().find(|name| !seen.insert(*name)) {
            None => Ok(names),
            Some(twice) => Err(Error::file(
                path,
                place,
                format!("the column {} twice", quoted(twice)),
                "a unique name for each column",
                "set other names with `names`",
            )),
        }
    }

    /// The empty columns; those of `words` are words.
    fn columns(&self, names: Vec<String>, words: &[usize]) -> Result<Vec<Reading>> {
        let mut given = vec![None; names.len()];
        words.iter().for_each(|&at| given[at] = Some(Kind::Category));
        for (at, kind) in &self.kinds {
            // An empty table gives the error for an unknown column.
            let empty = Table::new(names.iter().map(|name| Column::numbers(name, [0.0; 0])))?;
            let at = match at {
                Name::Name(name) => At::Name(name),
                Name::Place(place) => At::Place(*place),
            };
            let name = empty.column(at)?.name();
            let place = names.iter().position(|other| other == name);
            place.into_iter().for_each(|place| given[place] = Some(*kind));
        }
        Ok(names.into_iter().zip(given).map(|(name, given)| Reading::new(name, given)).collect())
    }
}

fn wrong_count(line: u64, found: usize, expected: usize) -> Mistake {
    Mistake {
        line,
        column: None,
        found: format!("{found} fields"),
        expected: format!("{expected}, as in the first line"),
        advice: "quote fields that contain a separator, skip lines above the table with `skip`, or \
                 write `.separator(…)` or `.header(false)` if the first line is not the header of \
                 this table",
    }
}

/// The error of the operating system.
fn of_system(error: csv::Error) -> io::Error {
    let text = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::Error::other(text),
    }
}

/// The error for a failed read. In compressed files the content may be invalid, not the disk.
fn failed(path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            Error::file(
                path,
                "gzip stream",
                error.to_string(),
                "a complete one",
                "the file is truncated or damaged, get it again",
            )
        }
        _ => Error::io("read", path, error),
    }
}

/// A reader that counts quotes.
struct Counted<'c, R> {
    from: R,
    quote: Option<u8>,
    count: &'c mut u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(into)?;
        if let Some(quote) = self.quote {
            *self.count += into[..length].iter().filter(|byte| **byte == quote).count() as u64;
        }
        Ok(length)
    }
}

#[cfg(test)]
pub(super) fn examples() -> super::checks::Examples {
    use std::io::Write as _;

    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(b"a\n1\n").unwrap_or_else(|error| panic!("{error}"));
    let gzip = gzip.finish().unwrap_or_else(|error| panic!("{error}"));
    let text = |text: &str| text.as_bytes().to_vec();
    super::checks::Examples {
        parse: |content| {
            let table = Csv::new().parse("table", content)?;
            let column = |column: &Column| {
                let cells: Vec<String> = column.iter().map(|cell| cell.to_string()).collect();
                format!("{} {} {}", column.name(), column.kind(), cells.join(" "))
            };
            Ok(table.columns().iter().map(column).collect::<Vec<_>>().join("; "))
        },
        read: |path| Table::read_csv(path).map(|_| ()),
        magic: None,
        sound: vec![
            (
                text("x,when,who,is\r\n1.5,2026-11-28,\"Ann, B\",yes\r\n ?,2026-11-29, Cy ,no"),
                "x number 1.5 ; when date 2026-11-28 2026-11-29; who category Ann, B Cy; is yes/no \
                 yes no",
            ),
            (gzip.clone(), "a number 1"),
            (text("\u{feff}a,\n1,2\n"), "a number 1; column1 number 2"),
        ],
        damaged: vec![
            (text(""), "lines: found none, expected at least one"),
            (text("a,b\n1,2\n1\n"), "line 3: found 1 fields, expected 2, as in the first line"),
            (text("1,2\n3,4\n"), "line 1: found only numbers, the first is `1`"),
            (text("a;b\n1;2\n"), "line 1: found no `,` but 1 times `;`"),
            (text("a,a\n1,2\n"), "line 1: found the column `a` twice"),
            (
                text("a,b\n1,2\n1,\"2\n3,4\n"),
                "line 3: found an opening quote without a closing one",
            ),
            (
                b"a,b\n1,\xff\n".to_vec(),
                "line 2 in column `b`: found `\u{fffd}`, expected text in UTF-8",
            ),
            (gzip[..20].to_vec(), "gzip stream"),
        ],
        says_its_length: false,
    }
}
