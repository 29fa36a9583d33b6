//! Numbers embedded in the program: bytes in a `static`, read in place.

/// Bytes aligned to 64, as the memory of tensors is.
///
/// ```
/// use tensor::embedded::Aligned;
///
/// static BYTES: Aligned<8> = Aligned([0, 0, 128, 63, 0, 0, 0, 64]);
/// # #[cfg(target_endian = "little")]
/// assert_eq!(BYTES.numbers::<f32>(2), [1.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Aligned<const N: usize>(pub [u8; N]);

/// A number type for which every bit pattern is valid: `f32` and `f64`.
pub trait Plain: sealed::Sealed + Copy + 'static {}

impl Plain for f32 {}
impl Plain for f64 {}

mod sealed {
    #[allow(unnameable_types)] // so that nobody else can implement it
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

impl<const N: usize> Aligned<N> {
    /// The first `len` numbers, in the byte order of the machine, without copying.
    ///
    /// # Panics
    ///
    /// If there are fewer bytes.
    pub const fn numbers<T: Plain>(&self, len: usize) -> &[T] {
        assert!(len <= N / size_of::<T>(), "embedded: fewer bytes than the numbers need");
        let first = &raw const self.0;
        // SAFETY: the bytes begin at a multiple of 64, which suits f32 and f64, there are enough of
        // them, they are borrowed as long as the result is, and every pattern of bits is a number
        // (`Plain`).
        #[allow(unsafe_code)]
        unsafe {
            core::slice::from_raw_parts(first.cast::<T>(), len)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_numbers_in_place() {
        let mut bytes = Aligned([0; 20]);
        bytes.0[..4].copy_from_slice(&1.5_f32.to_ne_bytes());
        bytes.0[4..8].copy_from_slice(&f32::NAN.to_ne_bytes());
        let numbers = bytes.numbers::<f32>(5);
        assert_eq!((numbers[0], numbers[2]), (1.5, 0.0));
        assert!(numbers[1].is_nan());
        assert_eq!(numbers.as_ptr().cast::<u8>(), bytes.0.as_ptr());
        assert!(bytes.numbers::<f64>(0).is_empty());
    }

    #[test]
    #[should_panic(expected = "embedded: fewer bytes than the numbers need")]
    fn there_must_be_enough_bytes() {
        Aligned([0; 20]).numbers::<f64>(3);
    }
}
