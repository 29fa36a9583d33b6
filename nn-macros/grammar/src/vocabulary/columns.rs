//! The columns of a table, as the block `columns { area: number(log), city: category(12) }` says what they hold, and how
//! many numbers each becomes.

use super::word;

/// A word for what a column holds.
#[derive(Debug)]
pub struct ColumnWord {
    /// The word, as it is written.
    pub word: &'static str,
    /// What other libraries call it.
    pub elsewhere: &'static [&'static str],
    /// How it is written, as messages say it.
    pub example: &'static str,
    /// What a column is of which nothing more is said.
    pub kind: ColumnKind,
}

/// Every word for what a column holds, in the order in which messages list them.
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

/// What a column of a table is to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColumnForm {
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether no value is missing, so that there is no number that says whether one is. One that is missing all the same
    /// counts as the median, or as no word.
    pub complete: bool,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// A number, perhaps by its logarithm.
    Number {
        /// Whether by its logarithm.
        log: bool,
    },
    /// One of some words.
    Category {
        /// So many of them, the most frequent ones, have their own index.
        kept: usize,
        /// Numbers of the learned vector of a place; 0 where each place is a flag.
        dimensions: usize,
    },
    /// Yes or no.
    Flag,
    /// Days from 1970-01-01.
    Date,
}

/// Numbers that a date becomes: its days, and the place in year, week and day as points of a circle.
pub const DATE_NUMBERS: usize = 7;

impl ColumnKind {
    /// A category of which so many words have a place: each as a flag, or, of more than 24, as a learned vector of 1.6·n^0.56
    /// numbers, 64 at most, as has proved itself elsewhere (fast.ai).
    #[cfg(feature = "std")]
    pub fn category(kept: usize) -> Self {
        /// Words of which more are vectors that are learned.
        const MOST_FLAGS: usize = 24;
        let dimensions = match kept <= MOST_FLAGS {
            true => 0,
            false => ((1.6 * (kept as f64).powf(0.56)).round() as usize).min(64),
        };
        ColumnKind::Category { kept, dimensions }
    }
}

impl ColumnForm {
    /// Words that have a place.
    pub const fn words(&self) -> usize {
        match self.kind {
            ColumnKind::Category { kept, .. } => kept,
            _ => 0,
        }
    }

    /// Numbers of a raw row: of a word, which is known by its fingerprint, two.
    pub const fn raw(&self) -> usize {
        match self.kind {
            ColumnKind::Category { .. } => 2,
            _ => 1,
        }
    }

    /// Places of words: of those that are kept, of all others together, and of none.
    pub const fn places(&self) -> usize {
        self.words() + 1 + !self.complete as usize
    }

    /// Numbers that it becomes, beside the number of a learned vector.
    pub const fn floats(&self) -> usize {
        let missing = !self.complete as usize;
        match self.kind {
            ColumnKind::Number { .. } | ColumnKind::Flag => 1 + missing,
            ColumnKind::Date => DATE_NUMBERS + missing,
            ColumnKind::Category { dimensions: 0, .. } => self.places(),
            ColumnKind::Category { .. } => 0,
        }
    }

    /// The length of the learned vectors of its places; 0 if it has none.
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
    /// Numbers of a raw row.
    pub raw: usize,
    /// Numbers that are not those of a learned vector.
    pub floats: usize,
    /// Columns with learned vectors: behind the floats stands for each the number of a vector.
    pub codes: usize,
    /// What the layers behind are given: the floats, and the vectors.
    pub outputs: usize,
}

impl ColumnWidths {
    /// Of these columns.
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

    /// Numbers of a row that has room for both: raw, and encoded.
    pub const fn row(&self) -> usize {
        let encoded = self.floats + self.codes;
        if encoded > self.raw { encoded } else { self.raw }
    }

    /// Whether a column has learned vectors.
    pub const fn has_vectors(&self) -> bool {
        self.codes > 0
    }
}
