//! A writable matrix view, which may be a block of columns of a larger one.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;
use std::slice;

use crate::cache::{LINE, fetch_line_near};

/// A writable matrix view: its rows are contiguous and a fixed distance apart.
///
/// It borrows its elements as a `&mut [T]` does. But it can be split between columns, too, where
/// slices of the parts would overlap. So several threads can each write their columns of the same
/// rows.
///
/// ```
/// use tensor::product::{Matrix, MatrixMut, Start, product_into};
///
/// let (a, b) = ([1.0, 2.0], [3.0, 4.0, 5.0]);
/// let (a, b) = (Matrix::new(&a, 2, 1), Matrix::new(&b, 1, 3));
/// let mut c = [0.0; 6];
/// let (left, right) = MatrixMut::new(&mut c, 2, 3).split_at_col(1);
/// product_into(a, b.cols_between(0, 1), Start::Zero, left, None);
/// product_into(a, b.cols_between(1, 3), Start::Zero, right, None);
/// assert_eq!(c, [3.0, 4.0, 5.0, 6.0, 8.0, 10.0]);
/// ```
pub struct MatrixMut<'a, T> {
    /// Element (i, j) is `i * stride + j` further on, for i < `rows` and j < `cols`: inside the
    /// slice that the matrix was created from, and in no other `MatrixMut` or reference as long as
    /// `'a` lasts.
    first: *mut T,
    rows: usize,
    cols: usize,
    stride: usize,
    lent: PhantomData<&'a mut [T]>,
}

// SAFETY: a `MatrixMut` is the only way to its elements while it lives, as a `&mut [T]` is.
#[allow(unsafe_code)]
unsafe impl<T: Send> Send for MatrixMut<'_, T> {}

// SAFETY: a shared `MatrixMut` gives no access to its elements.
#[allow(unsafe_code)]
unsafe impl<T: Sync> Sync for MatrixMut<'_, T> {}

impl<'a, T> MatrixMut<'a, T> {
    /// A row-major matrix: `data` as `rows` rows of `cols` elements.
    ///
    /// # Panics
    ///
    /// If `data` has another length.
    #[track_caller]
    #[inline]
    pub fn new(data: &'a mut [T], rows: usize, cols: usize) -> Self {
        assert!(
            rows.checked_mul(cols) == Some(data.len()),
            "matrix: {rows} rows of {cols} need {} elements, got {}",
            rows.saturating_mul(cols),
            data.len()
        );
        MatrixMut { first: data.as_mut_ptr(), rows, cols, stride: cols, lent: PhantomData }
    }

    /// Number of rows.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    #[inline]
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// The same matrix for a shorter time.
    #[inline]
    pub fn reborrow(&mut self) -> MatrixMut<'_, T> {
        MatrixMut { lent: PhantomData, ..*self }
    }

    /// Splits the matrix into its first `col` columns and the others.
    ///
    /// # Panics
    ///
    /// If there are fewer columns.
    #[track_caller]
    pub fn split_at_col(self, col: usize) -> (Self, Self) {
        assert!(col <= self.cols, "matrix: split at column {col} of {}", self.cols);
        let (first, cols) = (self.element(0, col), self.cols - col);
        let MatrixMut { rows, stride, .. } = self;
        let right = MatrixMut { first, rows, cols, stride, lent: PhantomData };
        (MatrixMut { cols: col, ..self }, right)
    }

    /// The elements of some rows and columns.
    ///
    /// # Panics
    ///
    /// If there are fewer rows or columns.
    #[track_caller]
    #[inline(always)]
    pub fn block(&mut self, rows: Range<usize>, cols: Range<usize>) -> MatrixMut<'_, T> {
        if rows.start > rows.end || rows.end > self.rows {
            outside("rows", &rows, self.rows);
        }
        if cols.start > cols.end || cols.end > self.cols {
            outside("columns", &cols, self.cols);
        }
        MatrixMut {
            first: self.element(rows.start, cols.start),
            rows: rows.len(),
            cols: cols.len(),
            stride: self.stride,
            lent: PhantomData,
        }
    }

    /// Row `row`.
    ///
    /// # Panics
    ///
    /// If there is none of that number.
    #[track_caller]
    #[inline]
    pub fn row_mut(&mut self, row: usize) -> &mut [T] {
        assert!(row < self.rows, "matrix: row {row} of {}", self.rows);
        // SAFETY: there is this row.
        #[allow(unsafe_code)]
        unsafe {
            self.row_unchecked(row)
        }
    }

    /// Row `row` without a bounds check, and without a panic path that would take the registers of
    /// a tile's sums.
    ///
    /// # Safety
    ///
    /// There must be more than `row` rows.
    #[allow(unsafe_code)]
    #[inline(always)]
    pub(super) unsafe fn row_unchecked(&mut self, row: usize) -> &mut [T] {
        // SAFETY: the caller says that there is this row; its elements lie side by side and are
        // lent to nobody else while `self` is.
        unsafe { slice::from_raw_parts_mut(self.element(row, 0), self.cols) }
    }

    /// Prefetches the elements into the cache.
    #[inline(always)]
    pub(super) fn fetch(&self) {
        for row in 0..self.rows {
            for col in (0..self.cols).step_by((LINE / size_of::<T>().max(1)).max(1)) {
                fetch_line_near(self.element(row, col));
            }
        }
    }

    /// All elements as one slice, if the rows are contiguous.
    pub(super) fn contiguous(&mut self) -> Option<&mut [T]> {
        if self.cols != self.stride && self.rows > 1 {
            return None;
        }
        // SAFETY: a single row, or rows that are as long as they are apart: all elements lie side
        // by side.
        #[allow(unsafe_code)]
        Some(unsafe { slice::from_raw_parts_mut(self.first, self.rows * self.cols) })
    }

    /// The first element, and the distance between rows.
    pub(super) fn as_mut_ptr(&mut self) -> (*mut T, usize) {
        (self.first, self.stride)
    }

    /// The address of an element, which may not exist.
    #[inline(always)]
    fn element(&self, row: usize, col: usize) -> *mut T {
        self.first.wrapping_add(row * self.stride + col)
    }
}

/// A separate function, to keep the formatting code out of the callers.
#[cold]
#[track_caller]
fn outside(what: &str, range: &Range<usize>, end: usize) -> ! {
    panic!("matrix: {what} {range:?} of {end}")
}

impl<T> fmt::Debug for MatrixMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MatrixMut([{}, {}])", self.rows, self.cols)
    }
}
