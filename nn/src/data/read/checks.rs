//! Tests that every reader of the list must pass.

use std::path::Path;

use super::all_readers;
use crate::error::{Error, Result};

/// Examples of a reader for these tests.
pub(super) struct Examples {
    /// Reads the content of a file and returns it printed.
    pub(super) parse: fn(&[u8]) -> Result<String>,
    /// Reads the file at a path.
    pub(super) read: fn(&Path) -> Result<()>,
    /// The first bytes of every file of this format, if they are fixed.
    pub(super) magic: Option<&'static [u8]>,
    /// Valid files with their printed contents.
    pub(super) sound: Vec<(Vec<u8>, &'static str)>,
    /// Invalid files with a part of the error message.
    pub(super) damaged: Vec<(Vec<u8>, &'static str)>,
    /// Whether a file states its length, so that every prefix of it is an error.
    pub(super) says_its_length: bool,
}

#[test]
fn every_sound_file_is_read() {
    for (reader, _, examples) in all_readers() {
        assert!(!examples.sound.is_empty(), "{reader}: no sound file");
        for (content, expected) in examples.sound {
            let found = (examples.parse)(&content).unwrap_or_else(|e| panic!("{reader}: {e}"));
            assert_eq!(found, expected, "{reader}");
            let magic = examples.magic.unwrap_or_default();
            assert!(content.starts_with(magic), "{reader}: a file begins with {magic:?}");
        }
    }
}

#[test]
fn every_damaged_file_is_an_error_that_names_it() {
    for (reader, _, examples) in all_readers() {
        assert!(!examples.damaged.is_empty(), "{reader}: no damaged file");
        for (content, words) in examples.damaged {
            match (examples.parse)(&content) {
                Ok(found) => panic!("{reader}: {words:?} was expected, {found} read"),
                Err(error) => {
                    let error = error.to_string();
                    assert!(error.contains(words), "{reader}: {error} does not say {words:?}");
                }
            }
        }
    }
}

#[test]
fn no_part_of_a_file_panics() {
    for (reader, _, examples) in all_readers() {
        for (content, whole) in examples.sound {
            for length in 0..content.len() {
                let result = (examples.parse)(&content[..length]);
                assert!(
                    result.is_err() || !examples.says_its_length,
                    "{reader}: {length} bytes of {whole} are no error"
                );
            }
        }
    }
}

#[test]
fn no_changed_bit_panics() {
    for (_, _, examples) in all_readers() {
        for (content, _) in examples.sound {
            for place in 0..content.len() {
                for bit in 0..8 {
                    let mut changed = content.clone();
                    changed[place] ^= 1 << bit;
                    let _ = (examples.parse)(&changed);
                }
            }
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    for (reader, _, examples) in all_readers() {
        let path = Path::new("no/such/file");
        match (examples.read)(path) {
            Err(Error::Io { path: named, .. }) => assert_eq!(named, path, "{reader}"),
            other => panic!("{reader}: {other:?}"),
        }
    }
}

/// The extension of a file determines its reader.
#[test]
fn no_two_readers_have_the_same_names() {
    let readers = all_readers();
    for (at, (reader, extensions, _)) in readers.iter().enumerate() {
        assert!(!extensions.is_empty(), "{reader}: no file has its name");
        for (other, others, _) in &readers[..at] {
            let shared = extensions.iter().find(|extension| others.contains(extension));
            assert_eq!(shared, None, "{reader} and {other}");
        }
    }
}
