//! NumPy arrays: `.npy` files, and archives of several arrays, `.npz`.
//!
//! ```no_run
//! use nn::data::{Dataset, npy};
//!
//! let inputs = npy::read("inputs.npy")?.rows::<f32, 13>()?; // an array of shape (rows, 13)
//! let targets = npy::read("labels.npy")?.classes::<3>()?; // an array of integers, shape (rows,)
//! let data = Dataset::new(inputs, targets)?;
//!
//! for (name, array) in npy::read_npz("weights.npz")? {
//!     println!("{name}: {}", array.tensor::<f32>()?);
//! }
//! # Ok::<(), nn::Error>(())
//! ```
//!
//! Reads integers and floats of all sizes, in either byte order, in C or Fortran order. Elements
//! that need Python (objects, strings, records) are an error.

mod archive;
mod header;
mod write;

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use tensor::{Float, Tensor};

pub use self::archive::read_npz;
use self::header::Header;
pub(crate) use self::write::npz;
pub use self::write::{write, write_npz};
use crate::error::{Error, Result, quoted};
use crate::head::Class;
use crate::row::Row;

/// File name extensions.
pub const EXTENSIONS: &[&str] = &["npy", "npz"];

const MAGIC: &[u8] = b"\x93NUMPY";
const AGAIN: &str = "the file is truncated or damaged, get it again";
/// Longest accepted header, in bytes. Headers of numeric arrays have a few dozen.
const LONGEST_HEADER: usize = 10_000;
/// Most axes of a tensor.
const MOST_AXES: usize = 8;

macro_rules! elements {
    ($($Element:ident: $letter:literal $bytes:literal $number:ty),* $(,)?) => {
        /// Type of an element.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Element { $($Element),* }

        impl Element {
            const ALL: &[Element] = &[$(Element::$Element),*];

            /// NumPy's name, without the byte order.
            fn name(self) -> &'static str {
                match self { $(Element::$Element => concat!($letter, $bytes)),* }
            }

            fn size(self) -> usize {
                match self { $(Element::$Element => $bytes),* }
            }

            fn is_whole(self) -> bool {
                match self { $(Element::$Element => $letter != "f"),* }
            }

            /// The number in these little-endian bytes.
            fn number(self, bytes: &[u8]) -> f64 {
                match self { $(
                    Element::$Element => bytes
                        .first_chunk()
                        .map_or(f64::NAN, |&bytes| <$number>::from_le_bytes(bytes) as f64)
                ),* }
            }

            /// The integer in these little-endian bytes.
            fn whole(self, bytes: &[u8]) -> i128 {
                match self { $(
                    Element::$Element => bytes
                        .first_chunk()
                        .map_or(-1, |&bytes| <$number>::from_le_bytes(bytes) as i128)
                ),* }
            }
        }
    };
}

elements! {
    F32: "f" 4 f32,
    F64: "f" 8 f64,
    I8: "i" 1 i8,
    I16: "i" 2 i16,
    I32: "i" 4 i32,
    I64: "i" 8 i64,
    U8: "u" 1 u8,
    U16: "u" 2 u16,
    U32: "u" 4 u32,
    U64: "u" 8 u64,
    Bool: "b" 1 u8,
}

/// An array of numbers, as it is stored in a file.
#[derive(Clone, PartialEq)]
pub struct Npy {
    /// For messages.
    path: PathBuf,
    element: Element,
    shape: Vec<usize>,
    /// The elements, last axis fastest, little-endian.
    bytes: Vec<u8>,
}

/// Reads a `.npy` file.
///
/// # Errors
///
/// If the file cannot be read, is not a `.npy` file, has elements that are not numbers, or is
/// longer or shorter than its header says.
pub fn read(path: impl AsRef<Path>) -> Result<Npy> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    parse(path, BufReader::new(file))
}

