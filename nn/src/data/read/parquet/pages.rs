//! The pages of a column: an optional dictionary, then values with the positions of missing ones.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::levels;
use super::schema::{Chunk, Column, Meaning, Stored};
use super::thrift;
use crate::data::table::{Column as TableColumn, NO_WORD, Values};

/// Why a column cannot be read.
#[derive(Debug)]
pub(super) enum Fault {
    /// The content is invalid.
    Damaged,
    /// Unsupported content: what was found, what is expected, and advice.
    Unread(String, &'static str, &'static str),
}

type Result<T> = std::result::Result<T, Fault>;

/// A column that is being read.
pub(super) struct Reading<'c> {
    column: &'c Column,
    cells: Cells,
    words: Words,
    /// Reused for every page.
    zstandard: FrameDecoder,
}

/// The values read so far, missing ones included.
enum Cells {
    Numbers(Vec<f64>),
    Codes(Vec<u32>),
    Flags(Vec<Option<bool>>),
}

/// Values that are present.
enum Plain {
    Numbers(Vec<f64>),
    Codes(Vec<u32>),
    Flags(Vec<bool>),
}

/// Words in the order of their first appearance.
#[derive(Default)]
struct Words {
    words: Vec<String>,
    places: HashMap<String, u32>,
}

impl Words {
    /// The code of a word. The empty word is a missing value.
    fn code(&mut self, word: &str) -> Result<u32> {
        if word.is_empty() {
            return Ok(NO_WORD);
        }
        if let Some(&code) = self.places.get(word) {
            return Ok(code);
        }
        let code = u32::try_from(self.words.len()).ok().filter(|&code| code < NO_WORD);
        let code = code.ok_or(Fault::Damaged)?;
        self.words.push(word.to_owned());
        self.places.insert(word.to_owned(), code);
        Ok(code)
    }
}

impl<'c> Reading<'c> {
    pub(super) fn of(column: &'c Column) -> Self {
        let cells = match column.meaning {
            Meaning::Word => Cells::Codes(Vec::new()),
            Meaning::Flag => Cells::Flags(Vec::new()),
            _ => Cells::Numbers(Vec::new()),
        };
        Reading { column, cells, words: Words::default(), zstandard: FrameDecoder::new() }
    }

