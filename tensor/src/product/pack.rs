//! Copying an operand into a panel that the tiles read from one end to the other.

use std::ops::Range;

use super::Matrix;
use super::tile::Tiles;
use crate::float::Float;

/// Copies some rows and columns of b into a panel of `W` columns: row k, column j goes to `k * W + j`. Columns
/// that are missing become zeros.
#[inline(always)]
pub(super) fn pack<T: Float, K: Tiles<T>, const W: usize>(
    b: &Matrix<'_, T>,
    rows: Range<usize>,
    cols: Range<usize>,
    panel: &mut [T],
) {
    let width = cols.len();
    let data = b.data.get(rows.start * b.row_stride + cols.start * b.col_stride..).unwrap_or(&[]);
    let to = panel.as_chunks_mut::<W>().0;
    if width < W {
        to.as_flattened_mut().fill(T::zero());
    }
    if b.col_stride == 1 && width == W {
        for (k, row) in to.iter_mut().enumerate() {
            row.copy_from_slice(&data[k * b.row_stride..][..W]);
        }
    } else if b.row_stride == 1 {
        transpose::<T, K, W>(data, b.col_stride, [width, rows.len()], panel);
    } else {
        for (k, row) in to.iter_mut().enumerate() {
            for (j, to) in row[..width].iter_mut().enumerate() {
                *to = data[k * b.row_stride + j * b.col_stride];
            }
        }
    }
}

/// Copies some columns of a into a panel of `MR` rows: row i, column k goes to `k * MR + i`. There are at most `MR` rows,
/// and each column is contiguous; where a row is missing, anything stays.
#[inline(always)]
pub(super) fn pack_left<T: Float, const MR: usize>(
    a: &Matrix<'_, T>,
    rows: Range<usize>,
    cols: Range<usize>,
    panel: &mut [T],
) {
    for (to, k) in panel.as_chunks_mut::<MR>().0.iter_mut().zip(cols) {
        let column = &a.data[k * a.col_stride + rows.start..];
        match column.first_chunk() {
            Some(column) if rows.len() == MR => *to = *column,
            _ => to[..rows.len()].copy_from_slice(&column[..rows.len()]),
        }
    }
}

/// Elements on a side of the blocks that are transposed in registers.
pub(super) const SIDE: usize = 8;

/// A block that is transposed in registers.
pub(super) type Block<T> = [[T; SIDE]; SIDE];

/// Packs a panel of a matrix whose columns are contiguous, `stride` apart.
#[inline(always)]
fn transpose<T: Float, K: Tiles<T>, const W: usize>(
    columns: &[T],
    stride: usize,
    [width, depth]: [usize; 2],
    panel: &mut [T],
) {
    let (whole_width, whole_depth) = (width / SIDE * SIDE, depth / SIDE * SIDE);
    for k in (0..whole_depth).step_by(SIDE) {
        for j in (0..whole_width).step_by(SIDE) {
            let block: Block<T> = std::array::from_fn(|c| {
                let column = &columns[(j + c) * stride + k..];
                *column.first_chunk().unwrap_or_else(|| panic!("a column ends early"))
            });
            let block = K::transposed(block);
            for (r, row) in block.iter().enumerate() {
                panel[(k + r) * W + j..][..SIDE].copy_from_slice(row);
            }
        }
    }
    for k in 0..depth {
        let done = if k < whole_depth { whole_width } else { 0 };
        for j in done..width {
            panel[k * W + j] = columns[j * stride + k];
        }
    }
}

/// Rows and columns exchanged.
#[inline(always)]
pub(super) fn transposed<T: Float>(rows: Block<T>) -> Block<T> {
    std::array::from_fn(|r| std::array::from_fn(|c| rows[c][r]))
}

/// [`transposed`] by shuffles of whole registers: 24 of them, where the compiler makes 64 loads and 64
/// stores of the plain form.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx")]
pub(super) fn transposed_by_shuffles(rows: Block<f32>) -> Block<f32> {
    use std::arch::x86_64::*;
    // SAFETY: each load reads the eight elements of an array of eight.
    #[allow(unsafe_code)]
    let [a, b, c, d, e, f, g, h] = rows.map(|row| unsafe { _mm256_loadu_ps(row.as_ptr()) });
    // Pairs of rows, then fours, in each half of the registers; then the halves.
    let (ab, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
    let (cd, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
    let (ef, ef_high) = (_mm256_unpacklo_ps(e, f), _mm256_unpackhi_ps(e, f));
    let (gh, gh_high) = (_mm256_unpacklo_ps(g, h), _mm256_unpackhi_ps(g, h));
    let upper = [
        _mm256_shuffle_ps::<0x44>(ab, cd),
        _mm256_shuffle_ps::<0xEE>(ab, cd),
        _mm256_shuffle_ps::<0x44>(ab_high, cd_high),
        _mm256_shuffle_ps::<0xEE>(ab_high, cd_high),
    ];
    let lower = [
        _mm256_shuffle_ps::<0x44>(ef, gh),
        _mm256_shuffle_ps::<0xEE>(ef, gh),
        _mm256_shuffle_ps::<0x44>(ef_high, gh_high),
        _mm256_shuffle_ps::<0xEE>(ef_high, gh_high),
    ];
    let mut columns = [[0.0; SIDE]; SIDE];
    for i in 0..4 {
        let first = _mm256_permute2f128_ps::<0x20>(upper[i], lower[i]);
        let second = _mm256_permute2f128_ps::<0x31>(upper[i], lower[i]);
        // SAFETY: each store writes the eight elements of an array of eight.
        #[allow(unsafe_code)]
        unsafe {
            _mm256_storeu_ps(columns[i].as_mut_ptr(), first);
        }
        // SAFETY: as above.
        #[allow(unsafe_code)]
        unsafe {
            _mm256_storeu_ps(columns[i + 4].as_mut_ptr(), second);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> Block<f32> {
        std::array::from_fn(|r| std::array::from_fn(|c| (r * SIDE + c) as f32))
    }

    #[test]
    fn blocks_are_transposed() {
        let columns = transposed(block());
        assert_eq!((columns[2][5], columns[7][0]), (42.0, 7.0));
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn shuffles_do_the_same() {
        if is_available() {
            // SAFETY: the CPU has just been asked.
            #[allow(unsafe_code)]
            let columns = unsafe { transposed_by_shuffles(block()) };
            assert_eq!(columns, transposed(block()));
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn is_available() -> bool {
        crate::simd::Isa::Avx2.is_available()
    }
}
