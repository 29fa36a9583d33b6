//! m is normal, with mean 1 and variance rate/(1 − rate).

use tensor::Float;
use tensor::random::Random;

use super::DropoutKind;

/// See [`GaussianDropout`](super::GaussianDropout).
#[derive(Clone, Copy, Debug)]
pub struct Gaussian;

impl DropoutKind for Gaussian {
    const WORD: &'static str = "gaussian_dropout";

    fn fill_mask<T: Float>(
        random: Random,
        rate: f64,
        (first, width): (u64, usize),
        mask: &mut [T],
    ) {
        let deviation = T::of(rate / (1.0 - rate)).sqrt();
        random.fill_normal_from(first * width as u64, mask, T::one(), deviation);
    }
}
