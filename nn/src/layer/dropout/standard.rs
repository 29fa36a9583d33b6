//! m is 0 with the probability rate, else 1/(1 − rate).

use tensor::Float;
use tensor::random::Random;
use tensor::simd::{Inline, vectorize_inline};

use super::DropoutKind;

/// See [`Dropout`](super::Dropout).
#[derive(Clone, Copy, Debug)]
pub struct Standard;

impl DropoutKind for Standard {
    const WORD: &'static str = "dropout";

    fn fill_mask<T: Float>(
        random: Random,
        rate: f64,
        (first, width): (u64, usize),
        mask: &mut [T],
    ) {
        fill(random, rate, T::of(1.0 / (1.0 - rate)), first * width as u64, mask);
    }
}

/// Fills the elements from `first` on of a mask: 0 with the probability `rate`, else `kept`.
pub(super) fn fill<T: Float>(random: Random, rate: f64, kept: T, first: u64, mask: &mut [T]) {
    // Each element compares one random 32-bit word with the rate.
    let dropped = rounded(rate * (1_u64 << 32) as f64) as u32;
    vectorize_inline(FillMask { random, dropped, kept, first, mask });
}

/// Rounds. Without the standard library, `f64` has no rounding.
fn rounded<T: Float>(x: T) -> T {
    x.round()
}

/// [`Inline`], since ten rounds of arithmetic are otherwise too large for the compiler to inline
/// into the vector code.
struct FillMask<'a, T> {
    random: Random,
    dropped: u32,
    kept: T,
    first: u64,
    mask: &'a mut [T],
}

/// Number of words that [`Random::words`] computes at once.
const GROUP: usize = 64;

impl<T: Float> Inline for FillMask<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (mut at, mut rest) = (self.first, self.mask);
        while !rest.is_empty() {
            // The slice may begin and end inside a group of words.
            let (group, inside) = (at / GROUP as u64, (at % GROUP as u64) as usize);
            let most = (GROUP - inside).min(rest.len());
            let (now, later) = rest.split_at_mut(most);
            let words = self.random.words(group);
            for (m, &word) in now.iter_mut().zip(&words[inside..]) {
                *m = if word < self.dropped { T::zero() } else { self.kept };
            }
            at += now.len() as u64;
            rest = later;
        }
    }
}