    /// Reads the values of `rows` rows.
    pub(super) fn chunk(&mut self, file: &[u8], chunk: &Chunk, rows: usize) -> Result<()> {
        /// Page types.
        const DATA: i64 = 0;
        const DICTIONARY: i64 = 2;
        const DATA_2: i64 = 3;
        let end = chunk.start.checked_add(chunk.length).ok_or(Fault::Damaged)?;
        let mut rest = file.get(chunk.start..end).ok_or(Fault::Damaged)?;
        let (mut left, mut dictionary) = (rows, None);
        if chunk.values != rows {
            return Err(Fault::Damaged);
        }
        while left > 0 {
            let (header, behind) = thrift::parse(rest).ok_or(Fault::Damaged)?;
            rest = behind;
            let size = header.size(2).ok_or(Fault::Damaged)?;
            let stored = header.size(3).and_then(|stored| rest.split_off(..stored));
            let stored = stored.ok_or(Fault::Damaged)?;
            match header.whole(1).ok_or(Fault::Damaged)? {
                DICTIONARY => {
                    let page = header.field(7).ok_or(Fault::Damaged)?;
                    let bytes = decompressed(chunk.codec, stored, size, &mut self.zstandard)?;
                    let count = page.size(1).ok_or(Fault::Damaged)?;
                    dictionary = Some(self.plain(&bytes, count)?);
                }
                DATA => {
                    let page = header.field(5).ok_or(Fault::Damaged)?;
                    let bytes = decompressed(chunk.codec, stored, size, &mut self.zstandard)?;
                    let count = page.size(1).filter(|&count| count <= left);
                    let count = count.ok_or(Fault::Damaged)?;
                    let mut values = &bytes[..];
                    let levels = if self.column.has_gaps { prefixed(&mut values)? } else { &[] };
                    let coding = page.whole(2).ok_or(Fault::Damaged)?;
                    self.page(levels, values, (count, coding), dictionary.as_ref())?;
                    left -= count;
                }
                DATA_2 => {
                    let page = header.field(8).ok_or(Fault::Damaged)?;
                    let count = page.size(1).filter(|&count| count <= left);
                    let count = count.ok_or(Fault::Damaged)?;
                    let (mut values, length) = (stored, page.size(5).ok_or(Fault::Damaged)?);
                    if page.size(6) != Some(0) {
                        return Err(Fault::Damaged);
                    }
                    let levels = values.split_off(..length).ok_or(Fault::Damaged)?;
                    let is_plain = matches!(page.field(7), Some(thrift::Value::Flag(false)));
                    let codec = if is_plain { UNCOMPRESSED } else { chunk.codec };
                    let size = size.checked_sub(length).ok_or(Fault::Damaged)?;
                    let bytes = decompressed(codec, values, size, &mut self.zstandard)?;
                    let coding = page.whole(4).ok_or(Fault::Damaged)?;
                    self.page(levels, &bytes, (count, coding), dictionary.as_ref())?;
                    left -= count;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads `count` values, missing ones included.
    fn page(
        &mut self,
        levels: &[u8],
        mut values: &[u8],
        (count, coding): (usize, i64),
        dictionary: Option<&Plain>,
    ) -> Result<()> {
        /// Encodings of values.
        const PLAIN: i64 = 0;
        const OLD_DICTIONARY: i64 = 2;
        const RUNS: i64 = 3;
        const DICTIONARY: i64 = 8;
        let is_there = match self.column.has_gaps {
            true => levels::numbers(levels, 1, count).ok_or(Fault::Damaged)?,
            false => Vec::new(),
        };
        let there = match self.column.has_gaps {
            true => is_there.iter().filter(|&&level| level == 1).count(),
            false => count,
        };
        let plain = match coding {
            PLAIN => self.plain(values, there)?,
            RUNS if self.column.stored == Stored::Flag => {
                let runs = prefixed(&mut values)?;
                let flags = levels::numbers(runs, 1, there).ok_or(Fault::Damaged)?;
                Plain::Flags(flags.into_iter().map(|flag| flag == 1).collect())
            }
            OLD_DICTIONARY | DICTIONARY => {
                let dictionary = dictionary.ok_or(Fault::Damaged)?;
                let bits = match values.split_off_first() {
                    Some(&bits) => u32::from(bits),
                    None if there == 0 => 0,
                    None => return Err(Fault::Damaged),
                };
                let places = levels::numbers(values, bits, there).ok_or(Fault::Damaged)?;
                dictionary.pick(&places).ok_or(Fault::Damaged)?
            }
            other => {
                let names = [
                    (4, "BIT_PACKED"),
                    (5, "DELTA_BINARY_PACKED"),
                    (6, "DELTA_LENGTH_BYTE_ARRAY"),
                    (7, "DELTA_BYTE_ARRAY"),
                    (9, "BYTE_STREAM_SPLIT"),
                ];
                let name = names.iter().find(|name| name.0 == other);
                return Err(Fault::Unread(
                    name.map_or(format!("encoding {other}"), |name| name.1.to_owned()),
                    "values encoded as PLAIN, RLE or a dictionary",
                    "write the file with the default encodings, which pandas, Polars and DuckDB do",
                ));
            }
        };
        self.cells.append(plain, &is_there, count).ok_or(Fault::Damaged)
    }

    /// Reads values in PLAIN encoding.
    fn plain(&mut self, bytes: &[u8], count: usize) -> Result<Plain> {
        let (stored, meaning) = (self.column.stored, self.column.meaning);
        let each = |size: usize| -> Result<std::slice::ChunksExact<'_, u8>> {
            let bytes = count.checked_mul(size).and_then(|length| bytes.get(..length));
            Ok(bytes.ok_or(Fault::Damaged)?.chunks_exact(size))
        };
        let numbers = match stored {
            Stored::Flag => {
                let packed = bytes.get(..count.div_ceil(8)).ok_or(Fault::Damaged)?;
                let flags = (0..count).map(|at| packed[at / 8] >> (at % 8) & 1 == 1);
                return Ok(Plain::Flags(flags.collect()));
            }
            Stored::Bytes => {
                let mut bytes = bytes;
                let (mut codes, mut numbers) = (Vec::new(), Vec::new());
                for _ in 0..count {
                    let value = prefixed(&mut bytes)?;
                    match meaning {
                        Meaning::Decimal(scale) => numbers.push(decimal(value, scale)?),
                        _ => codes.push(self.words.code(text(value)?)?),
                    }
                }
                match meaning {
                    Meaning::Decimal(_) => return Ok(Plain::Numbers(numbers)),
                    _ => return Ok(Plain::Codes(codes)),
                }
            }
            Stored::Whole(size) => {
                let number = |bytes: &[u8]| number(whole(bytes, meaning), meaning);
                each(size)?.map(number).collect::<Result<Vec<f64>>>()?
            }
            Stored::JulianTime => each(12)?.map(julian).collect(),
            Stored::Float => {
                each(4)?.map(|bytes| f64::from(f32::from_le_bytes(first(bytes)))).collect()
            }
            Stored::Double => each(8)?.map(|bytes| f64::from_le_bytes(first(bytes))).collect(),
            Stored::Fixed(size) => {
                let Meaning::Decimal(scale) = meaning else { return Err(Fault::Damaged) };
                each(size)?.map(|bytes| decimal(bytes, scale)).collect::<Result<Vec<f64>>>()?
            }
        };
        Ok(Plain::Numbers(numbers))
    }

    /// Returns the column.
    pub(super) fn finish(self) -> TableColumn {
        let values = match self.cells {
            Cells::Numbers(days) if matches!(self.column.meaning, Meaning::Time(_)) => {
                Values::Dates(days)
            }
            Cells::Numbers(numbers) => Values::Numbers(numbers),
            Cells::Codes(codes) => Values::sorted_words(codes, self.words.words),
            Cells::Flags(flags) => Values::Flags(flags),
        };
        TableColumn::new(self.column.name.clone(), values)
    }
}

impl Plain {
    /// The values at these indices.
    fn pick(&self, places: &[u32]) -> Option<Plain> {
        fn of<X: Copy>(all: &[X], places: &[u32]) -> Option<Vec<X>> {
            places.iter().map(|&place| all.get(place as usize).copied()).collect()
        }
        Some(match self {
            Plain::Numbers(numbers) => Plain::Numbers(of(numbers, places)?),
            Plain::Codes(codes) => Plain::Codes(of(codes, places)?),
            Plain::Flags(flags) => Plain::Flags(of(flags, places)?),
        })
    }
}

impl Cells {
    /// Appends values, and a missing value where `is_there` is 0. `None` if their kind or number
    /// does not fit.
    fn append(&mut self, plain: Plain, is_there: &[u32], count: usize) -> Option<()> {
        fn spread<X: Copy, Y>(
            into: &mut Vec<Y>,
            values: &[X],
            (is_there, count): (&[u32], usize),
            nothing: Y,
            value: impl Fn(X) -> Y,
        ) -> Option<()>
        where
            Y: Copy,
        {
            if is_there.is_empty() {
                into.extend(values.iter().map(|&x| value(x)));
                return (values.len() == count).then_some(());
            }
            let mut values = values.iter();
            for &level in is_there {
                into.push(if level == 1 { value(*values.next()?) } else { nothing });
            }
            Some(())
        }
        let rows = (is_there, count);
        match (self, plain) {
            (Cells::Numbers(into), Plain::Numbers(values)) => {
                spread(into, &values, rows, f64::NAN, |number| number)
            }
            (Cells::Codes(into), Plain::Codes(values)) => {
                spread(into, &values, rows, NO_WORD, |code| code)
            }
            (Cells::Flags(into), Plain::Flags(values)) => spread(into, &values, rows, None, Some),
            _ => None,
        }
    }
}

const UNCOMPRESSED: i64 = 0;

/// The decompressed bytes of a page, which must be `size`. No more memory is allocated than `bytes`
/// can expand to.
fn decompressed<'b>(
    codec: i64,
    bytes: &'b [u8],
    size: usize,
    zstandard: &mut FrameDecoder,
) -> Result<Cow<'b, [u8]>> {
    const SNAPPY: i64 = 1;
    const GZIP: i64 = 2;
    const ZSTANDARD: i64 = 6;
    /// A copy of up to 64 bytes takes at least two.
    const MOST_OF_SNAPPY: usize = 64;
    let decompressed = match codec {
        UNCOMPRESSED => Cow::Borrowed(bytes),
        SNAPPY => {
            let length = snap::raw::decompress_len(bytes).map_err(|_| Fault::Damaged)?;
            if length != size || length / MOST_OF_SNAPPY > bytes.len() {
                return Err(Fault::Damaged);
            }
            let decompressed = snap::raw::Decoder::new().decompress_vec(bytes);
            Cow::Owned(decompressed.map_err(|_| Fault::Damaged)?)
        }
        GZIP => Cow::Owned(read(MultiGzDecoder::new(bytes), size)?),
        ZSTANDARD => {
            let (frame, most) = narrowed(bytes, size)?;
            zstandard.set_max_window_size(most);
            let decoder = StreamingDecoder::new_with_decoder(frame, zstandard);
            Cow::Owned(read(decoder.map_err(|_| Fault::Damaged)?, size)?)
        }
        other => {
            let names = [(3, "LZO"), (4, "Brotli"), (5, "LZ4"), (7, "LZ4")];
            let name = names.iter().find(|name| name.0 == other);
            return Err(Fault::Unread(
                name.map_or(format!("compression {other}"), |name| name.1.to_owned()),
                "pages compressed with Snappy, gzip or Zstandard, or not at all",
                "write the file with `compression=\"snappy\"`",
            ));
        }
    };
    if decompressed.len() == size { Ok(decompressed) } else { Err(Fault::Damaged) }
}

/// Reads `size` bytes, and one more if there are too many.
fn read(from: impl Read, size: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = from.take((size as u64).saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|_| Fault::Damaged)?;
    Ok(bytes)
}

/// A Zstandard frame with a window no wider than its `size` bytes need, and the widest accepted
/// window. The decoder allocates the window before it reads anything, and writers that do not know
/// the size in advance announce megabytes for a few numbers. RFC 8878, 3.1.1.1.
fn narrowed(frame: &[u8], size: usize) -> Result<(impl Read, u64)> {
    /// The window that every decoder should support; only the highest levels write wider ones.
    const MOST: u32 = 23;
    const LEAST: u32 = 10;
    /// The descriptor's bit for a frame that is its own window; no window is announced then.
    const SINGLE_SEGMENT: u8 = 1 << 5;
    let (head, rest) = frame.split_first_chunk::<6>().ok_or(Fault::Damaged)?;
    let ([.., descriptor, window], mut head) = (*head, *head);
    let bits = size.checked_next_power_of_two().map_or(MOST, usize::ilog2).clamp(LEAST, MOST);
    if descriptor & SINGLE_SEGMENT == 0 && bits < MOST {
        // An exponent, and a fraction of three bits.
        head[5] = window.min(((bits - LEAST) << 3) as u8);
    }
    Ok((std::io::Cursor::new(head).chain(rest), 1 << bits))
}

/// Splits off bytes that are preceded by their length in four bytes.
fn prefixed<'b>(bytes: &mut &'b [u8]) -> Result<&'b [u8]> {
    let length = bytes.split_off(..4).ok_or(Fault::Damaged)?;
    let length = u32::from_le_bytes(first(length)) as usize;
    bytes.split_off(..length).ok_or(Fault::Damaged)
}

