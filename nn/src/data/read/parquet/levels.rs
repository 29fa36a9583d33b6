//! Small integers in runs: which values are present, and indices into a dictionary.
//!
//! The "RLE/bit-packing hybrid" of
//! <https://parquet.apache.org/docs/file-format/data-pages/encodings/>: a run is one repeated
//! value, or bit-packed groups of eight values.

use super::thrift::varint;

/// The first `count` numbers of `bits` bits each in `bytes`. `None` if there are fewer.
pub(super) fn numbers(mut bytes: &[u8], bits: u32, count: usize) -> Option<Vec<u32>> {
    if bits > 32 {
        return None;
    }
    let mut numbers = Vec::new();
    while numbers.len() < count {
        let header = varint(&mut bytes)?;
        let left = count - numbers.len();
        let length = usize::try_from(header >> 1).ok()?;
        if header & 1 == 0 {
            let mut number = [0; 4];
            let width = bits.div_ceil(8) as usize;
            number[..width].copy_from_slice(bytes.split_off(..width)?);
            let number = u32::from_le_bytes(number);
            if length == 0 || u64::from(number) >= 1 << bits {
                return None;
            }
            numbers.resize(numbers.len() + length.min(left), number);
        } else {
            let size = length.checked_mul(bits as usize)?;
            // The last group may be truncated after the last number.
            let packed = bytes.split_off(..size.min(bytes.len()))?;
            let there = if bits == 0 { left } else { packed.len() * 8 / bits as usize };
            let taken = left.min(length.checked_mul(8)?);
            if there < taken || length == 0 {
                return None;
            }
            numbers.extend((0..taken).map(|at| packed_number(packed, bits, at)));
        }
    }
    Some(numbers)
}

/// Number `at` among numbers of `bits` bits each, lowest bit first.
fn packed_number(packed: &[u8], bits: u32, at: usize) -> u32 {
    let first = at * bits as usize;
    let mut word = [0; 8];
    let from = &packed[(first / 8).min(packed.len())..];
    let length = from.len().min(8);
    word[..length].copy_from_slice(&from[..length]);
    let shifted = u64::from_le_bytes(word) >> (first % 8);
    (shifted & ((1 << bits) - 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_groups_by_hand() {
        // Four times 1, then 0 to 7 of three bits each: the example in the format's documentation.
        let bytes = [8, 1, 3, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        assert_eq!(numbers(&bytes, 3, 12).unwrap(), [1, 1, 1, 1, 0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(numbers(&bytes, 3, 6).unwrap(), [1, 1, 1, 1, 0, 1]);
        assert_eq!(numbers(&bytes[..4], 3, 6).unwrap(), [1, 1, 1, 1, 0, 1]);
        assert!(numbers(&bytes, 3, 13).is_none());
        assert!(numbers(&[], 1, 1).is_none());
        assert!(numbers(&[], 7, 0).unwrap().is_empty());
        // Zero bits, and 32 bits across bytes.
        assert_eq!(numbers(&[20], 0, 9).unwrap(), [0; 9]);
        assert_eq!(numbers(&[3], 0, 8).unwrap(), [0; 8]);
        let wide: Vec<u8> = [3].into_iter().chain((1..9_u32).flat_map(u32::to_le_bytes)).collect();
        assert_eq!(numbers(&wide, 32, 8).unwrap(), [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        assert!(numbers(&[0, 1], 1, 1).is_none(), "a run of none");
        assert!(numbers(&[2, 2], 1, 1).is_none(), "2 in one bit");
        assert!(numbers(&[1], 1, 1).is_none(), "no groups");
        assert!(numbers(&[2, 1], 33, 1).is_none());
    }
}
