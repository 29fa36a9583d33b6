//! Prefetching: loads memory into the cache before it is read.

/// Size of a cache line, in bytes.
pub(crate) const LINE: usize = 64;

/// Elements in a cache line, at least one.
pub(crate) const fn in_line<T>() -> usize {
    match size_of::<T>() {
        0 => LINE,
        size => LINE.div_ceil(size),
    }
}

/// Prefetches `values` into the cache without waiting. Use it for data that is needed soon and that
/// the hardware prefetcher cannot predict.
///
/// A hint; on some CPUs it does nothing.
pub fn fetch<T>(values: &[T]) {
    let start = values.as_ptr().cast::<u8>();
    for line in (0..size_of_val(values)).step_by(LINE) {
        fetch_line(start.wrapping_add(line));
    }
}

/// Prefetches the line at this address, if there is memory, into the second-level cache.
#[inline(always)]
pub(crate) fn fetch_line<T>(address: *const T) {
    prefetch::<T, false>(address);
}

/// [`fetch_line`] into the first-level cache. Only for a few lines, so that they evict little.
#[inline(always)]
pub(crate) fn fetch_line_near<T>(address: *const T) {
    prefetch::<T, true>(address);
}

#[inline(always)]
fn prefetch<T, const NEAR: bool>(address: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: hints, which read nothing and so may name any address.
    #[allow(unsafe_code, clippy::multiple_unsafe_ops_per_block)]
    unsafe {
        use core::arch::x86_64::{_MM_HINT_T0, _MM_HINT_T1, _mm_prefetch};
        if NEAR {
            _mm_prefetch::<_MM_HINT_T0>(address.cast());
        } else {
            _mm_prefetch::<_MM_HINT_T1>(address.cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
