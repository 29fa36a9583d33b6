//! Reads several arrays from a zip archive (`.npz`).

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::super::idx::MOST_INFLATED;
use super::{AGAIN, Npy, failed, parse};
use crate::error::{Error, Result, quoted};

/// Reads all arrays of a `.npz` file with their names, in the order of the file.
///
/// Memory is bounded by the size of the file, regardless of what its headers announce: an array is
/// at most as large as its compressed bytes can expand to, and no byte belongs to two arrays.
///
/// # Errors
///
/// If the file cannot be read, is not a `.npz` file, or has an array that [`read`](super::read)
/// refuses.
pub fn read_npz(path: impl AsRef<Path>) -> Result<Vec<(String, Npy)>> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    let length = file.metadata().map_err(|error| Error::io("read", path, error))?.len();
    let zip = |error: ZipError| match error {
        ZipError::Io(error) => failed(path, error),
        error => Error::file(path, "zip archive", error.to_string(), "a valid archive", AGAIN),
    };
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(zip)?;
    let (mut arrays, mut taken) = (Vec::new(), 0_u64);
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(zip)?;
        let name = entry.name().map_err(zip)?.into_owned();
        let (packed, size) = (entry.compressed_size(), entry.size());
        taken = taken.saturating_add(packed);
        if taken > length {
            let found = format!("{taken} up to array {}", quoted(&name));
            let expected = format!("at most {length}, the bytes of the file");
            return Err(Error::file(path, "bytes of the arrays", found, expected, AGAIN));
        }
        let most = packed.saturating_mul(MOST_INFLATED);
        if size > most {
            let what = format!("bytes of array {}", quoted(&name));
            let expected =
                format!("at most {most}, the most that {packed} compressed bytes expand to");
            return Err(Error::file(path, what, size.to_string(), expected, AGAIN));
        }
        // One byte more, so that the end is reached, where the archive checks its checksum.
        let array = parse(path.join(&name), entry.take(size.saturating_add(1)))?;
        arrays.push((name.strip_suffix(".npy").unwrap_or(&name).to_string(), array));
    }
    Ok(arrays)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Cursor, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// An archive with this array of bytes.
    fn archive(values: &[u8]) -> Vec<u8> {
        let mut header =
            format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({},), }}\n", values.len());
        while !(header.len() + 10).is_multiple_of(64) {
            header.insert(header.len() - 1, ' ');
        }
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("a.npy", SimpleFileOptions::default()).unwrap();
        zip.write_all(&[super::super::MAGIC, &[1, 0]].concat()).unwrap();
        zip.write_all(&(header.len() as u16).to_le_bytes()).unwrap();
        zip.write_all(header.as_bytes()).unwrap();
        zip.write_all(values).unwrap();
        zip.finish().unwrap().into_inner()
    }

    fn read(bytes: &[u8], name: &str) -> std::result::Result<Vec<(String, Npy)>, String> {
        let path = std::env::temp_dir().join(format!("nn-{}-{name}.npz", std::process::id()));
        fs::write(&path, bytes).unwrap();
        let read = read_npz(&path).map_err(|error| error.to_string());
        let _ = fs::remove_file(path);
        read
    }

    /// The position of the first record of the directory.
    fn directory(bytes: &[u8]) -> usize {
        bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap()
    }

    #[test]
    fn what_deflate_makes_most_of_is_read() {
        for count in [0, 1, 1_000_000] {
            let arrays = read(&archive(&vec![0; count]), &format!("zeros{count}")).unwrap();
            assert_eq!((&arrays[0].0[..], arrays[0].1.shape()), ("a", &[count][..]));
        }
    }

    #[test]
    fn a_promise_beyond_what_the_bytes_can_become_is_refused_before_it_is_read() {
        let mut bytes = archive(&[7; 1000]);
        let at = directory(&bytes) + 24;
        bytes[at..at + 4].copy_from_slice(&4_000_000_000_u32.to_le_bytes());
        let error = read(&bytes, "promise").unwrap_err();
        assert!(
            error.contains("bytes of array `a.npy`: found 4000000000, expected at most"),
            "{error}"
        );
    }

    #[test]
    fn a_size_that_is_too_small_is_found() {
        let mut bytes = archive(&[7; 1000]);
        let at = directory(&bytes) + 24;
        bytes[at..at + 4].copy_from_slice(&500_u32.to_le_bytes());
        let error = read(&bytes, "small").unwrap_err();
        assert!(error.contains("larger than its declared uncompressed size"), "{error}");
    }

    #[test]
    fn bytes_that_two_arrays_have_are_refused() {
        let bytes = archive(&std::array::from_fn::<u8, 255, _>(|i| (i * i % 251) as u8));
        let (at, end) = (directory(&bytes), bytes.len() - 22);
        assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
        let record = &bytes[at..end];
        let mut twice = [&bytes[..at], record, record, record, &bytes[end..]].concat();
        // Three records: other names, their number, and the length of the directory.
        for copy in 1..3_usize {
            twice[at + copy * record.len() + 46] = b'a' + copy as u8;
        }
        let end = end + 2 * record.len();
        let length = 3 * record.len() as u32;
        twice[end + 8] = 3;
        twice[end + 10] = 3;
        twice[end + 12..end + 16].copy_from_slice(&length.to_le_bytes());
        let error = read(&twice, "twice").unwrap_err();
        assert!(error.contains("bytes of the arrays: found") || error.contains("zip"), "{error}");
    }
}
