//! What the columns of a table are.

/// The columns of a network for tables, and what it predicts.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::dynamic) struct Columns {
    pub(super) forms: Vec<Form>,
    pub(super) target: String,
    pub(in crate::dynamic) goal: Goal,
}

/// What is predicted.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::dynamic) enum Goal {
    /// A number.
    Number,
    /// One of these classes.
    Classes(Vec<String>),
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Form {
    pub(super) name: String,
    pub(super) kind: FormKind,
    /// Whether there is a number that says whether a value is missing.
    pub(super) missing: bool,
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FormKind {
    /// A number, perhaps by its logarithm.
    Number { log: bool },
    /// One of some words.
    Category(Category),
    /// Yes or no.
    Flag,
    /// Days from 1970-01-01.
    Date,
}

/// Words, and how many of them, the most frequent ones, have a place of their own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Category {
    pub(super) words: Vec<String>,
    pub(super) kept: usize,
}

impl Category {
    /// Words of which more are vectors that are learned.
    const MOST_FLAGS: usize = 24;

    /// Numbers of the learned vector of a word; 0 where each word is a flag.
    pub(super) fn dimensions(&self) -> usize {
        match self.kept {
            kept if kept <= Self::MOST_FLAGS => 0,
            // What has proved itself: 1.6·n^0.56.
            kept => ((1.6 * (kept as f64).powf(0.56)).round() as usize).min(64),
        }
    }

    /// Places: of the words that are kept, of all others together.
    pub(super) fn places(&self) -> usize {
        self.kept + 1
    }
}

/// Numbers that a date becomes: its days, and the place in year, week and day as points of a circle.
pub(super) const DATE: usize = 7;

impl Form {
    /// Numbers that it becomes, beside a code.
    pub(super) fn floats(&self) -> usize {
        let missing = usize::from(self.missing);
        match &self.kind {
            FormKind::Number { .. } | FormKind::Flag => 1 + missing,
            FormKind::Date => DATE + missing,
            FormKind::Category(category) if category.dimensions() > 0 => 0,
            FormKind::Category(category) => category.places() + missing,
        }
    }

    /// Of a category whose words become learned vectors: how many vectors, and their length.
    pub(super) fn embedding(&self) -> Option<[usize; 2]> {
        let FormKind::Category(category) = &self.kind else { return None };
        let dimensions = category.dimensions();
        (dimensions > 0).then(|| [category.places() + usize::from(self.missing), dimensions])
    }

    /// Words with a code, and one code more for all others.
    pub(super) fn codes(&self) -> usize {
        match &self.kind {
            FormKind::Category(category) => category.words.len() + 1,
            _ => 0,
        }
    }
}

impl Columns {
    /// Numbers that the layers see, codes among them.
    pub(super) fn encoded(&self) -> usize {
        self.floats() + self.embeddings().count()
    }

    /// Numbers that the layers see beside codes.
    pub(in crate::dynamic) fn floats(&self) -> usize {
        self.forms.iter().map(Form::floats).sum()
    }

    /// Learned vectors, column by column.
    pub(in crate::dynamic) fn embeddings(&self) -> impl Iterator<Item = [usize; 2]> {
        self.forms.iter().filter_map(Form::embedding)
    }

    /// Numbers behind the learned vectors.
    pub(in crate::dynamic) fn outputs(&self) -> usize {
        self.floats() + self.embeddings().map(|[_, dimensions]| dimensions).sum::<usize>()
    }

    /// The name of each column.
    pub(in crate::dynamic) fn name(&self, column: usize) -> String {
        self.forms.get(column).map_or_else(String::new, |form| form.name.clone())
    }
}
