//! Gradient clipping.

use tensor::Float;
use tensor::simd::vectorize;
use tensor::threads::Threads;

use crate::error::{Error, Result};
use crate::parameters::NamedTensor;

/// A bound on the gradient, applied before the optimizer sees it.
///
/// ```
/// use nn::{Adam, Clip, Trainer, network};
///
/// network! { struct Line(dense(1 -> 1)); }
///
/// let mut line = Line::init(1);
/// let mut trainer = Trainer::new(Adam::new(0.1)).clip(Clip::norm(1.0));
/// trainer.step(&mut line, &[[0.0], [1.0]], &[[1e6], [3e6]])?;
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clip {
    kind: Kind,
    most: f64,
}

/// Numbers whose squares are summed in their own precision, each lane separately; also enough work
/// for a thread.
const PIECE: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Norm,
    TensorNorm,
    Value,
}

impl Clip {
    /// g ← g · min(1, most / ‖g‖), with the norm over all parameters (Pascanu, Mikolov and Bengio
    /// 2013). The direction is unchanged.
    pub const fn norm(most: f64) -> Self {
        Clip { kind: Kind::Norm, most }
    }

    /// As [`Clip::norm`], for the gradient of each tensor separately.
    pub const fn tensor_norm(most: f64) -> Self {
        Clip { kind: Kind::TensorNorm, most }
    }

    /// Clamps each number of the gradient to at most `most` in absolute value.
    pub const fn value(most: f64) -> Self {
        Clip { kind: Kind::Value, most }
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.most > 0.0 && self.most.is_finite() {
            return Ok(());
        }
        Err(Error::value(
            "bound on the gradient",
            self.most.to_string(),
            "a finite number above 0",
            "1 is usual for the norm",
        ))
    }

    /// What is left to do with every number of the gradient of these tensors, which is zero between
    /// them. A bound for each tensor is applied here: the factors differ.
    pub(super) fn bound<T: Float>(
        &self,
        gradient: &mut [T],
        tensors: &[NamedTensor],
        threads: &Threads,
    ) -> Bound<T> {
        let scale = |gradient: &[T]| {
            let norm = norm(gradient, threads);
            if norm > self.most { Bound::Scale(T::of(self.most / norm)) } else { Bound::None }
        };
        match self.kind {
            Kind::Norm => scale(gradient),
            Kind::Value => Bound::Value(T::of(self.most)),
            Kind::TensorNorm => {
                for tensor in tensors {
                    let gradient = &mut gradient[tensor.range()];
                    let bound = scale(gradient);
                    let pieces = gradient.chunks_mut(PIECE);
                    threads.worth(pieces.len() > 1).for_each(pieces, |piece| bound.apply(piece));
                }
                Bound::None
            }
        }
    }
}

/// A [`Clip`] for gradients of `T`.
pub(super) struct Clipping<T> {
    pub(super) clip: Clip,
    /// [`Clip::bound`]. A pointer, so that a program that does not clip does not contain it.
    pub(super) bound: fn(&Clip, &mut [T], &[NamedTensor], &Threads) -> Bound<T>,
}

impl<T: Float> Clipping<T> {
    pub(super) fn new(clip: Clip) -> Self {
        Clipping { clip, bound: Clip::bound }
    }
}

/// What a [`Clip`] does to every number of a gradient. NaN stays NaN.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bound<T> {
    None,
    /// g · factor
    Scale(T),
    /// The number nearest to g that is at most so large.
    Value(T),
}

impl<T: Float> Bound<T> {
    pub(super) fn apply(self, gradient: &mut [T]) {
        match self {
            Bound::None => {}
            Bound::Scale(factor) => {
                vectorize(move || gradient.iter_mut().for_each(|g| *g = *g * factor));
            }
            Bound::Value(most) => vectorize(move || {
                for g in gradient {
                    // Not `clamp`, for which some CPUs have no instruction. NaN is preserved.
                    let bounded = if *g > most { most } else { *g };
                    *g = if bounded < -most { -most } else { bounded };
                }
            }),
        }
    }
}

/// √Σg², also if the squares are out of the range of `T`.
pub(super) fn norm<T: Float>(gradient: &[T], threads: &Threads) -> f64 {
    let sum = sum_of_squares(gradient, T::one(), threads);
    // Squares of numbers this large are still exact enough, and those of smaller ones lost nothing
    // that matters.
    let is_in_range = sum.is_finite() && sum > T::min_positive_value().as_f64() * 1e8;
    if is_in_range {
        return sum.sqrt();
    }
    let largest = gradient.iter().fold(T::zero(), |largest, g| largest.max(g.abs()));
    if largest.is_zero() || !largest.is_finite() {
        return largest.as_f64();
    }
    let scale = largest.recip();
    match scale.is_finite() {
        true => largest.as_f64() * sum_of_squares(gradient, scale, threads).sqrt(),
        false => gradient.iter().map(|g| g.as_f64() * g.as_f64()).sum::<f64>().sqrt(),
    }
}

