//! A read-only matrix view, in any layout.

/// A matrix view: element (i, j) is `data[i * row_stride + j * col_stride]`.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, T> {
    pub(super) data: &'a [T],
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) row_stride: usize,
    pub(super) col_stride: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// A row-major matrix: `data` as `rows` rows of `cols` elements.
    ///
    /// # Panics
    ///
    /// If `data` has another length.
    #[track_caller]
    pub fn new(data: &'a [T], rows: usize, cols: usize) -> Self {
        assert!(
            rows.checked_mul(cols) == Some(data.len()),
            "matrix: {rows} rows of {cols} need {} elements, got {}",
            rows.saturating_mul(cols),
            data.len()
        );
        Matrix { data, rows, cols, row_stride: cols, col_stride: 1 }
    }

    /// A view with any strides, such as a slice of a larger matrix.
    ///
    /// # Panics
    ///
    /// If an element is outside of `data`.
    #[track_caller]
    pub fn strided(
        data: &'a [T],
        [rows, cols]: [usize; 2],
        [row_stride, col_stride]: [usize; 2],
    ) -> Self {
        if rows > 0 && cols > 0 {
            let last = (rows - 1).checked_mul(row_stride).and_then(|start| {
                (cols - 1).checked_mul(col_stride).and_then(|rest| start.checked_add(rest))
            });
            assert!(
                last.is_some_and(|last| last < data.len()),
                "matrix: [{rows}, {cols}] with strides [{row_stride}, {col_stride}] reaches beyond \
                 its {} elements",
                data.len()
            );
        }
        Matrix { data, rows, cols, row_stride, col_stride }
    }

    /// The transposed matrix, without copying.
    #[must_use]
    pub fn transposed(self) -> Self {
        Matrix {
            data: self.data,
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
        }
    }

    /// Rows `from..to`.
    ///
    /// # Panics
    ///
    /// If there are fewer than `to` rows, or `from > to`.
    #[track_caller]
    #[must_use]
    pub fn rows_between(self, from: usize, to: usize) -> Self {
        assert!(from <= to && to <= self.rows, "matrix: rows {from}..{to} of {}", self.rows);
        // Where the part is empty, it may begin beyond the end.
        let data = self.data.get(from * self.row_stride..).unwrap_or_default();
        Matrix { data, rows: to - from, ..self }
    }

    /// Columns `from..to`.
    ///
    /// # Panics
    ///
    /// If there are fewer than `to` columns, or `from > to`.
    #[track_caller]
    #[must_use]
    pub fn cols_between(self, from: usize, to: usize) -> Self {
        assert!(from <= to && to <= self.cols, "matrix: columns {from}..{to} of {}", self.cols);
        self.transposed().rows_between(from, to).transposed()
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }
}

/// Panics unless `rows` rows of `width` elements, `stride` apart, are in `data`.
#[inline(always)]
pub(super) fn check<T>(data: &[T], rows: usize, stride: usize, width: usize) {
    let end = match rows {
        _ if width == 0 => Some(0), // nothing is read
        0 => Some(0),
        rows => (rows - 1).checked_mul(stride).and_then(|start| start.checked_add(width)),
    };
    assert!(end.is_some_and(|end| end <= data.len()), "a tile reads beyond its operand");
}

/// The first `N` elements as an array.
#[inline(always)]
pub(super) fn first<T, const N: usize>(data: &[T]) -> &[T; N] {
    match data.first_chunk() {
        Some(first) => first,
        None => panic!("a tile reads beyond its operand"),
    }
}
