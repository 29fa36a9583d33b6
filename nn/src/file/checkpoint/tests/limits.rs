//! Limits for damaged files: they cannot disable a check, or take memory and time that the network
//! does not need.

use std::fs;

use super::super::{LoadOptions, load_bytes};
use super::{ARCHITECTURE, BIAS, Directory, WEIGHT, expected, load, message, saved, with_header};

#[test]
fn a_damaged_key_does_not_switch_the_check_of_the_architecture_off() {
    let directory = Directory::new();
    let bytes = saved(&directory);
    let at = bytes.windows(14).position(|text| text == b"\"architecture\"").unwrap();
    for place in at + 1..at + 13 {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << bit;
            let text = message(&directory, &damaged);
            assert!(
                text.starts_with("architecture: found none") || text.starts_with("header: "),
                "{text}"
            );
        }
    }
    // The same key, written in another way.
    let header = r#"{"__metadata__":{"\u0061rchitecture":"another"}}"#;
    let text = message(&directory, &with_header(header, &[]));
    assert!(text.starts_with("architecture: found `another`"), "{text}");
}

/// Endless zeros, and the number of bytes read.
struct Endless(std::rc::Rc<std::cell::Cell<usize>>, Vec<u8>);

impl std::io::Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let from = self.0.get();
        for (place, byte) in buffer.iter_mut().enumerate() {
            *byte = self.1.get(from + place).copied().unwrap_or(0);
        }
        self.0.set(from + buffer.len());
        Ok(buffer.len())
    }
}

#[test]
fn no_more_is_read_than_the_network_needs() {
    let directory = Directory::new();
    let bytes = saved(&directory);
    let endless = |start: &[u8]| {
        let taken = std::rc::Rc::new(std::cell::Cell::new(0));
        let reader = Endless(taken.clone(), start.to_vec());
        let loaded = load_bytes::<f32>(reader, None, ARCHITECTURE, &expected(), LoadOptions::new());
        (loaded.err().expect("too much").to_string(), taken.get())
    };
    let (text, taken) = endless(&[]);
    assert!(text.contains("header: found `invalid JSON`") && taken == 8, "{text} {taken}");
    let (text, taken) = endless(&(16_u64 << 30).to_le_bytes());
    assert!(
        text.contains("found 17179869184, expected at most 16777216; if") && taken == 8,
        "{text}"
    );
    let (text, taken) = endless(&bytes);
    assert!(text.contains("elements: found more than 36 bytes, expected 36"), "{text}");
    assert_eq!(taken, bytes.len() + 1);
    // A pipe with exactly the file, and one that ends early.
    let pipe = |bytes: &[u8]| {
        let options = LoadOptions::new();
        load_bytes::<f32>(bytes, None, ARCHITECTURE, &expected(), options).map(|it| it.tensors)
    };
    assert_eq!(pipe(&bytes).unwrap(), [WEIGHT.to_vec(), BIAS.to_vec()]);
    let text = pipe(&bytes[..bytes.len() - 1]).unwrap_err().to_string();
    assert!(text.contains("elements: found 35 bytes, expected 36"), "{text}");

    // A sparse file: large, but without blocks on the disk.
    saved(&directory);
    let sparse = fs::OpenOptions::new().write(true).open(directory.file()).unwrap();
    sparse.set_len(1 << 36).unwrap();
    let error = load::<f32>(&directory.file(), ARCHITECTURE, &expected()).unwrap_err().to_string();
    assert!(error.contains("elements: found 687194"), "{error}");
    // The header describes one tensor of the whole file, which no network has.
    let end = (1_u64 << 36) - 1024;
    let header =
        format!(r#"{{"hidden.weight":{{"dtype":"U8","shape":[{end}],"data_offsets":[0,{end}]}}}}"#);
    fs::write(directory.file(), with_header(&header, &[])).unwrap();
    let sparse = fs::OpenOptions::new().write(true).open(directory.file()).unwrap();
    sparse.set_len(8 + header.len() as u64 + end).unwrap();
    let error = load::<f32>(&directory.file(), ARCHITECTURE, &expected()).unwrap_err().to_string();
    assert!(error.contains("tensor `hidden.bias`: found no such tensor"), "{error}");
    #[cfg(unix)]
    {
        let zeros = load::<f32>("/dev/zero".as_ref(), ARCHITECTURE, &expected()).unwrap_err();
        assert!(zeros.to_string().contains("header: found `invalid JSON`"), "{zeros}");
    }
}
