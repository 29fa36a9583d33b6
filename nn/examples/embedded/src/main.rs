//! Reads images of 784 bytes from standard input and writes for each the ten probabilities, as the
//! hexadecimal digits of their bits.
//!
//! No standard library and no allocator.

#![no_std]
#![no_main]

mod streams;

use core::ffi::c_int;

use digits::DIGITS;

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    let mut bytes = [0_u8; 784];
    while streams::fill(&mut bytes).is_some() {
        let probabilities = DIGITS.predict(&bytes.map(|byte| f32::from(byte) / 255.0));
        if streams::write_bits(&probabilities).is_none() {
            return 1;
        }
    }
    0
}
