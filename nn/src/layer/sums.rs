//! Gradient accumulation over the micro-batches of a batch.

use tensor::product::Start;

/// Position of a micro-batch in its batch. Each sum over the rows continues from one micro-batch to
/// the next as one chain of additions, so that its bits are those of the whole batch at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sums {
    /// Whether the sums begin with these rows. Otherwise they continue from the values in the
    /// gradient.
    pub begin: bool,
    /// Whether the sums end with these rows. Terms that need complete sums, such as the gradient of
    /// a penalty that is added to them, follow then.
    pub end: bool,
}

impl Sums {
    /// A whole batch at once.
    pub const WHOLE: Sums = Sums { begin: true, end: true };

    /// The initial value of a product that sums over the rows.
    pub(crate) fn start<'a, T>(self) -> Start<'a, T> {
        if self.begin { Start::Zero } else { Start::Accumulate }
    }

    /// The position of `rows` rows from row `first` on, in a batch of `all` rows.
    pub(crate) fn of_rows(first: usize, rows: usize, all: usize) -> Self {
        Sums { begin: first == 0, end: first + rows == all }
    }
}
