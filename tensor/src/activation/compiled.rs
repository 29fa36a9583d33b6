//! The built-in activations compiled in this crate, with compiler optimization on.
//!
//! Generic code is compiled in the crate that uses it; in a debug build of a user's crate that is
//! slow by orders of magnitude. The impl of a built-in activation therefore hands slices of `f32`
//! and `f64` to functions that are not generic. `list.rs` writes these for every activation of the
//! list.

use super::{Activation, map, scale_by_derivative};
use crate::float::{Float, same};

/// The two slice functions of an activation, for the two floats with SIMD.
#[diagnostic::on_unimplemented(
    message = "the built-in activation `{Self}` is not in the list",
    note = "add its row at the end of the file that defines it: see `for_each_activation!`"
)]
pub(super) trait Compiled: Activation {
    fn forward_f32(self, values: &mut [f32]);
    fn forward_f64(self, values: &mut [f64]);
    fn backward_f32(self, dy: &mut [f32], x: &[f32], y: &[f32]);
    fn backward_f64(self, dy: &mut [f64], x: &[f64], y: &[f64]);
}

type Forward<A, T> = fn(A, &mut [T]);
type Backward<A, T> = fn(A, &mut [T], &[T], &[T]);

pub(super) fn forward<A: Compiled, T: Float>(f: A, values: &mut [T]) {
    if let Some(run) = same::<Forward<A, f32>, Forward<A, T>>(A::forward_f32) {
        run(f, values);
    } else if let Some(run) = same::<Forward<A, f64>, Forward<A, T>>(A::forward_f64) {
        run(f, values);
    } else {
        map(f, values);
    }
}

pub(super) fn backward<A: Compiled, T: Float>(f: A, dy: &mut [T], x: &[T], y: &[T]) {
    if let Some(run) = same::<Backward<A, f32>, Backward<A, T>>(A::backward_f32) {
        run(f, dy, x, y);
    } else if let Some(run) = same::<Backward<A, f64>, Backward<A, T>>(A::backward_f64) {
        run(f, dy, x, y);
    } else {
        scale_by_derivative(f, dy, x, y);
    }
}

/// Writes, inside `impl Activation`, the two methods that call the compiled functions.
macro_rules! compiled_slices {
    () => {
        fn forward<T: Float>(&self, values: &mut [T]) {
            super::compiled::forward(*self, values);
        }
        fn backward<T: Float>(&self, dy: &mut [T], x: &[T], y: &[T]) {
            super::compiled::backward(*self, dy, x, y);
        }
    };
}
pub(super) use compiled_slices;
