//! Rows in a file, for data sets larger than memory. Each row is read when a batch needs it.
//!
//! [`write()`] makes such a file from any [`Source`]. [`RowFile`] is a source with the same rows,
//! so training gives the same bits.
//!
//! ```
//! use nn::data::row_file::{self, RowFile};
//! use nn::data::{Dataset, Source};
//!
//! let squares: Dataset<[f32; 1], [f32; 1]> =
//!     (0..10_u8).map(f32::from).map(|x| ([x], [x * x])).collect();
//! let path = std::env::temp_dir().join(format!("squares-{}.rows", std::process::id()));
//! row_file::write(&path, &squares)?;
//! let rows = RowFile::<[f32; 1], [f32; 1]>::open(&path)?;
//! assert_eq!(rows.len(), 10);
//! # drop(rows);
//! # let _ = std::fs::remove_file(path);
//! # Ok::<(), nn::Error>(())
//! ```
//!
//! The format: `nn-rows1`; a hash of everything that follows; the number of rows; the length of the
//! row type; the row type (`f32[784] class(10)`), padded with blanks to a multiple of 8 bytes; then
//! the rows, each the numbers of its input and of its target. All numbers are little-endian; those
//! of the header have 64 bits.
//!
//! Rows are read, not mapped into memory. If another program truncates a mapped file, the process
//! ends; a failed read is an error that names the file. A read from the system's cache takes a
//! microsecond.

use std::cell::Cell;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use tensor::product::rows_per_thread;
use tensor::threads::Threads;

use crate::data::{Fingerprint, Source, portions};
use crate::error::{Error, InvalidRows, Result, quoted};
use crate::head::Class;

/// File name extensions.
pub const EXTENSIONS: &[&str] = &["rows"];

const MAGIC: [u8; 8] = *b"nn-rows1";
const NOT_THIS: &str = "this file was not written by `row_file::write`";
const AGAIN: &str = "the file is truncated or damaged, write it again";

/// A type of inputs or targets in such a file: arrays of `f32`, `f64` and `u8`, a [`Class`], and
/// pairs of these.
pub trait Stored: Copy + Send + Sync {
    /// Bytes of one value in the file.
    const BYTES: usize;

    /// The name of the type in the file's header.
    fn kind() -> String;

    /// `count` zero values, to be overwritten.
    fn zeros(count: usize) -> Vec<Self>;

    /// Writes the value into `bytes`.
    fn write(&self, bytes: &mut [u8]);

    /// Reads the value from `bytes`. Returns whether they are valid.
    fn read(&mut self, bytes: &[u8]) -> bool;
}

macro_rules! numbers {
    ($($number:ident),*) => { $(
        impl<const N: usize> Stored for [$number; N] {
            const BYTES: usize = size_of::<[$number; N]>();

            fn kind() -> String {
                format!("{}[{N}]", stringify!($number))
            }

            fn zeros(count: usize) -> Vec<Self> {
                // Row by row from a slice: a row may be too large for the stack.
                let zeros = vec![$number::default(); N];
                let mut rows = Vec::with_capacity(count);
                (0..count).for_each(|_| rows.extend_from_slice(zeros.as_chunks::<N>().0));
                rows
            }

            fn write(&self, bytes: &mut [u8]) {
                let (into, _) = bytes.as_chunks_mut::<{ size_of::<$number>() }>();
                into.iter_mut().zip(self).for_each(|(into, number)| *into = number.to_le_bytes());
            }

            fn read(&mut self, bytes: &[u8]) -> bool {
                let (from, _) = bytes.as_chunks::<{ size_of::<$number>() }>();
                self.iter_mut()
                    .zip(from)
                    .for_each(|(number, &from)| *number = $number::from_le_bytes(from));
                true
            }
        }
    )* };
}

numbers! { f32, f64, u8 }

/// The class index, in four bytes.
impl<const C: usize> Stored for Class<C> {
    const BYTES: usize = 4;

    fn kind() -> String {
        format!("class({C})")
    }

    fn zeros(count: usize) -> Vec<Self> {
        Class::new(0).map_or(Vec::new(), |class| vec![class; count])
    }

    fn write(&self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&(self.index() as u32).to_le_bytes());
    }

    fn read(&mut self, bytes: &[u8]) -> bool {
        let class = bytes.try_into().ok().map(u32::from_le_bytes).and_then(|n| Class::new(n).ok());
        class.inspect(|class| *self = *class).is_some()
    }
}

/// One after the other.
impl<A: Stored, B: Stored> Stored for (A, B) {
    const BYTES: usize = A::BYTES + B::BYTES;

    fn kind() -> String {
        format!("({} {})", A::kind(), B::kind())
    }

    fn zeros(count: usize) -> Vec<Self> {
        A::zeros(count).into_iter().zip(B::zeros(count)).collect()
    }

