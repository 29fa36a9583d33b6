//! Transposes blocks in registers.
//!
//! Two loads fill the halves of a register. Unlike a shuffle, a load can use any port of the CPU,
//! so that only shuffles within the halves remain.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

#[cfg(target_arch = "x86_64")]
use super::matrix::check;

/// Elements on a side of the blocks.
pub(super) const SIDE: usize = 8;

/// [`Vectors::transpose`](super::vector::Vectors::transpose) in AVX.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx")]
pub(super) fn transpose_ps(from: &[f32], stride: usize, to: &mut [f32], to_stride: usize) {
    check(from, SIDE, stride, SIDE);
    check(to, SIDE, to_stride, SIDE);
    for half in [0, 4] {
        let mut pairs = [_mm256_setzero_ps(); 4];
        for (row, pair) in pairs.iter_mut().enumerate() {
            let first = from.as_ptr().wrapping_add(row * stride + half);
            // SAFETY: four elements of a row below `SIDE`, which `check` has found to be there.
            #[allow(unsafe_code)]
            let low = unsafe { _mm_loadu_ps(first) };
            // SAFETY: as above, of the row four further on.
            #[allow(unsafe_code)]
            let high = unsafe { _mm_loadu_ps(first.wrapping_add(4 * stride)) };
            *pair = _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(low), high);
        }
        let [a, b, c, d] = pairs;
        let (ab, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
        let (cd, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
        let rows = [
            _mm256_shuffle_ps::<0x44>(ab, cd),
            _mm256_shuffle_ps::<0xEE>(ab, cd),
            _mm256_shuffle_ps::<0x44>(ab_high, cd_high),
            _mm256_shuffle_ps::<0xEE>(ab_high, cd_high),
        ];
        for (row, i) in rows.into_iter().zip(half..) {
            // SAFETY: eight elements of a row below `SIDE`, which `check` has found to be there.
            #[allow(unsafe_code)]
            unsafe {
                _mm256_storeu_ps(to.as_mut_ptr().wrapping_add(i * to_stride), row);
            }
        }
    }
}

/// [`Vectors::transpose`](super::vector::Vectors::transpose) in AVX.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx")]
pub(super) fn transpose_pd(from: &[f64], stride: usize, to: &mut [f64], to_stride: usize) {
    check(from, SIDE, stride, SIDE);
    check(to, SIDE, to_stride, SIDE);
    for (half, col) in [0, 4].into_iter().flat_map(|half| [0, 2, 4, 6].map(|col| (half, col))) {
        let mut pairs = [_mm256_setzero_pd(); 2];
        for (row, pair) in pairs.iter_mut().enumerate() {
            let first = from.as_ptr().wrapping_add((half + row) * stride + col);
            // SAFETY: two elements of a row below `SIDE`, which `check` has found to be there.
            #[allow(unsafe_code)]
            let low = unsafe { _mm_loadu_pd(first) };
            // SAFETY: as above, of the row two further on.
            #[allow(unsafe_code)]
            let high = unsafe { _mm_loadu_pd(first.wrapping_add(2 * stride)) };
            *pair = _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(low), high);
        }
        let [a, b] = pairs;
        let rows = [_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b)];
        for (row, i) in rows.into_iter().zip(col..) {
            // SAFETY: four elements of a row below `SIDE`, which `check` has found to be there.
            #[allow(unsafe_code)]
            unsafe {
                _mm256_storeu_pd(to.as_mut_ptr().wrapping_add(i * to_stride + half), row);
            }
        }
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::super::vector::{Avx2, Avx512, Standard, Vectors};
    use crate::float::Float;
    use crate::simd::Isa;

    fn transposes<T: Float, K: Vectors<T>>() {
        let from: Vec<T> = (0..7 * 11 + 8).map(|i| T::of(i as f64)).collect();
        let (mut to, mut expected) = (vec![T::zero(); 7 * 9 + 8], vec![T::zero(); 7 * 9 + 8]);
        K::transpose(&from, 11, &mut to, 9);
        <Standard as Vectors<T>>::transpose(&from, 11, &mut expected, 9);
        assert_eq!(expected[2 * 9 + 5], T::of((5 * 11 + 2) as f64));
        assert_eq!(to, expected);
    }

    #[test]
    fn blocks_are_transposed() {
        if Isa::Avx2.is_available() {
            transposes::<f32, Avx2>();
            transposes::<f64, Avx2>();
        }
        if Isa::Avx512.is_available() {
            transposes::<f32, Avx512>();
            transposes::<f64, Avx512>();
        }
    }
}
