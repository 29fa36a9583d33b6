//! Asking for memory before it is read.

/// Bytes that come from memory together.
pub(crate) const LINE: usize = 64;

/// Asks for `values` to be brought near the CPU, which goes on meanwhile: for what will be read soon, and lies
/// where nothing read so far points to.
///
/// A hint, and on some CPUs nothing at all.
pub fn fetch<T>(values: &[T]) {
    let start = values.as_ptr().cast::<u8>();
    for line in (0..size_of_val(values)).step_by(LINE) {
        fetch_line(start.wrapping_add(line));
    }
}

/// Asks for the line at this address, if there is memory, to be brought into the second-level cache.
#[inline(always)]
pub(crate) fn fetch_line<T>(address: *const T) {
    prefetch::<T, false>(address);
}

/// [`fetch_line`] into the first-level cache: for a few lines, so that what lies there can stay.
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
