//! `Digits`, trained and embedded in the program: no standard library, no allocator, no file at run
//! time. As a static library it can be called from C, see `digits.h`.
//!
//! The weights are those that `cargo run --release --example fashion_mnist -- --seed 0` writes,
//! with the names of the classes.

#![no_std]

use nn::{Weights, include_weights, network};

network! {
    /// 28×28 gray images to ten kinds of clothes.
    pub struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax));
}

/// The weights, in the section for constants: flash on a microcontroller.
pub static DIGITS: Weights<Digits> = include_weights!("../digits.safetensors");

/// Stack for the numbers of a prediction, in bytes.
#[unsafe(no_mangle)]
pub static DIGITS_STACK: usize = Weights::<Digits>::STACK;

/// Writes the probability of each of the ten classes for 784 gray values from 0 to 1.
///
/// # Safety
///
/// - `pixels` points to 784 floats.
/// - `probabilities` points to 10 floats that nothing else reads or writes during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn digits_predict(pixels: *const f32, probabilities: *mut f32) {
    // SAFETY: the caller promises 784 floats.
    let pixels = unsafe { &*pixels.cast::<[f32; 784]>() };
    // SAFETY: the caller promises 10 floats of its own.
    let probabilities = unsafe { &mut *probabilities.cast::<[f32; 10]>() };
    *probabilities = DIGITS.predict(pixels);
}

/// What the compiled parts of `core` name as the one who unwinds. Nobody unwinds here; in a shared
/// library the name must be there all the same.
#[cfg(not(debug_assertions))]
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// Nothing here can panic, and the linker proves it: in an optimised build this handler is left
/// out, and with it the one function that exists nowhere.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    #[cfg(not(debug_assertions))]
    {
        unsafe extern "C" {
            safe fn a_panic_can_be_reached() -> !;
        }
        a_panic_can_be_reached()
    }
    #[cfg(debug_assertions)]
    loop {}
}