/// The first bytes, padded with zeros.
fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk().copied().unwrap_or([0; N])
}

fn text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| {
        let found = format!("bytes that begin with {:?}", &bytes[..bytes.len().min(8)]);
        Fault::Unread(
            found,
            "text in UTF-8",
            "leave the column out, or write it as text or numbers",
        )
    })
}

/// An integer of four or eight bytes.
fn whole(bytes: &[u8], meaning: Meaning) -> i128 {
    match (bytes.len(), meaning) {
        (4, Meaning::Number { signed: false }) => u32::from_le_bytes(first(bytes)).into(),
        (4, _) => i32::from_le_bytes(first(bytes)).into(),
        (_, Meaning::Number { signed: false }) => u64::from_le_bytes(first(bytes)).into(),
        _ => i64::from_le_bytes(first(bytes)).into(),
    }
}

/// The value of a stored integer.
fn number(whole: i128, meaning: Meaning) -> Result<f64> {
    match meaning {
        Meaning::Decimal(scale) => Ok(scaled(whole, scale)),
        Meaning::Time(units) => Ok(whole as f64 / units),
        _ if whole.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS => Ok(whole as f64),
        _ => Err(Fault::Unread(
            whole.to_string(),
            "integers up to 2^53, which `f64` holds exactly",
            "identifiers such as account numbers are text: write the column as text",
        )),
    }
}

