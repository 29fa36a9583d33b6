//! From the values of a row to raw numbers.

use tensor::Float;

use super::{ColumnWidths, DeclaredColumns};

/// A raw row that is being written, column by column in their order.
#[derive(Debug)]
pub struct RawRow<'r, T> {
    rest: &'r mut [T],
}

impl<'r, T: Float> RawRow<'r, T> {
    /// Into these numbers.
    pub fn new(row: &'r mut [T]) -> Self {
        RawRow { rest: row }
    }

    fn push(&mut self, number: T) {
        if let Some((first, rest)) = core::mem::take(&mut self.rest).split_first_mut() {
            *first = number;
            self.rest = rest;
        }
    }

    /// A number, or the days of a date from 1970-01-01. What no network can compute with is missing to it.
    pub fn number(&mut self, number: Option<f64>) {
        let number = number.map_or(T::nan(), T::of);
        self.push(if number.is_finite() { number } else { T::nan() });
    }

    /// Yes or no.
    pub fn flag(&mut self, flag: Option<bool>) {
        self.number(flag.map(|flag| f64::from(u8::from(flag))));
    }

    /// A word; an empty one is missing.
    ///
    /// # Panics
    ///
    /// If `T` cannot tell whole numbers below 2²⁴ apart, as `f32` and `f64` can.
    pub fn word(&mut self, word: &str) {
        assert!(
            T::of(16_777_215.0) < T::of(16_777_216.0) && T::of(16_777_214.0) < T::of(16_777_215.0),
            "columns: words are told apart by whole numbers below 2^24, which this float cannot tell apart; take `f32` or \
             `f64`"
        );
        let numbers = match word.is_empty() {
            true => [T::nan(); 2],
            false => fingerprint(word).map(|half| T::of(f64::from(half))),
        };
        numbers.into_iter().for_each(|number| self.push(number));
    }
}

/// 48 bits of a word, in halves: FNV-1a, and then the finish of SplitMix64, so that each bit depends on all of the word.
pub(crate) fn fingerprint(word: &str) -> [u32; 2] {
    let mut bits: u64 = 0xCBF2_9CE4_8422_2325;
    for byte in word.bytes() {
        bits = (bits ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^= bits >> 31;
    [(bits >> 40) as u32, (bits >> 16) as u32 & 0x00FF_FFFF]
}

#[diagnostic::on_unimplemented(
    message = "`{Self}` is no row of a table",
    note = "a network behind a block of columns takes the struct that `network!` makes of it, such as `PriceRow` of `Price`; \
            rows of numbers are for `nn::Network::predict`"
)]
/// A row as a table has it, with a field for each column of a block: what [`network!`](crate::network!) makes of the block.
pub trait TableRow {
    /// The columns.
    type Columns: DeclaredColumns;

    /// Writes the values, column by column.
    fn write<T: Float>(&self, row: &mut RawRow<'_, T>);

    /// The row as numbers, for whatever takes those: a data set, a batch.
    ///
    /// # Panics
    ///
    /// If the network takes another number of them.
    #[track_caller]
    fn numbers<T: Float, const N: usize>(&self) -> [T; N] {
        assert!(
            N == ColumnWidths::of(Self::Columns::FORMS).row(),
            "columns: rows of another width"
        );
        let mut numbers = [T::zero(); N];
        self.write(&mut RawRow::new(&mut numbers));
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        let mut seen = std::collections::BTreeSet::new();
        for number in 0..100_000 {
            assert!(seen.insert(fingerprint(&format!("word {number}"))), "{number}");
        }
        assert!(seen.iter().flatten().all(|&half| half < 1 << 24));
        let mut row = [1.0_f32; 5];
        let mut raw = RawRow::new(&mut row);
        raw.number(Some(f64::INFINITY));
        raw.word("");
        raw.flag(Some(false));
        assert!(row[..3].iter().all(|x| x.is_nan()) && row[3..] == [0.0, 1.0]);
    }

    /// Files have them: they are the same for ever.
    #[test]
    fn a_fingerprint_stays_what_it_is() {
        let known = [[11_205_397, 4_020_768], [906_298, 14_856_456]];
        assert_eq!([fingerprint("Rome"), fingerprint("Oslo")], known);
    }
}
