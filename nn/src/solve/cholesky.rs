//! Cholesky factorization: linear systems with a symmetric positive definite matrix.

use tensor::product::{Matrix, MatrixMut, add_scaled_product};

use super::solution::{add_scaled, dot};

/// Columns that are factored before the columns right of them are updated: few enough to stay in
/// the cache.
const BLOCK: usize = 48;
/// Rows that are updated together, up to the diagonal.
const ROWS: usize = 96;

/// The factor L of a matrix A = L·Lᵀ.
pub(super) struct Cholesky {
    /// Row by row; elements right of the diagonal are unused.
    lower: Vec<f64>,
    size: usize,
}

impl Cholesky {
    /// Factors A, row by row, of which the diagonal and the elements left of it are read. `None` if
    /// A is numerically not positive definite, or has a number that is not finite.
    pub(super) fn of(mut lower: Vec<f64>, size: usize) -> Option<Self> {
        let mut panel = Vec::new();
        for from in (0..size).step_by(BLOCK) {
            let to = (from + BLOCK).min(size);
            for column in from..to {
                let (above, below) = lower.split_at_mut((column + 1) * size);
                let pivot = &mut above[column * size..];
                let rest = pivot[column] - dot(&pivot[from..column], &pivot[from..column]);
                if !(rest > 0.0 && rest.is_finite()) {
                    return None;
                }
                pivot[column] = rest.sqrt();
                for row in below.chunks_exact_mut(size) {
                    let sum = dot(&row[from..column], &pivot[from..column]);
                    row[column] = (row[column] - sum) / pivot[column];
                }
            }
            panel.clear();
            panel.extend(lower[to * size..].chunks_exact(size).flat_map(|row| &row[from..to]));
            let panel = Matrix::new(&panel, size - to, to - from);
            let mut all = MatrixMut::new(&mut lower, size, size);
            for first in (to..size).step_by(ROWS) {
                let last = (first + ROWS).min(size);
                let (left, above) = (first - to..last - to, 0..last - to);
                let left = panel.rows_between(left.start, left.end);
                let above = panel.rows_between(above.start, above.end).transposed();
                add_scaled_product(left, above, -1.0, all.block(first..last, to..last));
            }
        }
        Some(Cholesky { lower, size })
    }

    /// Replaces b with the x that solves A·x = b.
    pub(super) fn solve(&self, b: &mut [f64]) {
        let Cholesky { lower, size } = self;
        for (at, row) in lower.chunks_exact(*size).enumerate() {
            b[at] = (b[at] - dot(&row[..at], &b[..at])) / row[at];
        }
        for (at, row) in lower.chunks_exact(*size).enumerate().rev() {
            let x = b[at] / row[at];
            b[at] = x;
            add_scaled(&mut b[..at], -x, &row[..at]);
        }
    }
}

#[cfg(test)]
mod tests {
    use tensor::random::Random;

    use super::*;

    #[test]
    fn a_system_that_is_solved_gives_its_right_side_back() {
        for size in [1, 2, 5, 47, 48, 49, 97, 200] {
            let random = Random::new(size as u64, 1);
            let root: Vec<f64> = (0..size * size).map(|i| random.normal(i as u64)).collect();
            let mut a = vec![0.0; size * size];
            for row in 0..size {
                for column in 0..size {
                    let both = (&root[row * size..][..size], &root[column * size..][..size]);
                    a[row * size + column] =
                        dot(both.0, both.1) + if row == column { 1.0 } else { 0.0 };
                }
            }
            let expected: Vec<f64> = (0..size).map(|i| (i as f64).sin() + 2.0).collect();
            let mut x: Vec<f64> = a.chunks_exact(size).map(|row| dot(row, &expected)).collect();
            // Elements right of the diagonal must not be read.
            let mut lower = a.clone();
            for row in 0..size {
                lower[row * size + row + 1..(row + 1) * size].fill(f64::NAN);
            }
            Cholesky::of(lower, size).unwrap().solve(&mut x);
            for (found, expected) in x.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-9, "{size}: {found}, not {expected}");
            }
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_has_no_factor() {
        assert!(Cholesky::of(vec![1.0, 0.0, 2.0, 4.0], 2).is_none());
        assert!(Cholesky::of(vec![0.0], 1).is_none());
        assert!(Cholesky::of(vec![f64::NAN], 1).is_none());
        assert!(Cholesky::of(vec![f64::INFINITY], 1).is_none());
        assert!(Cholesky::of(vec![1.0, 0.0, f64::NAN, 4.0], 2).is_none());
    }
}
