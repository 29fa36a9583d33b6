//! The columns of a file, and the positions of their pages.

use super::thrift::{self, Value};
use crate::data::table::Kind;

/// How the values of a column are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stored {
    Flag,
    /// Integers of this many bytes.
    Whole(usize),
    /// Nanoseconds of a day and a Julian day.
    JulianTime,
    Float,
    Double,
    Bytes,
    /// Fixed number of bytes each.
    Fixed(usize),
}

/// The meaning of the values of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    /// A number as it is stored, signed or unsigned.
    Number {
        signed: bool,
    },
    /// An integer times a power of ten.
    Decimal(i32),
    Word,
    Flag,
    /// Time since 1970-01-01, with this many units per day.
    Time(f64),
}

impl Meaning {
    pub(super) fn kind(self) -> Kind {
        match self {
            Meaning::Number { .. } | Meaning::Decimal(_) => Kind::Number,
            Meaning::Word => Kind::Category,
            Meaning::Flag => Kind::YesNo,
            Meaning::Time(_) => Kind::Date,
        }
    }
}

/// A column of the file.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) stored: Stored,
    pub(super) meaning: Meaning,
    /// Whether values may be missing.
    pub(super) has_gaps: bool,
}

/// The values of a column in one row group.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) codec: i64,
    pub(super) values: usize,
    /// Position of its pages in the file.
    pub(super) start: usize,
    pub(super) length: usize,
}

/// A row group.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) rows: usize,
    /// One per column.
    pub(super) chunks: Vec<Chunk>,
}

/// The footer of a file.
#[derive(Debug)]
pub(super) struct Footer {
    pub(super) rows: usize,
    pub(super) columns: Vec<Column>,
    pub(super) groups: Vec<Group>,
}

/// The error of a footer.
#[derive(Debug)]
pub(super) enum Wrong {
    /// The footer cannot be parsed.
    Damaged,
    /// A column that a table cannot hold: its name and its content.
    Column(String, String),
}

/// Reads a footer.
pub(super) fn footer(bytes: &[u8]) -> Result<Footer, Wrong> {
    let (value, _) = thrift::parse(bytes).ok_or(Wrong::Damaged)?;
    let columns = columns(value.list(2).ok_or(Wrong::Damaged)?)?;
    let groups = || {
        let group = |group: &Value<'_>| {
            let chunks = group.list(1)?;
            Some(Group {
                rows: group.size(3)?,
                chunks: chunks.iter().map(chunk).collect::<Option<_>>()?,
            })
        };
        value.list(4)?.iter().map(group).collect::<Option<Vec<_>>>()
    };
    let (rows, groups) = value.size(3).zip(groups()).ok_or(Wrong::Damaged)?;
    let sum = groups.iter().try_fold(0_usize, |sum, group| sum.checked_add(group.rows));
    let is_whole = groups.iter().all(|group| group.chunks.len() == columns.len());
    if sum != Some(rows) || !is_whole {
        return Err(Wrong::Damaged);
    }
    Ok(Footer { rows, columns, groups })
}

/// The columns below the root, which is the first element.
fn columns(schema: &[Value<'_>]) -> Result<Vec<Column>, Wrong> {
    let (root, elements) = schema.split_first().ok_or(Wrong::Damaged)?;
    let is_flat = root.size(5) == Some(elements.len());
    let mut columns = Vec::new();
    for element in elements {
        let name = element.text(4).ok_or(Wrong::Damaged)?.to_owned();
        let refused = |what: &str| Err(Wrong::Column(name.clone(), what.to_owned()));
        if element.size(5).is_some_and(|children| children > 0) || element.whole(3) == Some(2) {
            return refused("several values for each row");
        }
        let Some(stored) = stored(element) else { return Err(Wrong::Damaged) };
        match meaning(element, stored) {
            Ok(meaning) => {
                let has_gaps = element.whole(3) == Some(1);
                columns.push(Column { name, stored, meaning, has_gaps });
            }
            Err(what) => return refused(what),
        }
    }
    if is_flat { Ok(columns) } else { Err(Wrong::Damaged) }
}

fn stored(element: &Value<'_>) -> Option<Stored> {
    Some(match element.whole(1)? {
        0 => Stored::Flag,
        1 => Stored::Whole(4),
        2 => Stored::Whole(8),
        3 => Stored::JulianTime,
        4 => Stored::Float,
        5 => Stored::Double,
        6 => Stored::Bytes,
        7 => Stored::Fixed(element.size(2).filter(|&size| size > 0)?),
        _ => return None,
    })
}

/// The meaning of the values, or a description of values that a table cannot hold.
fn meaning(element: &Value<'_>, stored: Stored) -> Result<Meaning, &'static str> {
    /// Bytes of the longest decimal number that is read.
    const LONGEST: usize = 16;
    const MILLIS: f64 = 86_400e3;
    let logical = |kind: i16| element.field(10)?.field(kind);
    let old = element.whole(6);
    let unit = logical(8).and_then(|time| time.field(2));
    let time = match unit {
        Some(unit) if unit.field(1).is_some() => Some(MILLIS),
        Some(unit) if unit.field(2).is_some() => Some(MILLIS * 1e3),
        Some(_) => Some(MILLIS * 1e6),
        None if old == Some(9) => Some(MILLIS),
        None if old == Some(10) => Some(MILLIS * 1e3),
        None => None,
    };
    let is_decimal = logical(5).is_some() || old == Some(5);
    let scale = logical(5).and_then(|decimal| decimal.whole(1)).or(element.whole(7));
    let scale =
        i32::try_from(scale.unwrap_or(0)).map_err(|_| "decimal numbers with an invalid scale")?;
    let unsigned =
        logical(10).is_some_and(|whole| matches!(whole.field(2), Some(Value::Flag(false))));
    match stored {
        Stored::Flag => Ok(Meaning::Flag),
        Stored::JulianTime => Ok(Meaning::Time(1.0)),
        Stored::Float | Stored::Double => Ok(Meaning::Number { signed: true }),
        Stored::Whole(_) if logical(6).is_some() || old == Some(6) => Ok(Meaning::Time(1.0)),
        Stored::Whole(8) if time.is_some() => Ok(Meaning::Time(time.unwrap_or(1.0))),
        Stored::Whole(_) if logical(7).is_some() || matches!(old, Some(7 | 8)) => {
            Err("times of day")
        }
        Stored::Whole(_) | Stored::Bytes | Stored::Fixed(..=LONGEST) if is_decimal => {
            Ok(Meaning::Decimal(scale))
        }
        Stored::Whole(_) => {
            Ok(Meaning::Number { signed: !unsigned && !matches!(old, Some(11..=14)) })
        }
        Stored::Bytes => Ok(Meaning::Word),
        Stored::Fixed(_) if logical(15).is_some() => Err("16-bit floats"),
        Stored::Fixed(_) => Err("bytes that are not text"),
    }
}

fn chunk(chunk: &Value<'_>) -> Option<Chunk> {
    let meta = chunk.field(3)?;
    let data = meta.size(9)?;
    // A dictionary comes first. Some writers write 0 where there is none.
    let start = meta.size(11).filter(|&start| start > 0).map_or(data, |start| start.min(data));
    Some(Chunk { codec: meta.whole(4)?, values: meta.size(5)?, start, length: meta.size(7)? })
}
