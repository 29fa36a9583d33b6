//! Standard input and output without the standard library: `read` and `write` are the system's, the
//! rest is `core`.

use core::ffi::{c_int, c_void};

#[link(name = "c")]
unsafe extern "C" {
    fn read(file: c_int, buffer: *mut c_void, size: usize) -> isize;
    fn write(file: c_int, buffer: *const c_void, size: usize) -> isize;
}

/// Reads until `bytes` is full; `None` at the end of the input.
pub fn fill(bytes: &mut [u8]) -> Option<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        // SAFETY: the buffer is as long as it is said to be.
        let count = unsafe { read(0, rest.as_mut_ptr().cast(), rest.len()) };
        rest = rest.get_mut(usize::try_from(count).ok().filter(|&count| count > 0)?..)?;
    }
    Some(())
}

/// Writes a line with the hexadecimal digits of each number's bits; `None` if that fails.
pub fn write_bits(numbers: &[f32]) -> Option<()> {
    for (at, number) in numbers.iter().enumerate() {
        let mut field = [b'\n'; 9];
        for (shift, digit) in (0..8).rev().zip(&mut field) {
            let nibble = (number.to_bits() >> (4 * shift) & 15) as u8;
            *digit = if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
        }
        if at + 1 < numbers.len() {
            field[8] = b' ';
        }
        // SAFETY: the buffer is as long as it is said to be.
        let written = unsafe { write(1, field.as_ptr().cast(), field.len()) };
        (written == field.len() as isize).then_some(())?;
    }
    Some(())
}
