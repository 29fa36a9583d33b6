//! Some rows of a source, without copying them.

use std::cell::Cell;
use std::fmt;

use tensor::threads::Threads;

use super::{Source, Visit};
use crate::error::{Error, InvalidRows, Result};
use crate::labels::Labels;
use crate::words::Words;

/// A selection of rows of a [`Source`], without copying them. It is a source itself, for
/// [`fit`](crate::fit) and [`Evaluate::evaluate`](crate::Evaluate::evaluate).
///
/// ```
/// use nn::data::{Dataset, Source, View};
///
/// let squares: Dataset<u32, u32> = (0..10).map(|x| (x, x * x)).collect();
/// let odd = View::new(&squares, vec![1, 3, 5, 7, 9])?;
/// assert_eq!(odd.len(), 5);
/// assert!(View::new(&squares, vec![10]).is_err());
/// # Ok::<(), nn::Error>(())
/// ```
pub struct View<'d, X, Y> {
    source: &'d dyn Source<X, Y>,
    rows: Vec<usize>,
}

impl<'d, X, Y> View<'d, X, Y> {
    /// The rows of `source` with these numbers, in this order. A row may occur more than once.
    ///
    /// # Errors
    ///
    /// If the source has no such row.
    pub fn new(source: &'d dyn Source<X, Y>, rows: Vec<usize>) -> Result<Self> {
        let len = source.len();
        let mut wrong = InvalidRows::none();
        wrong.look(0, &rows, |&row| (row >= len).then(|| row.to_string()));
        match wrong.any() {
            None => Ok(View { source, rows }),
            Some(wrong) => Err(Error::value(
                wrong.what("number"),
                wrong.found("number"),
                format!("a row below {len}, the number of rows of the source"),
                "rows are counted from 0",
            )),
        }
    }

    /// The numbers of the rows in the source, in the order of the view.
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }
}

impl<X, Y> Source<X, Y> for View<'_, X, Y> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn fill(&self, rows: &[usize], inputs: &mut Vec<X>, targets: &mut Vec<Y>, threads: &Threads) {
        self.with_rows(rows, |rows| self.source.fill(rows, inputs, targets, threads));
    }

    fn fill_for_step(
        &self,
        visit: Visit,
        rows: &[usize],
        inputs: &mut Vec<X>,
        targets: &mut Vec<Y>,
        threads: &Threads,
    ) {
        self.with_rows(rows, |rows| {
            self.source.fill_for_step(visit, rows, inputs, targets, threads);
        });
    }

    fn class_names(&self) -> Option<&Labels> {
        self.source.class_names()
    }

    fn words(&self) -> Option<&Words> {
        self.source.words()
    }

    fn augmentation(&self) -> Option<String> {
        self.source.augmentation()
    }

    fn weight(&self, row: usize) -> Option<f64> {
        self.source.weight(self.rows[row])
    }
}

impl<X, Y> View<'_, X, Y> {
    /// Replaces the view's row numbers by those of the source.
    fn with_rows(&self, rows: &[usize], see: impl FnOnce(&[usize])) {
        thread_local! {
            /// Reused, so that a batch allocates nothing.
            static IN_SOURCE: Cell<Vec<usize>> = const { Cell::new(Vec::new()) };
        }
        // Taken, not borrowed: the source may itself be a view.
        let mut in_source = IN_SOURCE.take();
        in_source.clear();
        in_source.extend(rows.iter().map(|&row| self.rows[row]));
        see(&in_source);
        IN_SOURCE.set(in_source);
    }
}

impl<X, Y> Clone for View<'_, X, Y> {
    fn clone(&self) -> Self {
        View { source: self.source, rows: self.rows.clone() }
    }
}

/// Prints the number of rows, not the rows.
impl<X, Y> fmt::Debug for View<'_, X, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("len", &self.rows.len())
            .field("of", &self.source.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Dataset;
    use super::*;

    #[test]
    fn a_view_gives_the_rows_of_its_source() {
        let data: Dataset<usize, usize> = (0..10).map(|x| (x, 10 * x)).collect();
        let view = View::new(&data, vec![7, 2, 2, 9]).unwrap();
        let of_view = View::new(&view, vec![3, 0]).unwrap();
        let (mut x, mut y) = (vec![1; 20], Vec::new());
        view.fill(&[0, 3, 1], &mut x, &mut y, &Threads::new(1));
        assert_eq!((&x[..], &y[..]), (&[7, 9, 2][..], &[70, 90, 20][..]));
        of_view.fill(&[0, 1], &mut x, &mut y, &Threads::new(1));
        assert_eq!((&x[..], &y[..]), (&[9, 7][..], &[90, 70][..]));
        let error = View::new(&data, vec![0, 10, 3, 11]).unwrap_err().to_string();
        assert!(
            error.starts_with("numbers of rows 1, 3 (counted from 0): found 10, 11"),
            "{error}"
        );
        assert_eq!(format!("{view:?}"), "View { len: 4, of: 10, .. }");
    }
}
