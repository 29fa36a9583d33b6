//! y = a·x + b for elements that are not dropped, a·s + b for those that are, with s = −λα, the
//! least value of `selu`.
//!
//! q = 1 − rate, a = 1/√(q + s²·q·rate), b = −a·rate·s
//!
//! If x has mean 0 and variance 1, y has mean 0 and variance 1 over both.

use tensor::Float;
use tensor::random::Random;

use super::{DropoutKind, standard};
use crate::layer::moments::rate as reciprocal_root;

/// See [`AlphaDropout`](super::AlphaDropout).
#[derive(Clone, Copy, Debug)]
pub struct Alpha;

/// s, by the constants of Klambauer et al.
const LEAST: f64 = -1.050_700_987_355_480_5 * 1.673_263_242_354_377_2;

/// a.
fn factor(rate: f64) -> f64 {
    let kept = 1.0 - rate;
    reciprocal_root(kept, LEAST * LEAST * kept * rate)
}

impl DropoutKind for Alpha {
    const WORD: &'static str = "alpha_dropout";

    fn fill_mask<T: Float>(
        random: Random,
        rate: f64,
        (first, width): (u64, usize),
        mask: &mut [T],
    ) {
        standard::fill(random, rate, T::of(factor(rate)), first * width as u64, mask);
    }

    fn shifts(rate: f64) -> [f64; 2] {
        let (a, b) = (factor(rate), -factor(rate) * rate * LEAST);
        [a * LEAST + b, b]
    }
}
