//! Reads the IDX format of MNIST and its descendants, plain or compressed with gzip.
//!
//! A file has two zero bytes, one byte for the element type and one for the number of dimensions;
//! then each dimension in four bytes, most significant byte first; then the elements, last
//! dimension fastest. This reader accepts elements of type `u8`, the type of images and labels.
//!
//! Headers are not trusted: memory grows with the bytes that are present, never with those that
//! are announced.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::error::{Error, Result};

const GZIP: [u8; 2] = [0x1F, 0x8B];
const U8: u8 = 0x08;
/// Largest expansion of gzip: a code of two bits copies at most 258 bytes (RFC 1951).
pub(super) const MOST_INFLATED: u64 = 1032;
/// Bytes that may be inflated only to give a better message.
const SHORT: u64 = 1 << 20;

const GET_AGAIN: &str = "the file is truncated or damaged, get it again";

/// File name extensions, before an optional `.gz`. MNIST uses `-idx3-ubyte`.
pub const EXTENSIONS: &[&str] = &["idx", "idx1-ubyte", "idx3-ubyte"];

/// The content of an IDX file with `D` dimensions: `D` is 3 for images and 1 for labels.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Idx<const D: usize> {
    /// The length of each dimension: `[images, rows, columns]` or `[labels]`.
    pub dimensions: [usize; D],
    /// The elements, last dimension fastest. Their number is the product of the dimensions.
    pub bytes: Vec<u8>,
}

/// Reads an IDX file. Compression is recognized by the first bytes, not by the name.
///
/// # Errors
///
/// If the file cannot be read, is not an IDX file, has elements other than `u8`, has a number of
/// dimensions other than `D`, or is longer or shorter than its dimensions say.
///
/// ```no_run
/// let images = nn::data::idx::read::<3>("train-images-idx3-ubyte.gz")?;
/// let [count, rows, columns] = images.dimensions;
/// # Ok::<(), nn::Error>(())
/// ```
pub fn read<const D: usize>(path: impl AsRef<Path>) -> Result<Idx<D>> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    let length = file.metadata().ok().filter(fs::Metadata::is_file).map(|data| data.len());
    Idx::from(&mut BufReader::new(file), path, length)
}

/// Reads the content of an IDX file from memory or a stream, such as a `&[u8]`; errors call it
/// `name`.
///
/// # Errors
///
/// As [`read`].
///
/// ```
/// let file: &[u8] = &[0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9];
/// let labels = nn::data::idx::parse::<1>("labels", file)?;
/// assert_eq!(labels.dimensions, [3]);
/// assert_eq!(labels.bytes, [7, 8, 9]);
/// # Ok::<(), nn::Error>(())
/// ```
pub fn parse<const D: usize>(name: impl AsRef<Path>, mut content: impl BufRead) -> Result<Idx<D>> {
    Idx::from(&mut content, name.as_ref(), None)
}

impl<const D: usize> Idx<D> {
    /// Parses content whose length may be known.
    fn from(content: &mut dyn BufRead, name: &Path, length: Option<u64>) -> Result<Self> {
        let (sizes, bytes) = parse_of(content, name, length, D)?;
        let mut dimensions = [0; D];
        dimensions.copy_from_slice(&sizes);
        Ok(Self { dimensions, bytes })
    }
}

/// The dimensions and elements of an IDX file with `count` dimensions. Compiled once for all
/// readers and counts.
fn parse_of(
    content: &mut dyn BufRead,
    name: &Path,
    length: Option<u64>,
    count: usize,
) -> Result<(Vec<usize>, Vec<u8>)> {
    let start = content.fill_buf().map_err(|error| Error::io("read", name, error))?;
    if start.starts_with(&GZIP) {
        // Gzip allows several members; the end of the first is not the end of the content.
        let most = length.map(|length| length.saturating_mul(MOST_INFLATED));
        let from = &mut MultiGzDecoder::new(content);
        Content { name, gzip: true, most, read: 0, from }.parse(count)
    } else {
        Content { name, gzip: false, most: None, read: 0, from: content }.parse(count)
    }
}

/// The bytes of the file after decompression.
struct Content<'a> {
    name: &'a Path,
    gzip: bool,
    /// The most bytes that a compressed file can contain, if known.
    most: Option<u64>,
    read: usize,
    from: &'a mut dyn Read,
}

