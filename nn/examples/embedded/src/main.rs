//! Reads images of 784 bytes from standard input and writes for each the ten probabilities, as the
//! hexadecimal digits of their bits.
//!
//! No standard library and no allocator: `read` and `write` are the system's, the rest is `core`.

#![no_std]
#![no_main]

use core::ffi::{c_int, c_void};

use digits::DIGITS;

#[link(name = "c")]
unsafe extern "C" {
    fn read(file: c_int, buffer: *mut c_void, size: usize) -> isize;
    fn write(file: c_int, buffer: *const c_void, size: usize) -> isize;
}

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    let mut bytes = [0_u8; 784];
    while let Some(()) = fill(&mut bytes) {
        let probabilities = DIGITS.predict(&bytes.map(|byte| f32::from(byte) / 255.0));
        let mut line = [b' '; 90];
        let fields = line.as_chunks_mut::<9>().0;
        for (field, probability) in fields.iter_mut().zip(probabilities) {
            let bits = probability.to_bits();
            for (shift, digit) in (0..8).rev().zip(field.iter_mut()) {
                let nibble = (bits >> (4 * shift) & 15) as u8;
                *digit = if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
            }
        }
        line[89] = b'\n';
        // SAFETY: the buffer is as long as it is said to be.
        if unsafe { write(1, line.as_ptr().cast(), line.len()) } != line.len() as isize {
            return 1;
        }
    }
    0
}

/// Reads until `bytes` is full; nothing at the end of the input.
fn fill(bytes: &mut [u8; 784]) -> Option<()> {
    let mut rest = &mut bytes[..];
    while !rest.is_empty() {
        // SAFETY: the buffer is as long as it is said to be.
        let count = unsafe { read(0, rest.as_mut_ptr().cast(), rest.len()) };
        rest = rest.get_mut(usize::try_from(count).ok().filter(|&count| count > 0)?..)?;
    }
    Some(())
}