    fn write(&self, bytes: &mut [u8]) {
        let (a, b) = bytes.split_at_mut(A::BYTES);
        self.0.write(a);
        self.1.write(b);
    }

    fn read(&mut self, bytes: &[u8]) -> bool {
        let (a, b) = bytes.split_at(A::BYTES);
        self.0.read(a) && self.1.read(b)
    }
}

/// The header without magic and hash.
fn header<X: Stored, Y: Stored>(rows: u64) -> Vec<u8> {
    let mut kind = format!("{} {}", X::kind(), Y::kind());
    while !kind.len().is_multiple_of(8) {
        kind.push(' ');
    }
    [&rows.to_le_bytes(), &(kind.len() as u64).to_le_bytes(), kind.as_bytes()].concat()
}

/// A hash of bytes. It does not depend on how they are divided into pieces.
struct Hash {
    words: Fingerprint,
    /// Bytes of an incomplete word.
    rest: Vec<u8>,
}

impl Hash {
    fn new() -> Self {
        Hash { words: Fingerprint::new(), rest: Vec::with_capacity(8) }
    }

    fn add(&mut self, mut bytes: &[u8]) {
        if !self.rest.is_empty() {
            let (first, others) = bytes.split_at(bytes.len().min(8 - self.rest.len()));
            self.rest.extend_from_slice(first);
            bytes = others;
            if let Ok(word) = <[u8; 8]>::try_from(&self.rest[..]) {
                self.words.add(u64::from_le_bytes(word));
                self.rest.clear();
            }
        }
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|&word| self.words.add(u64::from_le_bytes(word)));
        self.rest.extend_from_slice(rest);
    }

    fn value(mut self) -> u64 {
        if !self.rest.is_empty() {
            self.rest.resize(8, 0);
            let rest = std::mem::take(&mut self.rest);
            self.add(&rest);
        }
        self.words.value()
    }
}