impl Content<'_> {
    fn parse(&mut self, count: usize) -> Result<(Vec<usize>, Vec<u8>)> {
        self.check_magic(count)?;
        let dimensions = self.dimensions(count)?;
        let sizes = dimensions.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ");
        let Some(expected) =
            dimensions.iter().try_fold(1_usize, |product, &size| product.checked_mul(size))
        else {
            return Err(self.wrong(
                "dimensions",
                sizes,
                format!("a product that fits into {} bits", usize::BITS),
            ));
        };
        // Checked before reading: a damaged header may announce any length, and memory grows with
        // what the file inflates to. For a short file the message reports its contents instead.
        if let Some(most) = self.most.filter(|&most| most < expected as u64 && most > SHORT) {
            return Err(self.wrong(
                "elements",
                format!("a file that can hold {most} bytes at most"),
                format!("{expected} ({sizes})"),
            ));
        }
        let bytes = self.up_to(expected as u64)?;
        if bytes.len() < expected {
            return Err(self.wrong(
                "elements",
                format!("{} bytes", bytes.len()),
                format!("{expected} ({sizes})"),
            ));
        }
        // This also makes the decoder check gzip's checksum, which follows the last byte.
        if !self.up_to(1)?.is_empty() {
            return Err(self.wrong(
                "elements",
                format!("more than {expected} bytes"),
                format!("exactly {expected} ({sizes})"),
            ));
        }
        Ok((dimensions, bytes))
    }

    fn check_magic(&mut self, count: usize) -> Result<()> {
        let magic = self.up_to(4)?;
        let &[zero, zero_too, element, dimensions] = &magic[..] else {
            return Err(self.wrong(
                "first four bytes",
                format!("only {} bytes", magic.len()),
                format!("00 00 {U8:02x} {count:02x}"),
            ));
        };
        if (zero, zero_too) != (0, 0) {
            return Err(Error::file(
                self.name,
                "first two bytes",
                format!("{zero:02x} {zero_too:02x}"),
                "00 00",
                "this is not an IDX file",
            ));
        }
        if element != U8 {
            let name = match element {
                0x09 => "i8",
                0x0B => "i16",
                0x0C => "i32",
                0x0D => "f32",
                0x0E => "f64",
                _ => "unknown",
            };
            return Err(Error::file(
                self.name,
                "element type",
                format!("{element:02x} ({name})"),
                format!("{U8:02x} (u8)"),
                "convert the elements to unsigned bytes",
            ));
        }
        if usize::from(dimensions) != count {
            return Err(Error::file(
                self.name,
                "number of dimensions",
                dimensions.to_string(),
                count.to_string(),
                "images have 3 and labels have 1, so the files may be mixed up",
            ));
        }
        Ok(())
    }

    fn dimensions(&mut self, count: usize) -> Result<Vec<usize>> {
        let header = self.up_to(4 * count as u64)?;
        if header.len() < 4 * count {
            return Err(self.wrong(
                "dimensions",
                format!("{} bytes", header.len()),
                format!("{} (4 for each of {count})", 4 * count),
            ));
        }
        let sizes = header.as_chunks().0.iter();
        Ok(sizes.map(|&size| u32::from_be_bytes(size) as usize).collect())
    }

    /// The next `limit` bytes, or fewer at the end.
    fn up_to(&mut self, limit: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let result = (&mut self.from).take(limit).read_to_end(&mut bytes);
        self.read += bytes.len();
        match result {
            Ok(_) => Ok(bytes),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// The error for a failed read. Under gzip the content may be invalid, not the disk.
    fn failed(&self, error: io::Error) -> Error {
        let after = |what: &str| format!("{what} after {} bytes of content", self.read);
        let (found, expected) = match error.kind() {
            io::ErrorKind::UnexpectedEof if self.gzip => (after("its end"), "a complete one"),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput if self.gzip => {
                (format!("{} ({error})", after("an error")), "an undamaged one")
            }
            _ => return Error::io("read", self.name, error),
        };
        self.wrong("gzip stream", found, expected.to_string())
    }

    fn wrong(&self, field: &str, found: String, expected: String) -> Error {
        Error::file(self.name, field, found, expected, GET_AGAIN)
    }
}

/// Two images of 2 × 3 pixels.
#[cfg(test)]
const IMAGES: [u8; 28] = [
    0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 250, 251, 252, 253, 254, 255,
];

#[cfg(test)]
fn gzip(content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap_or_else(|error| panic!("{error}"));
    encoder.finish().unwrap_or_else(|error| panic!("{error}"))
}

#[cfg(test)]
pub(super) fn examples() -> super::checks::Examples {
    let read = "[2, 2, 3] [1, 2, 3, 4, 5, 6, 250, 251, 252, 253, 254, 255]";
    let changed = |place: usize, byte| {
        let mut content = IMAGES.to_vec();
        content[place] = byte;
        content
    };
    super::checks::Examples {
        parse: |content| {
            let images = parse::<3>("images", content)?;
            Ok(format!("{:?} {:?}", images.dimensions, images.bytes))
        },
        read: |path| super::idx::read::<3>(path).map(|_| ()),
        magic: None, // compressed files begin as gzip does
        sound: vec![(IMAGES.to_vec(), read), (gzip(&IMAGES), read)],
        damaged: vec![
            (changed(0, 1), "this is not an IDX file"),
            (changed(2, 0x0D), "0d (f32)"),
            (changed(3, 1), "number of dimensions"),
            (changed(7, 3), "12 bytes, expected 18"),
            ([&IMAGES[..], &[0]].concat(), "more than 12 bytes"),
            (gzip(&IMAGES)[..30].to_vec(), "gzip stream"),
        ],
        says_its_length: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plain_and_compressed_alike() {
        let two_members = [gzip(&IMAGES[..7]), gzip(&IMAGES[7..])].concat();
        for content in [&IMAGES[..], &gzip(&IMAGES), &two_members] {
            let images = parse::<3>("images", content).unwrap();
            assert_eq!(images.dimensions, [2, 2, 3]);
            assert_eq!(images.bytes, [1, 2, 3, 4, 5, 6, 250, 251, 252, 253, 254, 255]);
        }
    }

    #[test]
    fn a_header_is_not_believed() {
        // 4 GiB of labels are announced, two bytes are present.
        let content = [0, 0, 8, 1, 255, 255, 255, 255, 1, 2];
        assert!(parse::<1>("labels", &content[..]).is_err());
        assert!(parse::<1>("labels", &gzip(&content)[..]).is_err());
    }

    #[test]
    fn an_empty_set_is_a_valid_file() {
        let labels = parse::<1>("labels", &[0_u8, 0, 8, 1, 0, 0, 0, 0][..]).unwrap();
        assert_eq!(labels, Idx { dimensions: [0], bytes: vec![] });
    }
}
