//! The types of a table's columns, as the block `columns { area: number(log), city: category(12) }`
//! declares them, and the number of network inputs for each.

use super::word;

/// A word for the type of a column.
#[derive(Debug)]
pub struct ColumnWord {
    /// The word, as it is written.
    pub word: &'static str,
    /// Its names in other libraries.
    pub elsewhere: &'static [&'static str],
    /// An example for messages.
    pub example: &'static str,
    /// The type of a column without options.
    pub kind: ColumnKind,
}

/// Every word for the type of a column, in the order in which messages list them.
pub const COLUMNS: &[ColumnWord] = &[
    ColumnWord {
        word: "number",
        elsewhere: &["numeric", "float", "real", "integer"],
        example: "as in `area: number` or `area: number(log)`",
        kind: ColumnKind::Number { log: false },
    },
    ColumnWord {
        word: "category",
        elsewhere: &["categorical", "word", "string", "text", "factor"],
        example: "as in `city: category(12)`",
        kind: ColumnKind::Category { kept: 0, dimensions: 0 },
    },
    ColumnWord {
        word: "flag",
        elsewhere: &["bool", "boolean", "binary", "yes_no"],
        example: "as in `garden: flag`",
        kind: ColumnKind::Flag,
    },
    ColumnWord {
        word: "date",
        elsewhere: &["day", "datetime", "timestamp"],
        example: "as in `sold: date`",
        kind: ColumnKind::Date,
    },
];

word!(ColumnWord);

/// The encoding of a table's column for a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColumnForm {
    /// Its type.
    pub kind: ColumnKind,
    /// Whether no value is missing, so that no input flags missing values. A value that is missing
    /// nevertheless counts as the median, or as no word.
    pub complete: bool,
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// A number, optionally encoded by its logarithm.
    Number {
        /// Whether it is encoded by its logarithm.
        log: bool,
    },
    /// One of some words.
    Category {
        /// The number of words with their own index, the most frequent ones.
        kept: usize,
        /// The length of the learned vector of an index; 0 if each index is a flag.
        dimensions: usize,
    },
    /// Yes or no.
    Flag,
    /// Days since 1970-01-01.
    Date,
}

/// The length of an encoded date: its days, and the position in year, week and day as points of a
/// circle.
pub const DATE_NUMBERS: usize = 7;

impl ColumnKind {
    /// A category in which `kept` words have an index. Each is encoded as a flag or, if there are
    /// more than 24, as a learned vector of 1.6·n^0.56 numbers, at most 64 (the rule of fast.ai).
    #[cfg(feature = "std")]
    pub fn category(kept: usize) -> Self {
        /// Largest number of words that are encoded as flags. More words are encoded as learned
        /// vectors.
        const MOST_FLAGS: usize = 24;
        let dimensions = match kept <= MOST_FLAGS {
            true => 0,
            false => ((1.6 * (kept as f64).powf(0.56)).round() as usize).min(64),
        };
        ColumnKind::Category { kept, dimensions }
    }
}

impl ColumnForm {
    /// The number of words with their own index.
    pub const fn words(&self) -> usize {
        match self.kind {
            ColumnKind::Category { kept, .. } => kept,
            _ => 0,
        }
    }

    /// The length in a raw row: two numbers for a word, which is represented by its fingerprint,
    /// and one otherwise.
    pub const fn raw(&self) -> usize {
        match self.kind {
            ColumnKind::Category { .. } => 2,
            _ => 1,
        }
    }

    /// The number of indices for words: one for each kept word, one for all others, and one for a
    /// missing word.
    pub const fn places(&self) -> usize {
        self.words() + 1 + !self.complete as usize
    }

    /// The number of encoded values, without the index of a learned vector.
    pub const fn floats(&self) -> usize {
        let missing = !self.complete as usize;
        match self.kind {
            ColumnKind::Number { .. } | ColumnKind::Flag => 1 + missing,
            ColumnKind::Date => DATE_NUMBERS + missing,
            ColumnKind::Category { dimensions: 0, .. } => self.places(),
            ColumnKind::Category { .. } => 0,
        }
    }

    /// The length of the learned vectors of its indices; 0 if it has none.
    pub const fn dimensions(&self) -> usize {
        match self.kind {
            ColumnKind::Category { dimensions, .. } => dimensions,
            _ => 0,
        }
    }
}

/// The widths of a block of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnWidths {
    /// The length of a raw row.
    pub raw: usize,
    /// The number of encoded values that are not part of a learned vector.
    pub floats: usize,
    /// The number of columns with learned vectors. The floats are followed by the index of a vector
    /// for each.
    pub codes: usize,
    /// The number of inputs for the layers that follow: the floats and the vectors.
    pub outputs: usize,
}

impl ColumnWidths {
    /// Returns the widths of these columns.
    pub const fn of(forms: &[ColumnForm]) -> Self {
        let mut widths = ColumnWidths { raw: 0, floats: 0, codes: 0, outputs: 0 };
        let mut at = 0;
        while at < forms.len() {
            let form = forms[at];
            widths.raw += form.raw();
            widths.floats += form.floats();
            widths.codes += (form.dimensions() > 0) as usize;
            widths.outputs += form.floats() + form.dimensions();
            at += 1;
        }
        widths
    }

    /// The length of a row with room for both forms: raw and encoded.
    pub const fn row(&self) -> usize {
        let encoded = self.floats + self.codes;
        if encoded > self.raw { encoded } else { self.raw }
    }

    /// Whether a column has learned vectors.
    pub const fn has_vectors(&self) -> bool {
        self.codes > 0
    }
}
