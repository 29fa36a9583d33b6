//! Columns of a table as inputs of a network: encoding of numbers, flags, dates and categories.
//!
//! | column | becomes |
//! |---|---|
//! | `number` | z/√(1 + (z/3)²), z = (f(x) − f(median))/(f(upper quartile) − f(lower quartile)), with f(x) = x |
//! | `number(log)` | the same with f(x) = sign(x)·ln(1 + \|x\|/unit), unit the median of the training rows |
//! | `flag` | 1 for yes, −1 for no |
//! | `date` | its days as a `number`, and its position in year, week and day, each as a point on a circle |
//! | `category(12)` | one-hot: a flag for each of the 12 most frequent words, and one for all others together |
//! | `category(100)` | more than 24 words: a learned vector for each, and one for all others ([`Embedding`]) |
//!
//! After these follows, for each column that is not `complete`, whether its value is missing: as a
//! flag or a vector. A missing number is encoded as 0, like the median. A flag that no training row
//! had is always 0, since its weight would be random. A word is known to the network if three
//! training rows have it.
//!
//! A network on columns that ends in one number, as in `dense(1)`, is trained with standardized
//! targets (mean 0 and standard deviation 1), but predicts in the target's own units. The training
//! loss is that of standardized targets; validation and metrics are in the target's units.
//!
//! A raw row consists of numbers, too, so that it is gathered and passed on like any other: NaN for
//! a missing value, the days since 1970-01-01 for a date, and for a word its 48-bit fingerprint as
//! two integers. So known words are state like means and medians: they are copied, saved, embedded
//! and nested with the parameters, and rows made for one network are valid for any other. The words
//! themselves are saved next to the parameters if the data had them:
//! [`Network::known_words`](crate::Network::known_words). Two of n different words have the same
//! fingerprint with probability n²/2⁴⁹; for a million words, once in 500.
//!
//! | file | |
//! |---|---|
//! | `raw` | from values to a raw row |
//! | `layout` | the layout of the statistics in the flat buffer |
//! | `encode` | from a raw row to an encoded one |
//! | `vectors` | the embeddings of words |
//! | `train` | fitting the statistics to the training rows |

mod encode;
mod layout;
mod raw;
#[cfg(feature = "std")]
mod train;
mod vectors;

use core::marker::PhantomData;

use tensor::Float;

pub use nn_grammar::vocabulary::{ColumnForm, ColumnKind, ColumnWidths};
pub use raw::{RawRow, TableRow};
#[cfg(feature = "std")]
pub use train::ColumnsFormula;
pub use vectors::Embedding;
#[cfg(feature = "std")]
pub use vectors::EmbeddingFormula;

pub(crate) use self::layout::FINGERPRINTS;
#[cfg(feature = "onnx")]
pub(crate) use self::layout::Found;
use self::layout::Layout;
pub(crate) use self::layout::TARGET_NUMBERS;
#[cfg(feature = "std")]
pub(crate) use self::layout::columns;
use super::encoder::ROWS;
use super::{Inference, Info, LayerInfo, TensorInfo};
#[cfg(feature = "std")]
pub(crate) use vectors::tables;

/// Columns of a table.
pub trait ColumnForms: Copy + core::fmt::Debug + Send + Sync + 'static {
    /// The form of each column.
    fn forms(self) -> &'static [ColumnForm];
}

/// Columns that are known at run time.
impl ColumnForms for &'static [ColumnForm] {
    fn forms(self) -> &'static [ColumnForm] {
        self
    }
}

/// Columns that are known at compile time. [`network!`](crate::network!) makes a type of each
/// block.
pub trait DeclaredColumns: core::fmt::Debug + Send + Sync + 'static {
    /// The form of each column.
    const FORMS: &'static [ColumnForm];
    /// The name of each column.
    const NAMES: &'static [&'static str];
    /// Each column as it is declared: `area: number(log)`.
    const TEXTS: &'static [&'static str];
}

/// Columns without their type: see [`LayerInfo`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColumnsInfo {
    /// The names.
    pub names: &'static [&'static str],
    /// The forms.
    pub forms: &'static [ColumnForm],
    /// The declarations, where they are to be shown: `area: number(log)`.
    pub texts: &'static [&'static str],
}

impl ColumnsInfo {
    /// No columns.
    pub const NONE: Self = ColumnsInfo { names: &[], forms: &[], texts: &[] };

    /// The declared columns `C`.
    pub const fn of<C: DeclaredColumns>() -> Self {
        ColumnsInfo { names: C::NAMES, forms: C::FORMS, texts: C::TEXTS }
    }
}

/// Declared columns as a value.
#[derive(Debug)]
pub struct DeclaredForms<C>(PhantomData<fn() -> C>);

