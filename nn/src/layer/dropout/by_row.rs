//! m is 0 for a whole row with the probability rate, else 1/(1 − rate).

use tensor::Float;
use tensor::random::Random;

use super::DropoutKind;

/// See [`StochasticDepth`](super::StochasticDepth).
#[derive(Clone, Copy, Debug)]
pub struct WholeRows;

impl DropoutKind for WholeRows {
    const WORD: &'static str = "stochastic_depth";

    fn fill_mask<T: Float>(
        random: Random,
        rate: f64,
        (first, width): (u64, usize),
        mask: &mut [T],
    ) {
        let kept = T::of(1.0 / (1.0 - rate));
        for (row, mask) in (first..).zip(mask.chunks_exact_mut(width)) {
            mask.fill(if random.uniform::<f64>(row) < rate { T::zero() } else { kept });
        }
    }
}