/// Reads the content of a `.npy` file from memory or a stream, such as a `&[u8]`; errors call it
/// `name`.
///
/// # Errors
///
/// As [`read`].
pub fn parse(name: impl AsRef<Path>, mut content: impl Read) -> Result<Npy> {
    let path = name.as_ref();
    let mut up_to = |count: usize| -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = (&mut content).take(count as u64).read_to_end(&mut bytes);
        read.map_err(|error| failed(path, error))?;
        Ok(bytes)
    };
    let begin = up_to(8)?;
    if begin.len() < 8 || !begin.starts_with(MAGIC) {
        let found = quoted(&String::from_utf8_lossy(&begin));
        return Err(Error::file(
            path,
            "first bytes",
            found,
            "`\\u{93}NUMPY`",
            "this is not a `.npy` file",
        ));
    }
    let width = if begin[6] == 1 { 2 } else { 4 };
    let mut length = up_to(width)?;
    length.resize(4, 0);
    let length = length.first_chunk().map_or(0, |&bytes| u32::from_le_bytes(bytes) as usize);
    if !(1..=3).contains(&begin[6]) || length > LONGEST_HEADER {
        let found = format!("version {} with a header of {length} bytes", begin[6]);
        let expected = format!("version 1, 2 or 3 with at most {LONGEST_HEADER}");
        return Err(Error::file(path, "header", found, expected, AGAIN));
    }
    let text = up_to(length)?;
    let is_whole = text.len() == length;
    let text = String::from_utf8_lossy(&text);
    let Some(header) = header::parse(&text).filter(|_| is_whole) else {
        return Err(Error::file(
            path,
            "header",
            quoted(text.trim_end()),
            "`{'descr': …, 'fortran_order': …, 'shape': …}`",
            AGAIN,
        ));
    };
    let (element, is_big) = element(path, &header.descr)?;
    if header.shape.len() > MOST_AXES {
        let found = format!("{} axes", header.shape.len());
        let expected = format!("at most {MOST_AXES}");
        return Err(Error::file(
            path,
            "shape",
            found,
            expected,
            "`reshape` the array before it is saved",
        ));
    }
    let sizes = || format!("shape {:?}", header.shape);
    let size = |product: usize, &length: &usize| product.checked_mul(length);
    let Some(size) = header.shape.iter().try_fold(element.size(), size) else {
        return Err(Error::file(path, "bytes", "a number that overflows", sizes(), AGAIN));
    };
    let mut bytes = up_to(size)?;
    if bytes.len() < size || !up_to(1)?.is_empty() {
        let found =
            if bytes.len() < size { bytes.len().to_string() } else { format!("more than {size}") };
        return Err(Error::file(path, "bytes", found, format!("{size}, for {}", sizes()), AGAIN));
    }
    if is_big {
        bytes.chunks_exact_mut(element.size()).for_each(<[u8]>::reverse);
    }
    if header.is_fortran {
        bytes = last_axis_fastest(&bytes, &header, element.size());
    }
    Ok(Npy { path: path.to_path_buf(), element, shape: header.shape, bytes })
}