impl<C> DeclaredForms<C> {
    /// Creates the value.
    pub const fn new() -> Self {
        DeclaredForms(PhantomData)
    }
}

impl<C> Clone for DeclaredForms<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for DeclaredForms<C> {}

impl<C> Default for DeclaredForms<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: DeclaredColumns> ColumnForms for DeclaredForms<C> {
    fn forms(self) -> &'static [ColumnForm] {
        C::FORMS
    }
}

/// One of each kind, for tests.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct Example;

#[cfg(test)]
impl Example {
    pub(crate) const WIDTHS: ColumnWidths = ColumnWidths::of(Self::FORMS);
}

#[cfg(test)]
impl DeclaredColumns for Example {
    const FORMS: &'static [ColumnForm] = &[
        ColumnForm { kind: ColumnKind::Number { log: false }, complete: false },
        ColumnForm { kind: ColumnKind::Category { kept: 2, dimensions: 0 }, complete: false },
        ColumnForm { kind: ColumnKind::Category { kept: 3, dimensions: 2 }, complete: true },
        ColumnForm { kind: ColumnKind::Flag, complete: true },
        ColumnForm { kind: ColumnKind::Category { kept: 2, dimensions: 4 }, complete: false },
        ColumnForm { kind: ColumnKind::Date, complete: false },
        ColumnForm { kind: ColumnKind::Number { log: true }, complete: true },
    ];
    const NAMES: &'static [&'static str] = &["a", "b", "c", "d", "e", "f", "g"];
    const TEXTS: &'static [&'static str] = &["a: number", "b: category(2)"];
}

/// The columns `C` of a table, encoded as rows of `N` numbers: see the [module](self).
#[derive(Debug)]
pub struct Columns<C, const N: usize>(PhantomData<fn() -> C>);

impl<C: DeclaredColumns, const N: usize> Columns<C, N> {
    const LAYOUT: Layout = Layout::of(C::FORMS);
    const OF_COLUMNS: &'static [usize] = &[C::FORMS.len()];

    const fn of_columns(which: usize) -> TensorInfo {
        let name = layout::OF_COLUMNS[which];
        TensorInfo::found(name, Self::OF_COLUMNS, Self::LAYOUT.of_columns(which))
    }

    const FIRST: TensorInfo = TensorInfo::found(ROWS, &[], 0);
    const TARGET: TensorInfo =
        TensorInfo::found(layout::TARGET, &[TARGET_NUMBERS], Self::LAYOUT.target());
    const TENSORS: &'static [TensorInfo] = &[
        Self::FIRST,
        Self::of_columns(0),
        Self::of_columns(1),
        Self::of_columns(2),
        Self::of_columns(3),
        Self::of_columns(4),
        Self::TARGET,
    ];
    /// Includes the words of categories.
    const TENSORS_AND_WORDS: &'static [TensorInfo] = &[
        Self::FIRST,
        Self::of_columns(0),
        Self::of_columns(1),
        Self::of_columns(2),
        Self::of_columns(3),
        Self::of_columns(4),
        TensorInfo::found(layout::FINGERPRINTS, &[Self::LAYOUT.words, 2], Self::LAYOUT.of_words()),
        Self::TARGET,
    ];
}

impl<C: DeclaredColumns, const N: usize> Inference for Columns<C, N> {
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = {
        assert!(N == ColumnWidths::of(C::FORMS).row(), "columns: rows of another width");
        Self::LAYOUT.len()
    };
    const STACK: usize = 2 * N;
    const INFO: Info = Info::Layer(LayerInfo {
        columns: ColumnsInfo::of::<C>(),
        len: Self::LEN,
        tensors: match Self::LAYOUT.words {
            0 => Self::TENSORS,
            _ => Self::TENSORS_AND_WORDS,
        },
        encodes: true,
        ..LayerInfo::of_notation("columns", N, N)
    });
    const ENCODES: bool = true;
    const IS_ENCODER: bool = true;
    const HAS_GAPS: bool = true;
    const TARGET: Option<usize> = Some(Self::LAYOUT.target());

    type Outputs<T: Float> = [T; N];

    /// The identity: rows have been encoded before.
    #[inline(always)]
    fn predict_inline<T: Float>(_parameters: &[T], x: &[T]) -> [T; N] {
        let mut y = [T::zero(); N];
        y.copy_from_slice(x);
        y
    }

    #[inline(always)]
    fn encode<T: Float>(parameters: &[T], row: &mut [T]) {
        let mut raw = [T::zero(); N];
        raw.copy_from_slice(row);
        encode::encode_row(C::FORMS, parameters, &raw, row);
    }

    #[inline(always)]
    fn is_adapted<T: Float>(parameters: &[T]) -> bool {
        parameters[0] > T::zero()
    }
}