/// Σ(g·scale)², the same bits on every CPU and for any number of threads.
fn sum_of_squares<T: Float>(gradient: &[T], scale: T, threads: &Threads) -> f64 {
    /// Number of sums of pieces held at a time, so that nothing is allocated.
    const PIECES: usize = 256;
    let mut sum = 0.0;
    for numbers in gradient.chunks(PIECES * PIECE) {
        let mut sums = [0.0; PIECES];
        let pieces = numbers.chunks(PIECE).zip(&mut sums);
        threads.worth(numbers.len() > PIECE).for_each(pieces, |(piece, sum)| {
            *sum = sum_of_piece(piece, scale);
        });
        sums[..numbers.len().div_ceil(PIECE)].iter().for_each(|piece| sum += piece);
    }
    sum
}

fn sum_of_piece<T: Float>(piece: &[T], scale: T) -> f64 {
    const LANES: usize = 64;
    let mut sums = [T::zero(); LANES];
    vectorize(|| {
        let (rows, rest) = piece.as_chunks::<LANES>();
        for row in rows {
            for (sum, &g) in sums.iter_mut().zip(row) {
                let g = g * scale;
                *sum = g.mul_add(g, *sum);
            }
        }
        for (sum, &g) in sums.iter_mut().zip(rest) {
            let g = g * scale;
            *sum = g.mul_add(g, *sum);
        }
    });
    sums.iter().map(|sum| sum.as_f64()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clip<T: Float>(clip: Clip, gradient: &mut [T], tensors: &[NamedTensor]) {
        clip.bound(gradient, tensors, &Threads::new(1)).apply(gradient);
    }

    #[test]
    fn the_norm_is_bounded_and_the_direction_stays() {
        let mut gradient = [3.0_f64, 0.0, -4.0];
        clip(Clip::norm(10.0), &mut gradient, &[]);
        assert_eq!(gradient, [3.0, 0.0, -4.0]);
        clip(Clip::norm(1.0), &mut gradient, &[]);
        assert_eq!(gradient, [3.0 * 0.2, 0.0, -4.0 * 0.2]);
    }

    #[test]
    fn each_tensor_is_bounded_by_itself() {
        let tensors = [NamedTensor::new("a", &[2], 0), NamedTensor::new("b", &[1], 3)];
        let mut gradient = [3.0_f64, 4.0, 0.0, 0.5];
        clip(Clip::tensor_norm(1.0), &mut gradient, &tensors);
        assert_eq!(gradient, [3.0 * 0.2, 4.0 * 0.2, 0.0, 0.5]);
    }

    #[test]
    fn each_value_is_bounded() {
        let mut gradient = [3.0_f32, -0.5, -4.0, f32::NAN];
        clip(Clip::value(1.0), &mut gradient, &[]);
        assert_eq!(gradient[..3], [1.0, -0.5, -1.0]);
        assert!(gradient[3].is_nan());
    }

    #[test]
    fn a_norm_is_right_for_all_lengths_and_sizes() {
        for len in [0_usize, 1, 63, 64, 65, 4095, 4097, 10_000, 1_100_000] {
            for size in [1.0, 1e-30, 1e30] {
                let gradient: Vec<f32> = (0..len).map(|i| (i as f32 - 7.0) * size).collect();
                let exact = gradient.iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>();
                let found = norm(&gradient, &Threads::new(1));
                let threads = Threads::new(3).for_any_work();
                assert_eq!(found.to_bits(), norm(&gradient, &threads).to_bits(), "{len} {size}");
                let exact = exact.sqrt();
                assert!((found - exact).abs() <= 1e-6 * exact, "{len} {size}: {found} {exact}");
            }
        }
        assert_eq!(
            norm(&[f32::MIN_POSITIVE / 4.0; 4], &Threads::new(1)),
            f64::from(f32::MIN_POSITIVE) / 2.0
        );
        assert!(norm(&[f32::INFINITY, 1.0], &Threads::new(1)).is_infinite());
    }

    #[test]
    fn a_bound_that_is_none_is_refused() {
        for most in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Clip::norm(most).check().is_err(), "{most}");
        }
    }
}