/// Writes all rows of `source` into a file. An existing file is replaced once the new one is
/// complete.
///
/// # Errors
///
/// If the file cannot be written, or if the rows have weights.
pub fn write<X: Stored, Y: Stored>(
    path: impl AsRef<Path>,
    source: &dyn Source<X, Y>,
) -> Result<()> {
    let path = path.as_ref();
    if source.is_weighted() {
        return Err(Error::value(
            "rows for a file",
            "rows with weights",
            "rows without weights, which the file cannot store",
            "write the source without its weights, and add them to the opened file with \
             `WeightedRows::new`",
        ));
    }
    let mut unfinished = path.as_os_str().to_os_string();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let written = write_all(&unfinished, source).and_then(|()| {
        fs::rename(&unfinished, path).map_err(|error| Error::io("write", path, error))
    });
    if written.is_err() {
        // The first error is reported; one of the removal is not.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

fn write_all<X: Stored, Y: Stored>(path: &Path, source: &dyn Source<X, Y>) -> Result<()> {
    let failed = |error| Error::io("write", path, error);
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    let (header, mut hash) = (header::<X, Y>(source.len() as u64), Hash::new());
    hash.add(&header);
    file.write_all(&MAGIC).and_then(|()| file.write_all(&[0; 8])).map_err(failed)?;
    file.write_all(&header).map_err(failed)?;
    let mut row = vec![0; X::BYTES + Y::BYTES];
    portions(source, &Threads::new(1), |_, inputs, targets| {
        for (input, target) in inputs.iter().zip(targets) {
            let (into_input, into_target) = row.split_at_mut(X::BYTES);
            input.write(into_input);
            target.write(into_target);
            hash.add(&row);
            file.write_all(&row).map_err(failed)?;
        }
        Ok(())
    })?;
    file.seek(SeekFrom::Start(MAGIC.len() as u64)).map_err(failed)?;
    file.write_all(&hash.value().to_le_bytes()).map_err(failed)?;
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)
}

/// Rows in a file written by [`write()`]: a [`Source`] that holds no rows in memory.
pub struct RowFile<X, Y> {
    file: At,
    path: PathBuf,
    len: usize,
    /// Position of the first row, in bytes.
    start: u64,
    hash: u64,
    rows: PhantomData<fn() -> (X, Y)>,
}

impl<X: Stored, Y: Stored> RowFile<X, Y> {
    /// Bytes of a row.
    const ROW: usize = X::BYTES + Y::BYTES;

    /// Opens a file and reads all of it once to check its hash.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, has rows of other types, or differs in any bit from what was
    /// written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let failed = |error| Error::io("read", path, error);
        let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
        let length = file.metadata().map_err(failed)?.len();
        let mut from = BufReader::with_capacity(1 << 16, &file);
        let mut words = [0; 32];
        let begin = up_to(&mut from, &mut words).map_err(failed)?;
        if begin < words.len() || words[..8] != MAGIC {
            let found = String::from_utf8_lossy(&words[..begin.min(8)]).into_owned();
            return Err(Error::file(path, "first bytes", quoted(&found), "`nn-rows1`", NOT_THIS));
        }
        let word =
            |at: usize| words[8 * at..].first_chunk().map_or(0, |&bytes| u64::from_le_bytes(bytes));
        let (stored, rows, kind_length) = (word(1), word(2), word(3));
        let expected = header::<X, Y>(rows);
        let (mut kind, expected_kind) = (vec![0; expected.len() - 16], &expected[16..]);
        let found = up_to(&mut from, &mut kind).map_err(failed)?;
        if kind_length != kind.len() as u64 || found < kind.len() || kind != expected_kind {
            let found = String::from_utf8_lossy(&kind[..found]).trim_ascii_end().to_string();
            let expected = String::from_utf8_lossy(expected_kind).trim_ascii_end().to_string();
            return Err(Error::file(
                path,
                "row type",
                quoted(&found),
                quoted(&expected),
                "open it with the types it was written with, `RowFile::<[f32; 784], Class<10>>` \
                 for example",
            ));
        }
        let start = (words.len() + kind.len()) as u64;
        let all = rows.checked_mul(Self::ROW as u64).and_then(|bytes| bytes.checked_add(start));
        let (Some(all), Ok(len)) = (all, usize::try_from(rows)) else {
            return Err(Error::file(path, "number of rows", rows.to_string(), "fewer", AGAIN));
        };
        if all != length {
            let expected = format!("{all}, for {rows} rows");
            return Err(Error::file(path, "bytes", length.to_string(), expected, AGAIN));
        }
        let mut hash = Hash::new();
        hash.add(&expected);
        let mut wrong = InvalidRows::none();
        let (mut row, mut target) = (vec![0; Self::ROW], Y::zeros(1));
        for at in 0..len {
            from.read_exact(&mut row).map_err(failed)?;
            hash.add(&row);
            let bytes = &row[X::BYTES..];
            let is_one = target.first_mut().is_some_and(|target| target.read(bytes));
            wrong.look(at, &[()], |()| (!is_one).then(|| format!("{bytes:?}")));
        }
        let found = hash.value();
        if found != stored {
            return Err(Error::file(
                path,
                "content hash",
                format!("{found:016x}"),
                format!("{stored:016x}"),
                AGAIN,
            ));
        }
        match wrong.any() {
            Some(wrong) => Err(Error::file(
                path,
                wrong.what("target"),
                wrong.found("target"),
                Y::kind(),
                AGAIN,
            )),
            None => Ok(RowFile {
                file: At::new(file),
                path: path.to_path_buf(),
                len,
                start,
                hash: stored,
                rows: PhantomData,
            }),
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The hash in the file's header. Files with the same rows have the same hash.
    pub fn fingerprint(&self) -> u64 {
        self.hash
    }

    /// Reads the rows with these numbers.
    fn read(&self, rows: &[usize], inputs: &mut [X], targets: &mut [Y]) {
        thread_local! {
            /// Reused, so that a batch allocates nothing.
            static ROW: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
        }
        let mut bytes = ROW.take();
        bytes.resize(Self::ROW, 0);
        for ((&row, input), target) in rows.iter().zip(inputs).zip(targets) {
            assert!(row < self.len, "row {row}: there are {} in {}", self.len, self.path.display());
            let place = self.start + row as u64 * Self::ROW as u64;
            let read = self.file.read(&mut bytes, place);
            let (of_input, of_target) = bytes.split_at(X::BYTES);
            let is_sound = read.is_ok() && input.read(of_input) && target.read(of_target);
            assert!(
                is_sound,
                "{}: row {row}: found {}, expected the content from when it was opened; let no \
                 other program change the file",
                self.path.display(),
                read.err().map_or("other content".to_string(), |error| error.to_string()),
            );
        }
        ROW.set(bytes);
    }
}

/// Reads until `into` is full or the content ends; returns the number of bytes.
fn up_to(from: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < into.len() {
        match from.read(&mut into[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

impl<X: Stored, Y: Stored> Source<X, Y> for RowFile<X, Y> {
    fn len(&self) -> usize {
        self.len
    }

    /// Also panics if the file can no longer be read.
    fn fill(&self, rows: &[usize], inputs: &mut Vec<X>, targets: &mut Vec<Y>, threads: &Threads) {
        /// Number of rows from which waking another thread pays off.
        const WORTH_A_THREAD: usize = 16;
        inputs.truncate(rows.len());
        targets.truncate(rows.len());
        if inputs.len() < rows.len() {
            *inputs = X::zeros(rows.len());
        }
        if targets.len() < rows.len() {
            *targets = Y::zeros(rows.len());
        }
        if threads.count() == 1 || rows.len() < WORTH_A_THREAD {
            return self.read(rows, inputs, targets);
        }
        let part = rows_per_thread(rows.len(), threads);
        let parts = inputs.chunks_mut(part).zip(targets.chunks_mut(part)).zip(rows.chunks(part));
        threads.for_each(parts, |((inputs, targets), rows)| self.read(rows, inputs, targets));
    }
}

/// Prints the path and the number of rows.
impl<X, Y> fmt::Debug for RowFile<X, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowFile")
            .field("path", &self.path)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

/// A file that is read at given positions.
#[cfg(any(unix, windows))]
struct At(File);

#[cfg(any(unix, windows))]
impl At {
    fn new(file: File) -> Self {
        At(file)
    }

    #[cfg(unix)]
    fn read(&self, into: &mut [u8], place: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.0, into, place)
    }

    #[cfg(windows)]
    fn read(&self, mut into: &mut [u8], mut place: u64) -> io::Result<()> {
        while !into.is_empty() {
            match std::os::windows::fs::FileExt::seek_read(&self.0, into, place)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                length => {
                    into = &mut into[length..];
                    place += length as u64;
                }
            }
        }
        Ok(())
    }
}

/// The same for systems where a file has only one position.
#[cfg(not(any(unix, windows)))]
struct At(std::sync::Mutex<File>);

#[cfg(not(any(unix, windows)))]
impl At {
    fn new(file: File) -> Self {
        At(std::sync::Mutex::new(file))
    }

    fn read(&self, into: &mut [u8], place: u64) -> io::Result<()> {
        let mut file = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.seek(SeekFrom::Start(place))?;
        file.read_exact(into)
    }
}

#[cfg(test)]
pub(super) fn examples() -> super::checks::Examples {
    use crate::data::Dataset;
    use std::sync::atomic::{AtomicU64, Ordering};

    type Row = RowFile<[f32; 2], Class<3>>;
    /// A path for a temporary file.
    fn scratch() -> PathBuf {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        std::env::temp_dir().join(format!("nn-row-file-{}-{count}.rows", std::process::id()))
    }
    fn bytes() -> Result<Vec<u8>> {
        let rows = vec![[1.5_f32, -2.0], [0.0, 3.0]];
        let path = scratch();
        write(&path, &Dataset::new(rows, Class::<3>::from_labels(&[2, 0])?)?)?;
        let bytes = fs::read(&path).map_err(|error| Error::io("read", &path, error));
        let _ = fs::remove_file(&path);
        bytes
    }
    let sound = bytes().unwrap_or_else(|error| panic!("{error}"));
    let changed = |place: usize, byte| {
        let mut content = sound.clone();
        content[place] = byte;
        content
    };
    let kind = sound.len() - 24 - 16;
    super::checks::Examples {
        parse: |content| {
            let path = scratch();
            fs::write(&path, content).map_err(|error| Error::io("write", &path, error))?;
            let opened = Row::open(&path);
            let _ = fs::remove_file(&path);
            let (mut inputs, mut targets) = (Vec::new(), Vec::new());
            let rows = opened?;
            let all: Vec<usize> = (0..rows.len()).collect();
            rows.fill(&all, &mut inputs, &mut targets, &Threads::new(1));
            Ok(format!("{inputs:?} {:?}", targets.iter().map(|c| c.index()).collect::<Vec<_>>()))
        },
        read: |path| Row::open(path).map(|_| ()),
        magic: Some(&MAGIC),
        sound: vec![(sound.clone(), "[[1.5, -2.0], [0.0, 3.0]] [2, 0]")],
        damaged: vec![
            (changed(0, b'N'), "first bytes: found `Nn-rows1`, expected `nn-rows1`"),
            (changed(8, sound[8] ^ 1), "content hash"),
            (changed(16, 3), "bytes: found 72, expected 84, for 3 rows"),
            (changed(kind, b'g'), "row type: found `g32[2] class(3)`, expected `f32[2] class(3)`"),
            (changed(sound.len() - 4, 1), "content hash"),
            (sound[..sound.len() - 1].to_vec(), "bytes: found 71, expected 72, for 2 rows"),
            ([&sound[..], &[0]].concat(), "bytes: found 73"),
        ],
        says_its_length: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_does_not_depend_on_the_pieces() {
        let bytes: Vec<u8> = (0..100).map(|at| (at * 37 % 256) as u8).collect();
        let of = |size: usize| {
            let mut hash = Hash::new();
            bytes.chunks(size).for_each(|piece| hash.add(piece));
            hash.value()
        };
        (2..30).for_each(|size| assert_eq!(of(size), of(1), "{size}"));
        let mut shorter = Hash::new();
        shorter.add(&bytes[..99]);
        assert_ne!(shorter.value(), of(1));
    }
}