/// An integer divided by 10^scale.
fn scaled(whole: i128, scale: i32) -> f64 {
    // A division, because powers of ten have no exact inverse.
    whole as f64 / 10_f64.powi(scale)
}

/// A big-endian decimal number.
fn decimal(bytes: &[u8], scale: i32) -> Result<f64> {
    let mut number = [if bytes.first().is_some_and(|&first| first > 127) { 255 } else { 0 }; 16];
    let from = number.len().checked_sub(bytes.len()).ok_or(Fault::Damaged)?;
    number[from..].copy_from_slice(bytes);
    Ok(scaled(i128::from_be_bytes(number), scale))
}

/// Days since 1970 from the nanoseconds of a day and its Julian day, which counts from 4713 BC.
fn julian(bytes: &[u8]) -> f64 {
    /// The Julian day of 1970-01-01.
    const EPOCH: f64 = 2_440_588.0;
    let nanoseconds = u64::from_le_bytes(first(bytes));
    let day = u32::from_le_bytes(first(&bytes[8..]));
    f64::from(day) - EPOCH + nanoseconds as f64 / 86_400e9
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `b"abc" * 1000` as PyArrow's Zstandard stream writes it; it announces a window of 512 KiB.
    const FRAME: [u8; 19] =
        [40, 181, 47, 253, 0, 72, 85, 0, 0, 24, 97, 98, 99, 1, 0, 178, 211, 119, 67];

    #[test]
    fn a_frame_makes_no_more_room_than_its_page_needs() {
        let of = |frame: &[u8], size| {
            let page = decompressed(6, frame, size, &mut FrameDecoder::new());
            page.map(|bytes| bytes.into_owned()).ok()
        };
        assert_eq!(of(&FRAME, 3000), Some(b"abc".repeat(1000)));
        assert!([2999, 3001, 0].iter().all(|&size| of(&FRAME, size).is_none()));
        // The widest window that can be announced, 3.75 TiB; none of it is allocated.
        let widest = FRAME.map(|byte| if byte == 72 { 255 } else { byte });
        assert_eq!(of(&widest, 3000), Some(b"abc".repeat(1000)));
        let (mut head, most) = narrowed(&widest, 3000).unwrap();
        let mut first = [0; 6];
        head.read_exact(&mut first).unwrap();
        assert_eq!((first[5], most), (2 << 3, 4096));
        assert!(of(&widest, 1 << 30).is_none(), "wider than 8 MiB, and a page that may need it");
        assert!((0..FRAME.len() - 5).all(|end| of(&FRAME[..end], 3000).is_none()));
    }
}