/// Reorders elements from first axis fastest to last axis fastest.
fn last_axis_fastest(bytes: &[u8], header: &Header, size: usize) -> Vec<u8> {
    let shape = &header.shape;
    let mut strides = vec![size; shape.len()];
    (1..shape.len())
        .for_each(|axis| strides[axis] = strides[axis - 1].wrapping_mul(shape[axis - 1]));
    let mut index = vec![0; shape.len()];
    let mut ordered = Vec::with_capacity(bytes.len());
    for _ in 0..bytes.len() / size {
        let place: usize = index.iter().zip(&strides).map(|(index, stride)| index * stride).sum();
        ordered.extend_from_slice(&bytes[place..place + size]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            if index[axis] < shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    ordered
}

/// Parses a type such as `<f4`: the element, and whether it is big-endian.
fn element(path: &Path, descr: &str) -> Result<(Element, bool)> {
    let (order, name) = descr.split_at_checked(1).unwrap_or_default();
    let is_big = order == ">";
    let known = Element::ALL.iter().find(|element| element.name() == name);
    match known.filter(|element| "<>".contains(order) || (order == "|" && element.size() == 1)) {
        Some(&element) => Ok((element, is_big)),
        None => Err(Error::file(
            path,
            "element type",
            quoted(descr),
            "`f4`, `f8`, `b1`, or `i` and `u` with 1, 2, 4 or 8 bytes",
            "save numbers, for example `numpy.save(path, array.astype(\"float32\"))`",
        )),
    }
}

/// The error for a failed read. In an archive the content may be invalid, not the disk.
fn failed(path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::InvalidData
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::Other => {
            Error::file(path, "content", error.to_string(), "valid content", AGAIN)
        }
        _ => Error::io("read", path, error),
    }
}

impl Npy {
    /// The shape: the length of each axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The element type in NumPy's notation: `f4`, `i8`, `u1`, ….
    pub fn kind(&self) -> &'static str {
        self.element.name()
    }

    /// The elements as floats, rounded where `T` has fewer digits.
    fn numbers<T: Float>(&self) -> impl Iterator<Item = T> {
        let elements = self.bytes.chunks_exact(self.element.size());
        elements.map(|bytes| T::of(self.element.number(bytes)))
    }

    /// The array as a tensor of the same shape. Elements that `T` cannot hold exactly are rounded.
    ///
    /// # Errors
    ///
    /// If a tensor cannot have this shape.
    pub fn tensor<T: Float>(&self) -> Result<Tensor<T>> {
        Ok(Tensor::from_vec(self.numbers().collect(), &self.shape[..])?)
    }

    /// The array as rows of `N` numbers, one row per index of the first axis.
    ///
    /// # Errors
    ///
    /// If the other axes do not have `N` elements.
    pub fn rows<T: Float, const N: usize>(&self) -> Result<Vec<[T; N]>> {
        let count = self.count(N)?;
        let mut rows = <[T; N] as Row<T>>::zeroed_rows(count);
        rows.as_flattened_mut().iter_mut().zip(self.numbers()).for_each(|(to, from)| *to = from);
        Ok(rows)
    }

    /// The array as rows of `N` bytes, one row per index of the first axis: images for
    /// [`Dataset::pixels`](crate::data::Dataset::pixels).
    ///
    /// # Errors
    ///
    /// If the elements are not bytes, or the other axes do not have `N` elements.
    pub fn byte_rows<const N: usize>(&self) -> Result<Vec<[u8; N]>> {
        if self.element != Element::U8 {
            return Err(self.wrong(
                "element type",
                "`u1`",
                "save images as bytes: `images.astype(\"uint8\")`",
            ));
        }
        self.count(N)?;
        Ok(self.bytes.as_chunks().0.to_vec())
    }

    /// The integers, one per row, as classes.
    ///
    /// # Errors
    ///
    /// If the elements are not integers, a row has more than one, or one is not a class.
    pub fn classes<const C: usize>(&self) -> Result<Vec<Class<C>>> {
        if !self.element.is_whole() {
            return Err(self.wrong(
                "element type",
                "integers",
                "save classes as numbers from 0: `labels.astype(\"int64\")`",
            ));
        }
        self.count(1)?;
        let elements = self.bytes.chunks_exact(self.element.size());
        let labels: Vec<i128> = elements.map(|bytes| self.element.whole(bytes)).collect();
        Class::from_labels(&labels).map_err(|error| error.of(&self.path.display().to_string()))
    }

    /// The number of rows, if each has `width` elements.
    fn count(&self, width: usize) -> Result<usize> {
        let product = |product: usize, &length: &usize| product.checked_mul(length);
        let found = self.shape.iter().skip(1).try_fold(1_usize, product);
        match self.shape.first() {
            Some(&rows) if found == Some(width) && width > 0 => Ok(rows),
            _ => Err(Error::file(
                &self.path,
                "shape",
                format!("{:?}", self.shape),
                format!("[rows, …] with {width} elements per row"),
                "declare as many numbers per row as the array has, or reshape it",
            )),
        }
    }

    fn wrong(&self, field: &str, expected: &str, advice: &str) -> Error {
        Error::file(&self.path, field, quoted(self.kind()), expected, advice)
    }
}

/// Prints shape and kind, not the numbers.
impl fmt::Debug for Npy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Npy")
            .field("shape", &self.shape)
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(super) fn examples() -> super::checks::Examples {
    let file = |header: &str, bytes: &[u8]| {
        let length = (header.len() as u16).to_le_bytes();
        [MAGIC, &[1, 0], &length, header.as_bytes(), bytes].concat()
    };
    let header = |descr: &str, shape: &str| {
        format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n")
    };
    let bytes = [1, 0, 2, 0, 255, 255];
    let sound = file(&header("<i2", "(3,)"), &bytes);
    super::checks::Examples {
        parse: |content| {
            let array = parse("array", content)?;
            Ok(format!("{:?} {:?}", array.shape, array.numbers::<f64>().collect::<Vec<_>>()))
        },
        read: |path| read_npz(path).and_then(|_| super::npy::read(path)).map(|_| ()),
        magic: Some(MAGIC),
        sound: vec![
            (sound.clone(), "[3] [1.0, 2.0, -1.0]"),
            (file(&header(">i2", "(3, 1)"), &bytes), "[3, 1] [256.0, 512.0, -1.0]"),
            (
                file("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", &bytes),
                "[2, 3] [1.0, 2.0, 255.0, 0.0, 0.0, 255.0]",
            ),
        ],
        damaged: vec![
            (b"PK\x03\x04 a zip file".to_vec(), "this is not a `.npy` file"),
            (file(&header("<i2", "(4,)"), &bytes), "bytes: found 6, expected 8, for shape [4]"),
            (file(&header("<i2", "(2,)"), &bytes), "bytes: found more than 4, expected 4"),
            (file(&header("|O", "(3,)"), &bytes), "element type: found `|O`"),
            (file(&header("<i2", "3"), &bytes), "header: found"),
            (file(&header("<f8", "(9999999999, 9999999999)"), &bytes), "a number that overflows"),
        ],
        says_its_length: true,
    }
}
