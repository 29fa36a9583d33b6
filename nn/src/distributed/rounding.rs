//! Sums of numbers sent as bf16, the upper half of the bits of an `f32`.

use tensor::simd::vectorize;
use tensor::{Buffer, Float};

use super::Collective;
use super::sum::by_halves;

/// State of rounded gradients: this rank adds the rounding error of a number to its next gradient
/// (error feedback).
#[derive(Debug)]
pub(crate) struct Rounding<T: Float> {
    lost: Buffer<T>,
    sent: Vec<u16>,
    received: Vec<u16>,
}

impl<T: Float> Rounding<T> {
    pub(crate) fn new() -> Self {
        Rounding { lost: Buffer::zeroed(0), sent: Vec::new(), received: Vec::new() }
    }

    /// Replaces `sums` with their sums over all ranks, with the same bits on each. `room` is a
    /// buffer of the same length.
    pub(super) fn sum(&mut self, collective: &dyn Collective, sums: &mut [T], room: &mut [T]) {
        let Rounding { lost, sent, received } = self;
        if lost.len() != sums.len() {
            *lost = Buffer::zeroed(sums.len());
        }
        vectorize(|| {
            for (sum, lost) in sums.iter_mut().zip(&mut lost[..]) {
                *sum = *sum + std::mem::replace(lost, T::zero());
            }
        });
        by_halves(collective, sums, room, |partner, sums, part, room| {
            sent.resize(part.len(), 0);
            round(&mut sums[part.clone()], &mut lost[part], sent);
            received.resize(room.len(), 0);
            collective.exchange_u16(partner, sent, received);
            widen(received, room);
        });
    }
}

/// sum ← bf16(sum), whose bits go to `sent`, and lost ← lost + the rounding error.
fn round<T: Float>(sums: &mut [T], lost: &mut [T], sent: &mut [u16]) {
    vectorize(move || {
        for ((sum, lost), sent) in sums.iter_mut().zip(lost).zip(sent) {
            let bits = to_bf16(sum.as_f64() as f32);
            let rounded: T = from_bf16(bits);
            // An overflow is the same number on all ranks, and is not compensated.
            let taken = if rounded.is_finite() { *sum - rounded } else { T::zero() };
            *lost = *lost + taken;
            *sum = rounded;
            *sent = bits;
        }
    });
}

fn widen<T: Float>(bits: &[u16], numbers: &mut [T]) {
    vectorize(move || {
        numbers.iter_mut().zip(bits).for_each(|(number, &bits)| *number = from_bf16(bits));
    });
}

/// Rounds to the nearest bf16 number, ties to even.
#[inline(always)]
fn to_bf16(number: f32) -> u16 {
    let bits = number.to_bits();
    let nearest = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
    // Without this bit among the retained ones, a NaN might become an infinity.
    let of_nan = bits >> 16 | 0x40;
    (if number.is_nan() { of_nan } else { nearest }) as u16
}

/// The number with these bits.
#[inline(always)]
fn from_bf16<T: Float>(bits: u16) -> T {
    T::of(f64::from(f32::from_bits(u32::from(bits) << 16)))
}

#[cfg(test)]
mod tests {
    use super::super::threads;
    use super::*;

    #[test]
    fn the_bits_are_those_of_the_half_crate() {
        let random = tensor::random::Random::new(5, 0);
        let bits = (0..100_000).map(|at| random.below(at, 1 << 32) as u32);
        let special = [0.0, -0.0, f32::MAX, f32::MIN, f32::INFINITY, f32::NAN, -f32::NAN, 1e-40];
        for number in bits.map(f32::from_bits).chain(special) {
            let expected = half::bf16::from_f32(number);
            assert_eq!(to_bf16(number), expected.to_bits(), "{number}");
            let back: f32 = from_bf16(to_bf16(number));
            assert!(back.is_nan() && number.is_nan() || back == expected.to_f32(), "{number}");
        }
    }

    /// Numbers of a rank, different in each step.
    fn gradient(rank: usize, step: usize, len: usize) -> Vec<f64> {
        (0..len).map(|i| ((i * 31 + rank * 17 + step * 7) % 101) as f64 / 7.3 - 5.0).collect()
    }

    #[test]
    fn nothing_is_lost_over_the_steps() {
        const STEPS: usize = 40;
        for len in [1, 2, 7, 1001] {
            for size in [2, 4, 8] {
                let found = threads::run(size, |world| {
                    let world = world.gradients_in_bf16();
                    let mut rounding = Rounding::new();
                    let mut total = vec![0.0; len];
                    let mut room = Buffer::zeroed(0);
                    for step in 0..STEPS {
                        let numbers = gradient(world.rank(), step, len);
                        let mut sums = Buffer::from_slice(&[&numbers[..], &[1.0, 0.1]].concat());
                        world.sum_gradient(&mut sums, 2, &mut room, &mut rounding).unwrap();
                        assert_eq!(sums[len..], [size as f64, sum_of_tenths(size)]);
                        total.iter_mut().zip(&sums[..len]).for_each(|(total, sum)| *total += sum);
                    }
                    (total, rounding.lost.to_vec())
                });
                for i in 0..len {
                    let exact: f64 = (0..size)
                        .flat_map(|rank| (0..STEPS).map(move |step| gradient(rank, step, len)[i]))
                        .sum();
                    let lost: f64 = found.iter().map(|(_, lost)| lost[i]).sum();
                    let total = found[0].0[i];
                    assert!((total + lost - exact).abs() < 1e-9, "{len} {size}: {total} + {lost}");
                    // At most one step's rounding error is outstanding, and it is not zero.
                    assert!(lost.abs() < 5.0 * size as f64 / 64.0, "{len} {size}: {lost}");
                    for (other, _) in &found {
                        assert_eq!(other[i].to_bits(), total.to_bits(), "{len} {size}");
                    }
                }
                let is_rounded = found.iter().any(|(_, lost)| lost.iter().any(|&lost| lost != 0.0));
                assert!(is_rounded, "{len} {size}");
            }
        }
    }

    /// The sum in the order of the tree.
    fn sum_of_tenths(size: usize) -> f64 {
        match size {
            1 => 0.1,
            size => 2.0 * sum_of_tenths(size / 2),
        }
    }
}
