//! Operations on a row of a tile in vector registers.
//!
//! A row is an array, which the compiler holds in registers while its address is not taken. It also
//! vectorizes plain loops over one. But in a function as large as a tile it does not always do so,
//! and scalar code takes four to ten times as long. So on x86-64 the loops are written with
//! intrinsics.

use super::transpose::SIDE;
use crate::float::Float;

/// The operations in vector registers.
pub(super) trait Vectors<T: Float> {
    /// sums += a·b, element by element, each rounded once.
    #[inline(always)]
    fn add_multiple<const W: usize>(sums: &mut [T; W], a: T, b: &[T; W]) {
        for j in 0..W {
            sums[j] = a.mul_add(b[j], sums[j]);
        }
    }

    /// Whether all of them are 0, which NaN is not.
    #[inline(always)]
    fn are_zero<const W: usize>(row: &[T; W]) -> bool {
        row.iter().all(|&x| x == T::zero())
    }

    /// The first columns of a row: those of a tile that c has.
    type Some: Copy;

    /// The first `width` columns.
    fn some(width: usize) -> Self::Some;

    /// Loads some columns, followed by zeros.
    ///
    /// # Panics
    ///
    /// If `from` has other columns.
    fn load_some<const W: usize>(from: &[T], some: Self::Some) -> [T; W];

    /// Writes some columns.
    ///
    /// # Panics
    ///
    /// If `to` has other columns.
    fn store_some<const W: usize>(row: &[T; W], some: Self::Some, to: &mut [T]);

    /// Some columns, followed by zeros.
    fn only_some<const W: usize>(row: &[T; W], some: Self::Some) -> [T; W];

    /// Transposes a block: `SIDE` rows of as many elements, `stride` apart in `from` and
    /// `to_stride` in `to`.
    ///
    /// # Panics
    ///
    /// If there are fewer.
    #[inline(always)]
    fn transpose(from: &[T], stride: usize, to: &mut [T], to_stride: usize) {
        for row in 0..SIDE {
            for col in 0..SIDE {
                to[row * to_stride + col] = from[col * stride + row];
            }
        }
    }
}

/// With the instructions that the build target guarantees.
pub(super) struct Standard;

impl<T: Float> Vectors<T> for Standard {
    type Some = usize;

    #[inline(always)]
    fn some(width: usize) -> usize {
        width
    }

    #[inline(always)]
    fn load_some<const W: usize>(from: &[T], width: usize) -> [T; W] {
        let mut row = [T::zero(); W];
        row[..width].copy_from_slice(from);
        row
    }

    #[inline(always)]
    fn store_some<const W: usize>(row: &[T; W], width: usize, to: &mut [T]) {
        to.copy_from_slice(&row[..width]);
    }

    #[inline(always)]
    fn only_some<const W: usize>(row: &[T; W], width: usize) -> [T; W] {
        std::array::from_fn(|at| if at < width { row[at] } else { T::zero() })
    }
}

/// With AVX-512, on a CPU that has been found to have it.
#[cfg(target_arch = "x86_64")]
pub(super) struct Avx512;

