//! A file that grows by whole records, and can be truncated to the length at a checkpoint.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A file of records.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    name: String,
    /// `None` after a record could not be written.
    file: Option<File>,
    length: u64,
    /// Length at the checkpoint that the training resumes from.
    kept: Option<u64>,
    note: Option<String>,
}

impl LogFile {
    /// Opens the file at `path`; directories are created if necessary. Existing content remains
    /// until [`LogFile::begin`].
    pub(super) fn open(path: &Path) -> Result<Self> {
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent)
                .map_err(|error| Error::io("create the directory", parent, error))?;
        }
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| Error::io("open", path, error))?;
        let (path, name) = (path.to_owned(), path.display().to_string());
        Ok(LogFile { path, name, file: Some(file), length: 0, kept: None, note: None })
    }

    /// The file's name in checkpoints.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Number of bytes written.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Reads the length to truncate to from a checkpoint's state.
    pub(super) fn restore(&mut self, state: &str) -> Result<()> {
        let length = state.parse().map_err(|_| {
            let what = format!("length of the log {}", self.name);
            Error::value(what, state, "a number of bytes", "the checkpoint is damaged, remove it")
        })?;
        self.kept = Some(length);
        Ok(())
    }

    /// Truncates the file to its length at the checkpoint, or to zero.
    pub(super) fn begin(&mut self) {
        let kept = self.kept.take().unwrap_or(0);
        let cut = |file: &mut File| -> io::Result<u64> {
            if !file.metadata()?.is_file() {
                return Ok(0); // a terminal, a pipe
            }
            let kept = if file.metadata()?.len() < kept { 0 } else { kept };
            file.set_len(kept)?;
            file.seek(SeekFrom::End(0))
        };
        let Some(file) = &mut self.file else { return };
        match cut(file) {
            Ok(length) => self.length = length,
            Err(error) => return self.lost(&error),
        }
        if self.length < kept {
            self.note = Some(format!(
                "{}: shorter than the {kept} bytes that it had at the checkpoint, so it starts \
                 empty",
                self.path.display()
            ));
        }
    }

    /// Appends a record, which may be empty.
    pub(super) fn write(&mut self, record: &[u8]) {
        let Some(file) = &mut self.file else { return };
        match file.write_all(record) {
            Ok(()) => self.length += record.len() as u64,
            Err(error) => self.lost(&error),
        }
    }

    fn lost(&mut self, error: &io::Error) {
        self.file = None;
        self.note = Some(format!(
            "{}: no further record can be written ({error}), training continues",
            self.path.display()
        ));
    }

    /// The note to show, if there is one.
    pub(super) fn note(&mut self) -> Option<String> {
        self.note.take()
    }
}
