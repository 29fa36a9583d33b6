//! Curves for TensorBoard.
//!
//! An event file is a sequence of records (TFRecord): the length as a `u64`, its check sum, an
//! `Event` of TensorBoard's `event.proto`, and its check sum. Of the messages, only the fields for
//! single numbers are written.

use std::path::Path;

use super::file::LogFile;
use super::{numbers, observer};
use crate::error::Result;
use crate::train::{Event, Model};

/// Writes the curves of a training for TensorBoard: `tensorboard --logdir DIRECTORY`. The
/// horizontal axis is the number of steps. To compare trainings, give each its own subdirectory of
/// one directory.
#[derive(Debug)]
pub struct TensorBoard {
    file: LogFile,
    steps: Option<u64>,
    /// Number of the last step.
    step: u64,
    clock: fn() -> f64,
}

impl TensorBoard {
    /// Writes to a file in this directory, which is created if necessary.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened.
    pub fn create(directory: impl AsRef<Path>) -> Result<Self> {
        // TensorBoard recognizes its files by this name.
        let file = LogFile::open(&directory.as_ref().join("events.out.tfevents.0.nn"))?;
        Ok(TensorBoard { file, steps: None, step: 0, clock: now })
    }

    /// Also writes the loss and the factor on the learning rate of every step whose number is a
    /// multiple of `every`.
    ///
    /// # Panics
    ///
    /// If `every` is 0.
    #[must_use]
    #[track_caller]
    pub fn steps(self, every: u64) -> Self {
        assert!(every > 0, "steps of a log: found 0, expected at least 1, which is every step");
        TensorBoard { steps: Some(every), ..self }
    }

    fn record<M: Model>(&mut self, event: &Event<'_, M>) -> Vec<u8> {
        let mut records = Vec::new();
        let time = (self.clock)();
        if let Event::Begin { .. } = event
            && self.file.length() == 0
        {
            let mut version = Vec::new();
            bytes(&mut version, 3, b"brain.Event:2");
            record(&mut records, &message(time, 0, &version));
        }
        let mut add = |step, tag: &str, number: f64| {
            let (mut summary, mut value) = (Vec::new(), Vec::new());
            bytes(&mut value, 1, tag.as_bytes());
            value.push(2 << 3 | FIXED32);
            value.extend((number as f32).to_le_bytes());
            bytes(&mut summary, 1, &value);
            let mut content = Vec::new();
            bytes(&mut content, 5, &summary);
            record(&mut records, &message(time, step, &content));
        };
        match *event {
            Event::Step { number, loss, rate, .. } => {
                self.step = number;
                if self.steps.is_some_and(|every| number.is_multiple_of(every)) {
                    add(number, "step/loss", loss);
                    add(number, "step/rate", rate);
                }
            }
            Event::Epoch { epoch, .. } => {
                for (name, number) in numbers(epoch) {
                    if let Some(number) = number {
                        add(self.step, &format!("epoch/{name}"), number);
                    }
                }
            }
            _ => {}
        }
        records
    }
}

observer!(TensorBoard);

/// Seconds since 1970; 0 without a clock.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn now() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0.0, |time| time.as_secs_f64())
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn now() -> f64 {
    0.0
}

// Wire types of Protocol Buffers.
const VARINT: u8 = 0;
const FIXED64: u8 = 1;
const LENGTH: u8 = 2;
const FIXED32: u8 = 5;

/// An `Event` with this `content`, its time and its step.
fn message(time: f64, step: u64, content: &[u8]) -> Vec<u8> {
    let mut event = vec![1 << 3 | FIXED64];
    event.extend(time.to_le_bytes());
    event.push(2 << 3 | VARINT);
    varint(&mut event, step);
    event.extend(content);
    event
}

fn bytes(message: &mut Vec<u8>, field: u8, content: &[u8]) {
    message.push(field << 3 | LENGTH);
    varint(message, content.len() as u64);
    message.extend(content);
}

/// Seven bits per byte, lowest first; the highest bit says that more follow.
fn varint(message: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        message.push(number as u8 | 0x80);
        number >>= 7;
    }
    message.push(number as u8);
}

fn record(records: &mut Vec<u8>, content: &[u8]) {
    let length = (content.len() as u64).to_le_bytes();
    records.extend(length);
    records.extend(masked_crc32c(&length).to_le_bytes());
    records.extend(content);
    records.extend(masked_crc32c(content).to_le_bytes());
}

/// The checksum of TFRecord: CRC-32C (Castagnoli), rotated and shifted by a constant, so that
/// checksums can be computed over content that contains checksums.
fn masked_crc32c(content: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for &byte in content {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 };
        }
    }
    (!crc).rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::metric::Metrics;
    use crate::train::{Epoch, Observer};

    type Line = crate::Sequential<
        crate::layer::Dense<1, 1, tensor::activation::Identity>,
        crate::head::Linear<1>,
        1,
        1,
    >;

    /// Bytes that TensorBoard itself has read: see `tests/tensorboard/check.py`.
    #[test]
    fn the_bytes_are_those_that_tensorboard_has_read() {
        let directory = std::env::temp_dir().join(format!("nn-tensorboard-{}", std::process::id()));
        let mut log = TensorBoard::create(&directory).unwrap().steps(2);
        log.clock = || 1_700_000_000.25;
        let model = &Line::init(1);
        let _ = log.observe(&Event::Begin {
            model,
            epochs: 2,
            rows: 9,
            steps: 300,
            done: 0,
            done_rows: 0,
        });
        for number in 1..=300 {
            let (loss, rate) = (1.0 / number as f64, 0.5);
            let _ = log.observe(&Event::Step {
                model,
                number,
                epoch: 1,
                rows: 3,
                batch: &[0, 1, 2],
                loss,
                rate,
            });
            if number % 150 == 0 {
                let epoch = &Epoch {
                    loss: 0.5,
                    validation: Some(Metrics { loss: 0.25, accuracy: Some(0.75) }),
                    measured: vec![("F1".into(), Some(0.125)), ("ohne ß".into(), None)],
                    seconds: 2.0,
                };
                let number = number as usize / 150;
                let _ = log.observe(&Event::Epoch { model, number, epoch, is_best: false });
            }
        }
        let written = std::fs::read(directory.join("events.out.tfevents.0.nn")).unwrap();
        std::fs::remove_dir_all(&directory).unwrap();
        let fixture =
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tensorboard/events.out.tfevents.0.nn");
        if std::env::var_os("UPDATE_TENSORBOARD").is_some() {
            std::fs::write(fixture, &written).unwrap();
        }
        assert!(
            written == std::fs::read(fixture).unwrap(),
            "other bytes: let TensorBoard read them"
        );
    }

    #[test]
    fn check_sums_are_those_of_the_standard() {
        // RFC 3720, appendix B.4: 32 zeros have the sum 8a9136aa.
        let unmasked = masked_crc32c(&[0; 32]).wrapping_sub(0xa282_ead8).rotate_left(15);
        assert_eq!(unmasked, 0x8a91_36aa);
    }
}