/// With AVX2 and FMA, on a CPU that has been found to have them.
#[cfg(target_arch = "x86_64")]
pub(super) struct Avx2;

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use std::arch::x86_64::*;

    use super::super::transpose::{transpose_pd, transpose_ps};
    use super::{Avx2, Avx512, Vectors};

    /// [`Vectors`] of one float in one instruction set.
    ///
    /// `mask` builds a mask of the first lanes, given their number. The others are then neither
    /// read nor written, as their memory may not exist or may belong to another slice.
    macro_rules! vectors {
        (
            $Isa:ident, $features:literal, $lanes:literal of $T:ty,
            set: $set:ident, load: $load:ident, store: $store:ident,
            multiply_add: $multiply_add:ident,
            is_zero: |$vector_at:ident| $is_zero:expr,
            masks: [$Mask:ty; $masks:literal] by $mask:ident,
            load_some: |$from:ident, $some:ident| $load_some:expr,
            store_some: $store_some:ident,
            only_some: |$vector:ident, $kept:ident| $only_some:expr,
            transpose: $transpose:ident
        ) => {
            impl Vectors<$T> for $Isa {
                #[inline(always)]
                fn add_multiple<const W: usize>(sums: &mut [$T; W], a: $T, b: &[$T; W]) {
                    #[inline]
                    #[target_feature(enable = $features)]
                    fn compiled<const W: usize>(sums: &mut [$T; W], a: $T, b: &[$T; W]) {
                        const { assert!(W.is_multiple_of($lanes), "a row of whole vectors") };
                        let vectors = sums.as_chunks_mut::<$lanes>().0.iter_mut();
                        for (sums, b) in vectors.zip(b.as_chunks::<$lanes>().0) {
                            // SAFETY: as many elements as a vector has.
                            #[allow(unsafe_code)]
                            let b = unsafe { $load(b.as_ptr()) };
                            // SAFETY: as above.
                            #[allow(unsafe_code)]
                            let before = unsafe { $load(sums.as_ptr()) };
                            let after = $multiply_add($set(a), b, before);
                            // SAFETY: as above.
                            #[allow(unsafe_code)]
                            unsafe {
                                $store(sums.as_mut_ptr(), after);
                            }
                        }
                    }
                    // SAFETY: the CPU has been found to have the features.
                    #[allow(unsafe_code)]
                    unsafe {
                        compiled(sums, a, b);
                    }
                }

                #[inline(always)]
                fn are_zero<const W: usize>(row: &[$T; W]) -> bool {
                    #[inline]
                    #[target_feature(enable = $features)]
                    fn compiled<const W: usize>(row: &[$T; W]) -> bool {
                        const { assert!(W.is_multiple_of($lanes), "a row of whole vectors") };
                        let mut all = true;
                        for vector in row.as_chunks::<$lanes>().0 {
                            // SAFETY: as many elements as a vector has.
                            #[allow(unsafe_code)]
                            let $vector_at = unsafe { $load(vector.as_ptr()) };
                            all &= $is_zero;
                        }
                        all
                    }
                    // SAFETY: the CPU has been found to have the features.
                    #[allow(unsafe_code)]
                    unsafe {
                        compiled(row)
                    }
                }

                /// Their number, and a mask for each vector of the widest row.
                type Some = (usize, [$Mask; $masks]);

                #[inline(always)]
                fn some(width: usize) -> Self::Some {
                    let masks = std::array::from_fn(|vector| {
                        let lanes = width.saturating_sub(vector * $lanes).min($lanes);
                        // SAFETY: the CPU has been found to have the features.
                        #[allow(unsafe_code, unused_unsafe)]
                        unsafe {
                            $mask(lanes)
                        }
                    });
                    (width, masks)
                }

                #[inline(always)]
                fn load_some<const W: usize>(from: &[$T], some: Self::Some) -> [$T; W] {
                    #[inline]
                    #[target_feature(enable = $features)]
                    fn compiled<const W: usize>(
                        from: &[$T],
                        (width, masks): (usize, [$Mask; $masks]),
                    ) -> [$T; W] {
                        const { assert!(W.is_multiple_of($lanes) && W / $lanes <= $masks) };
                        assert!(from.len() == width, "a row with other columns");
                        let mut row = [0.0; W];
                        let vectors = row.as_chunks_mut::<$lanes>().0.iter_mut();
                        for ((vector, $some), at) in vectors.zip(masks).zip((0..W).step_by($lanes))
                        {
                            let $from = from.as_ptr().wrapping_add(at);
                            // SAFETY: the lanes of the masks are the first `width` elements.
                            #[allow(unsafe_code)]
                            let there = unsafe { $load_some };
                            // SAFETY: as many elements as a vector has.
                            #[allow(unsafe_code)]
                            unsafe {
                                $store(vector.as_mut_ptr(), there);
                            }
                        }
                        row
                    }
                    // SAFETY: the CPU has been found to have the features.
                    #[allow(unsafe_code)]
                    unsafe {
                        compiled(from, some)
                    }
                }

                #[inline(always)]
                fn store_some<const W: usize>(row: &[$T; W], some: Self::Some, to: &mut [$T]) {
                    #[inline]
                    #[target_feature(enable = $features)]
                    fn compiled<const W: usize>(
                        row: &[$T; W],
                        (width, masks): (usize, [$Mask; $masks]),
                        to: &mut [$T],
                    ) {
                        const { assert!(W.is_multiple_of($lanes) && W / $lanes <= $masks) };
                        assert!(to.len() == width, "a row with other columns");
                        let vectors = row.as_chunks::<$lanes>().0;
                        for ((vector, mask), at) in
                            vectors.iter().zip(masks).zip((0..W).step_by($lanes))
                        {
                            // SAFETY: as many elements as a vector has.
                            #[allow(unsafe_code)]
                            let vector = unsafe { $load(vector.as_ptr()) };
                            // SAFETY: the lanes of the masks are the first `width` elements.
                            #[allow(unsafe_code)]
                            unsafe {
                                $store_some(to.as_mut_ptr().wrapping_add(at), mask, vector);
                            }
                        }
                    }
                    // SAFETY: the CPU has been found to have the features.
                    #[allow(unsafe_code)]
                    unsafe {
                        compiled(row, some, to);
                    }
                }

                #[inline(always)]
                fn only_some<const W: usize>(row: &[$T; W], (_, masks): Self::Some) -> [$T; W] {
                    #[inline]
                    #[target_feature(enable = $features)]
                    fn compiled<const W: usize>(row: &[$T; W], masks: [$Mask; $masks]) -> [$T; W] {
                        const { assert!(W.is_multiple_of($lanes) && W / $lanes <= $masks) };
                        let mut some = *row;
                        for (vector, $kept) in
                            some.as_chunks_mut::<$lanes>().0.iter_mut().zip(masks)
                        {
                            // SAFETY: as many elements as a vector has.
                            #[allow(unsafe_code)]
                            let $vector = unsafe { $load(vector.as_ptr()) };
                            // SAFETY: as above.
                            #[allow(unsafe_code)]
                            unsafe {
                                $store(vector.as_mut_ptr(), $only_some);
                            }
                        }
                        some
                    }
                    // SAFETY: the CPU has been found to have the features.
                    #[allow(unsafe_code)]
                    unsafe {
                        compiled(row, masks)
                    }
                }

                #[inline(always)]
                fn transpose(from: &[$T], stride: usize, to: &mut [$T], to_stride: usize) {
                    // SAFETY: the CPU has been found to have the features, of which AVX is one.
                    #[allow(unsafe_code)]
                    unsafe {
                        $transpose(from, stride, to, to_stride);
                    }
                }
            }
        };
    }

    vectors!(
        Avx512, "avx512f", 16 of f32,
        set: _mm512_set1_ps, load: _mm512_loadu_ps, store: _mm512_storeu_ps,
        multiply_add: _mm512_fmadd_ps,
        is_zero: |x| _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(x, _mm512_setzero_ps()) == 0,
        masks: [__mmask16; 4] by sixteen_bits,
        load_some: |from, some| _mm512_maskz_loadu_ps(some, from),
        store_some: _mm512_mask_storeu_ps,
        only_some: |vector, kept| _mm512_maskz_mov_ps(kept, vector),
        transpose: transpose_ps
    );
    vectors!(
        Avx512, "avx512f", 8 of f64,
        set: _mm512_set1_pd, load: _mm512_loadu_pd, store: _mm512_storeu_pd,
        multiply_add: _mm512_fmadd_pd,
        is_zero: |x| _mm512_cmp_pd_mask::<_CMP_NEQ_UQ>(x, _mm512_setzero_pd()) == 0,
        masks: [__mmask8; 4] by eight_bits,
        load_some: |from, some| _mm512_maskz_loadu_pd(some, from),
        store_some: _mm512_mask_storeu_pd,
        only_some: |vector, kept| _mm512_maskz_mov_pd(kept, vector),
        transpose: transpose_pd
    );
    vectors!(
        Avx2, "avx2,fma", 8 of f32,
        set: _mm256_set1_ps, load: _mm256_loadu_ps, store: _mm256_storeu_ps,
        multiply_add: _mm256_fmadd_ps,
        is_zero: |x| _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_NEQ_UQ>(x, _mm256_setzero_ps())) == 0,
        masks: [__m256i; 2] by eight_lanes,
        load_some: |from, some| _mm256_maskload_ps(from, some),
        store_some: _mm256_maskstore_ps,
        only_some: |vector, kept| _mm256_and_ps(vector, _mm256_castsi256_ps(kept)),
        transpose: transpose_ps
    );
    vectors!(
        Avx2, "avx2,fma", 4 of f64,
        set: _mm256_set1_pd, load: _mm256_loadu_pd, store: _mm256_storeu_pd,
        multiply_add: _mm256_fmadd_pd,
        is_zero: |x| _mm256_movemask_pd(_mm256_cmp_pd::<_CMP_NEQ_UQ>(x, _mm256_setzero_pd())) == 0,
        masks: [__m256i; 2] by four_lanes,
        load_some: |from, some| _mm256_maskload_pd(from, some),
        store_some: _mm256_maskstore_pd,
        only_some: |vector, kept| _mm256_and_pd(vector, _mm256_castsi256_pd(kept)),
        transpose: transpose_pd
    );

    // Masks of the first lanes: a bit for each in AVX-512, the sign of each in AVX2.

    #[inline(always)]
    fn sixteen_bits(lanes: usize) -> __mmask16 {
        __mmask16::MAX.checked_shr(16 - lanes as u32).unwrap_or(0)
    }

    #[inline(always)]
    fn eight_bits(lanes: usize) -> __mmask8 {
        __mmask8::MAX.checked_shr(8 - lanes as u32).unwrap_or(0)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn eight_lanes(lanes: usize) -> __m256i {
        let places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes as i32), places)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn four_lanes(lanes: usize) -> __m256i {
        let places = _mm256_setr_epi64x(0, 1, 2, 3);
        _mm256_cmpgt_epi64(_mm256_set1_epi64x(lanes as i64), places)
    }
}
