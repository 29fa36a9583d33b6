//! Layout of the column statistics in the flat buffer:
//!
//! - the number of rows that they were computed from;
//! - per column: unit of the logarithm, center, scale, whether a value was missing, whether there
//!   were unknown words;
//! - per known word: its fingerprint;
//! - of the target: mean, standard deviation, whether its logarithm is predicted, whether
//!   predictions are clamped to its range, and the ends of that range.

use tensor::Float;

use super::{ColumnForm, ColumnWidths};
use crate::parameters::padded;

/// The tensors with one number per column.
pub(super) const OF_COLUMNS: [&str; 5] = ["unit", "center", "scale", "missing", "other"];
/// The tensor with the fingerprints of words.
pub(crate) const FINGERPRINTS: &str = "words";
/// The tensor with the statistics of the target.
pub(super) const TARGET: &str = "target";
/// Its length.
pub(crate) const TARGET_NUMBERS: usize = 6;

/// Replaces a fingerprint in an unused slot. It sorts after all fingerprints, which are smaller.
pub(super) const NO_WORD: f64 = 16_777_216.0;

/// See the module.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    columns: usize,
    pub(super) words: usize,
}

impl Layout {
    pub(super) const fn of(forms: &[ColumnForm]) -> Self {
        let (mut at, mut words) = (0, 0);
        while at < forms.len() {
            words += forms[at].words();
            at += 1;
        }
        Layout { columns: forms.len(), words }
    }

    /// Offset of a tensor with one number per column.
    pub(super) const fn of_columns(self, which: usize) -> usize {
        padded(1) + which * padded(self.columns)
    }

    pub(super) const fn of_words(self) -> usize {
        self.of_columns(OF_COLUMNS.len())
    }

    pub(super) const fn target(self) -> usize {
        self.of_words() + padded(2 * self.words)
    }

    pub(super) const fn len(self) -> usize {
        self.target() + padded(TARGET_NUMBERS)
    }
}

/// Statistics of one column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'s, T> {
    pub(crate) unit: T,
    pub(crate) center: T,
    pub(crate) scale: T,
    pub(crate) missing: T,
    pub(crate) other: T,
    /// The fingerprints of its known words, sorted, two numbers each.
    pub(crate) words: &'s [T],
}

impl<T: Float> Found<'_, T> {
    /// The fingerprints of the known words, in order.
    #[cfg(feature = "std")]
    pub(crate) fn fingerprints(&self) -> impl Iterator<Item = [u32; 2]> {
        let halves = |print: &[T; 2]| print.map(|half| half.as_f64() as u32);
        let is_word = |print: &[u32; 2]| f64::from(print[0]) < NO_WORD;
        self.words.as_chunks::<2>().0.iter().map(halves).take_while(is_word)
    }
}

/// Each column with its index in a raw row, and its statistics.
pub(crate) fn columns<'s, T: Float>(
    forms: &'s [ColumnForm],
    state: &'s [T],
) -> impl Iterator<Item = (&'s ColumnForm, usize, Found<'s, T>)> {
    let layout = Layout::of(forms);
    let (mut raw, mut words) = (0, layout.of_words());
    forms.iter().enumerate().map(move |(at, form)| {
        // Without indexing: see `encode_row`.
        let number = |which: usize| state.get(layout.of_columns(which) + at).copied();
        let of = |which: usize| number(which).unwrap_or_else(T::zero);
        let found = Found {
            unit: of(0),
            center: of(1),
            scale: of(2),
            missing: of(3),
            other: of(4),
            words: state.get(words..words + 2 * form.words()).unwrap_or_default(),
        };
        let place = raw;
        raw += form.raw();
        words += 2 * form.words();
        (form, place, found)
    })
}

/// Width of a raw row.
pub(super) fn raw_width(forms: &[ColumnForm]) -> usize {
    ColumnWidths::of(forms).raw
}
