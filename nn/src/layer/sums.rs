//! Sums over the rows of a batch that is passed through in portions.

use tensor::product::Start;

/// How far the sums of a gradient have come, where the rows of a batch come in portions. Each sum over the rows is one chain,
/// which goes on from portion to portion, so that its bits are those of the whole batch at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sums {
    /// Whether they begin with these rows. Otherwise they go on from what the gradient holds.
    pub begin: bool,
    /// Whether they end with these rows. What is made of complete sums, such as the gradient of a penalty that is added to
    /// them, follows then.
    pub end: bool,
}

impl Sums {
    /// Of a whole batch at once.
    pub const WHOLE: Sums = Sums { begin: true, end: true };

    /// What the first product over the rows begins with.
    pub(crate) fn start<'a, T>(self) -> Start<'a, T> {
        if self.begin { Start::Zero } else { Start::Accumulate }
    }

    /// Of the rows from `first` on, so many, of a batch of `all`.
    pub(crate) fn of_rows(first: usize, rows: usize, all: usize) -> Self {
        Sums { begin: first == 0, end: first + rows == all }
    }
}
