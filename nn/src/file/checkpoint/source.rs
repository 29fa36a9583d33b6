//! The bytes of a checkpoint. No more is read than the announced lengths.

use std::io::{self, Read};
use std::path::Path;

use crate::error::{Error, Result};
use crate::file::safetensors::MOST_HEADER;

pub(super) const DAMAGED: &str =
    "the file is truncated or damaged or not in the safetensors format, get it or save it again";

/// A file, a pipe or a device, after its header.
pub(super) struct Source<'a, R> {
    path: &'a Path,
    reader: R,
    /// Number of bytes after the header, if the system knows it.
    pub(super) data: Option<usize>,
}

impl<'a> Source<'a, std::fs::File> {
    /// Opens the file at `path` and reads its header.
    pub(super) fn open(path: &'a Path) -> Result<(Self, Vec<u8>)> {
        let fail = |error| Error::io("read", path, error);
        let file = std::fs::File::open(path).map_err(fail)?;
        let metadata = file.metadata().map_err(fail)?;
        // Files that the system generates while they are read have length 0.
        let length = (metadata.is_file() && metadata.len() > 0).then_some(metadata.len());
        Self::of(path, file, length)
    }
}

impl<'a, R: Read> Source<'a, R> {
    /// The content of `reader`, which has `length` bytes if that is known.
    pub(super) fn of(
        path: &'a Path,
        mut reader: R,
        length: Option<u64>,
    ) -> Result<(Self, Vec<u8>)> {
        let wrong = |field: &str, found: String, expected: String, advice: &str| {
            Err(Error::file(path, field, found, expected, advice))
        };
        let fail = |error| Error::io("read", path, error);
        let first = read(&mut reader, 8).map_err(fail)?;
        let Ok(first) = <[u8; 8]>::try_from(&first[..]) else {
            let found = format!("{} bytes", first.len());
            return wrong("length of the file", found, "8 or more".into(), DAMAGED);
        };
        if first.starts_with(b"PK\x03\x04") {
            return wrong(
                "first bytes of the file",
                "those of a zip archive".into(),
                "a file in the safetensors format".into(),
                "if `torch.save` wrote it, write it with \
                 `safetensors.torch.save_file(model.state_dict(), path)`",
            );
        }
        let announced = u64::from_le_bytes(first);
        const FIELD: &str = "length of the header in the first 8 bytes";
        let too_long = |rest: u64| {
            let expected = format!("at most {rest}, the number of bytes that follow");
            wrong(FIELD, announced.to_string(), expected, DAMAGED)
        };
        if let Some(length) = length
            && announced > length.saturating_sub(8)
        {
            return too_long(length.saturating_sub(8));
        }
        if announced > MOST_HEADER as u64 {
            return wrong(
                FIELD,
                announced.to_string(),
                format!("at most {MOST_HEADER}"),
                "if the file is valid, write it with less metadata; if not, get it or save it \
                 again",
            );
        }
        let header = read(&mut reader, announced as usize).map_err(fail)?;
        if (header.len() as u64) < announced {
            return too_long(header.len() as u64);
        }
        // The header cannot describe a length beyond the address space.
        let data = length.map(|all| usize::try_from(all - 8 - announced).unwrap_or(usize::MAX));
        Ok((Self { path, reader, data }, header))
    }

    /// Reads the `expected` bytes after the header. No more may follow.
    pub(super) fn elements(mut self, expected: usize) -> Result<Vec<u8>> {
        let bytes = read(&mut self.reader, expected.saturating_add(1))
            .map_err(|error| Error::io("read", self.path, error))?;
        if bytes.len() == expected {
            return Ok(bytes);
        }
        let found = match bytes.len() > expected {
            true => format!("more than {expected} bytes"),
            false => format!("{} bytes", bytes.len()),
        };
        let expected = format!("{expected}, as the header says");
        Err(Error::file(self.path, "elements", found, expected, DAMAGED))
    }
}

/// Reads up to `most` bytes, fewer only at the end. Memory grows with the bytes read, not with the
/// announced length.
fn read(reader: &mut impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.by_ref().take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
