//! Counter-based random numbers: a function of (seed, stream, index).
//!
//! There is no state that advances: the number at an index does not depend on the order of the
//! calls or on the thread. The bits come from Philox 4×32-10 (Salmon et al., "Parallel random
//! numbers: as easy as 1, 2, 3", 2011). The arithmetic after them rounds the same on every machine.
#![allow(clippy::excessive_precision)] // constants keep the digits of their source

#[cfg(not(feature = "std"))]
use num_traits::Float as _; // `sqrt` and `floor`, which `core` lacks

use crate::float::Float;
use crate::math;
use crate::simd::{Inline, vectorize_inline};

/// The random numbers of one stream of a seed.
///
/// Different streams of one seed are independent: use a different one for each layer, each epoch,
/// each purpose.
///
/// ```
/// use tensor::random::Random;
///
/// let random = Random::new(42, 0);
/// let x: f32 = random.uniform(17);
/// assert!((0.0..1.0).contains(&x));
/// assert_eq!(x, Random::new(42, 0).uniform(17));
/// assert_ne!(x, Random::new(42, 1).uniform(17));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Random {
    seed: u64,
    stream: u64,
}

impl Random {
    /// The stream `stream` of `seed`.
    pub const fn new(seed: u64, stream: u64) -> Self {
        Random { seed, stream }
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&self, index: u64) -> u64 {
        let block = philox(self.counter(index >> 1).map(|word| [word]), self.key());
        let half = (index & 1) as usize * 2;
        u64::from(block[half][0]) | u64::from(block[half + 1][0]) << 32
    }

    /// 64 words of 32 random bits at once, the `group`th: the words of [`bits`](Random::bits) of
    /// the indices from 32·`group` on, in an order that suits vectors. Inside
    /// [`vectorize`](crate::simd::vectorize) it is compiled for the best instruction set.
    #[inline(always)]
    pub fn words(&self, group: u64) -> [u32; 64] {
        let mut counters = [[0; 16]; 4];
        for n in 0..16 {
            let counter = self.counter(group * 16 + n as u64);
            for word in 0..4 {
                counters[word][n] = counter[word];
            }
        }
        let mut words = [0; 64];
        words.as_chunks_mut::<16>().0.copy_from_slice(&philox(counters, self.key()));
        words
    }

    /// A uniform number in \[0, 1): a multiple of 2⁻⁵³, rounded down to a multiple of 2⁻²⁴ for
    /// `f32`-like types, so that it is never 1.
    #[inline]
    pub fn uniform<T: Float>(&self, index: u64) -> T {
        let fine = (self.bits(index) >> 11) as f64 * (1.0 / (1_u64 << 53) as f64);
        let value = T::of(fine);
        if value < T::one() { value } else { T::of((fine * 16_777_216.0).floor() / 16_777_216.0) }
    }

    /// A standard normal number: the inverse of the distribution function at a uniform number.
    #[inline]
    pub fn normal<T: Float>(&self, index: u64) -> T {
        T::of(inverse_normal(middle(self.bits(index))))
    }

    /// A uniform integer among 0, …, `bound` − 1 (by the high half of a product, Lemire 2019; its
    /// bias, below `bound`/2⁶⁴, is not corrected).
    ///
    /// # Panics
    ///
    /// If `bound` is 0.
    #[inline]
    #[track_caller]
    pub fn below(&self, index: u64, bound: u64) -> u64 {
        assert!(bound > 0, "random: below 0 there is no number");
        ((u128::from(self.bits(index)) * u128::from(bound)) >> 64) as u64
    }

    /// Fills `values` with uniform numbers in \[low, high), the element at i from the index i.
    pub fn fill_uniform<T: Float>(&self, values: &mut [T], low: T, high: T) {
        for (index, value) in values.iter_mut().enumerate() {
            *value = low + (high - low) * self.uniform::<T>(index as u64);
        }
    }

    /// Fills `values` with normal numbers of this mean and standard deviation, the element at i
    /// from the index i.
    pub fn fill_normal<T: Float>(&self, values: &mut [T], mean: T, deviation: T) {
        self.fill_normal_from(0, values, mean, deviation);
    }

    /// [`fill_normal`](Random::fill_normal) from the index `first` on, vectorized.
    ///
    /// ```
    /// use tensor::random::Random;
    ///
    /// let (random, mut values) = (Random::new(42, 0), [0.0_f32; 3]);
    /// random.fill_normal_from(7, &mut values, 0.0, 1.0);
    /// assert_eq!(values, [7, 8, 9].map(|index| random.normal(index)));
    /// ```
    pub fn fill_normal_from<T: Float>(&self, first: u64, values: &mut [T], mean: T, deviation: T) {
        vectorize_inline(FillNormal { random: *self, first, values, mean, deviation });
    }

    fn counter(&self, block: u64) -> [u32; 4] {
        let [low, high] = halves(block);
        let [stream_low, stream_high] = halves(self.stream);
        [low, high, stream_low, stream_high]
    }

    fn key(&self) -> [u32; 2] {
        halves(self.seed)
    }
}

fn halves(x: u64) -> [u32; 2] {
    [x as u32, (x >> 32) as u32]
}

/// Ten rounds of Philox 4×32 on `N` counters side by side, which the compiler turns into vectors.
#[inline(always)]
fn philox<const N: usize>(mut counters: [[u32; N]; 4], mut key: [u32; 2]) -> [[u32; N]; 4] {
    for round in 0..10 {
        if round > 0 {
            key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
        }
        let before = counters;
        for n in 0..N {
            let [low0, high0] = halves(0xD251_1F53 * u64::from(before[0][n]));
            let [low1, high1] = halves(0xCD9E_8D57 * u64::from(before[2][n]));
            counters[0][n] = high1 ^ before[1][n] ^ key[0];
            counters[1][n] = low1;
            counters[2][n] = high0 ^ before[3][n] ^ key[1];
            counters[3][n] = low0;
        }
    }
    counters
}

/// [`Inline`], since a whole group of numbers is too large to be inlined into the vector code
/// otherwise.
struct FillNormal<'v, T> {
    random: Random,
    first: u64,
    values: &'v mut [T],
    mean: T,
    deviation: T,
}

/// Numbers of 64 bits that [`Random::words`] generates at once.
const GROUP: usize = 32;

impl<T: Float> Inline for FillNormal<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let FillNormal { random, first, values, mean, deviation } = self;
        let (mut at, mut rest) = (first, values);
        while !rest.is_empty() {
            // The slice may begin and end inside a group.
            let (group, inside) = (at / GROUP as u64, (at % GROUP as u64) as usize);
            let most = (GROUP - inside).min(rest.len());
            let (now, later) = rest.split_at_mut(most);
            let words = random.words(group);
            let (mut shares, mut normal) = ([0.0; GROUP], [0.0; GROUP]);
            for n in 0..GROUP {
                let (block, half) = (n / 2, n % 2 * 2);
                let (low, high) = (words[half * 16 + block], words[(half + 1) * 16 + block]);
                shares[n] = middle(u64::from(low) | u64::from(high) << 32);
            }
            for n in 0..GROUP {
                normal[n] = inverse_normal_near(shares[n]);
            }
            for n in 0..GROUP {
                // One in 10¹¹.
                if is_far(shares[n]) {
                    normal[n] = inverse_normal(shares[n]);
                }
            }
            for (value, &normal) in now.iter_mut().zip(&normal[inside..]) {
                *value = mean + deviation * T::of(normal);
            }
            at += now.len() as u64;
            rest = later;
        }
    }
}

/// The middle of one of 2⁵³ equal parts of \[0, 1\], so that it is neither 0 nor 1.
#[inline(always)]
fn middle(bits: u64) -> f64 {
    ((bits >> 11) as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64)
}

/// [`inverse_normal`] of all but the lowest and the highest probabilities, without a branch.
#[inline(always)]
fn inverse_normal_near(p: f64) -> f64 {
    let q = p - 0.5;
    let centre = q * ratio(0.180_625 - q * q, &CENTRE);
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let near = ratio((-math::ln(tail)).sqrt() - 1.6, &NEAR).copysign(q);
    if q.abs() <= 0.425 { centre } else { near }
}

/// Whether a probability is so close to 0 or 1 that [`inverse_normal_near`] does not cover it.
#[inline(always)]
fn is_far(p: f64) -> bool {
    /// e⁻²⁵, but for a margin.
    const FAR: f64 = 1.4e-11;
    p.min(1.0 - p) < FAR
}

/// The quantile function of the standard normal distribution at the probability `p`, to about 16
/// digits (M. J. Wichura, algorithm AS 241, PPND16, 1988).
fn inverse_normal(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(0.180_625 - q * q, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-math::ln(tail)).sqrt();
    let size = if r <= 5.0 { ratio(r - 1.6, &NEAR) } else { ratio(r - 5.0, &FAR) };
    size.copysign(q)
}

#[inline(always)]
fn ratio(r: f64, (above, below): &Ratio) -> f64 {
    let sum = |coefficients: &[f64; 8]| coefficients.iter().fold(0.0, |sum, c| sum * r + c);
    sum(above) / sum(below)
}

type Ratio = ([f64; 8], [f64; 8]);

#[rustfmt::skip]
const CENTRE: Ratio = (
    [2_509.080_928_730_122_7, 33_430.575_583_588_13, 67_265.770_927_008_7, 45_921.953_931_549_87,
     13_731.693_765_509_46, 1_971.590_950_306_551_3, 133.141_667_891_784_38,
     3.387_132_872_796_366_5],
    [5_226.495_278_852_854, 28_729.085_735_721_943, 39_307.895_800_092_71, 21_213.794_301_586_597,
     5_394.196_021_424_751, 687.187_007_492_057_9, 42.313_330_701_600_91, 1.0],
);
#[rustfmt::skip]
const NEAR: Ratio = (
    [7.745_450_142_783_414e-4, 0.022_723_844_989_269_184, 0.241_780_725_177_450_6,
     1.270_458_252_452_368_4, 3.647_848_324_763_204_5, 5.769_497_221_460_691,
     4.630_337_846_156_546, 1.423_437_110_749_683_5],
    [1.050_750_071_644_416_9e-9, 5.475_938_084_995_345e-4, 0.015_198_666_563_616_457,
     0.148_103_976_427_480_08, 0.689_767_334_985_1, 1.676_384_830_183_803_8,
     2.053_191_626_637_758_8, 1.0],
);
#[rustfmt::skip]
const FAR: Ratio = (
    [2.010_334_399_292_288_1e-7, 2.711_555_568_743_487_6e-5, 0.001_242_660_947_388_078_4,
     0.026_532_189_526_576_124, 0.296_560_571_828_504_87, 1.784_826_539_917_291_3,
     5.463_784_911_164_114, 6.657_904_643_501_103],
    [2.044_263_103_389_939_8e-15, 1.421_511_758_316_446e-7, 1.846_318_317_510_054_8e-5,
     7.868_691_311_456_132e-4, 0.014_875_361_290_850_615, 0.136_929_880_922_735_8,
     0.599_832_206_555_888, 1.0],
);

#[cfg(test)]
mod tests {
    use super::*;

    /// The known-answer tests of Random123.
    #[test]
    fn philox_gives_the_known_answers() {
        let philox = |counter: [u32; 4], key| {
            philox(counter.map(|word| [word]), key).as_flattened().to_vec()
        };
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(
            philox([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox(
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0]
            ),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn many_words_are_those_of_one_block_after_the_other() {
        let random = Random::new(7, 1 << 40);
        let words = crate::simd::vectorize(|| random.words(3));
        for (n, index) in (0..32).map(|n| (n as usize, 3 * 32 + n)) {
            let [low, high] = halves(random.bits(index));
            let (block, half) = (n / 2, n % 2 * 2);
            assert_eq!([words[half * 16 + block], words[(half + 1) * 16 + block]], [low, high]);
        }
    }

    /// Also where a slice begins and ends inside a group, and where a probability is extreme.
    #[test]
    fn many_normal_numbers_are_those_of_one_after_the_other() {
        fn check<T: Float>() {
            let random = Random::new(7, 1 << 40);
            for first in [0, 1, 31, 32, 33, 95] {
                for len in [0, 1, 2, 31, 32, 33, 200] {
                    let mut values = vec![T::nan(); len];
                    random.fill_normal_from(first, &mut values, T::of(0.5), T::of(3.0));
                    for (value, index) in values.iter().zip(first..) {
                        let expected = T::of(0.5) + T::of(3.0) * random.normal::<T>(index);
                        assert_eq!(*value, expected, "{first} {len} {index}");
                    }
                }
            }
        }
        check::<f32>();
        check::<f64>();
        for p in [1e-300, 1e-17, 1.3e-11, 1.5e-11, 1e-3, 0.074, 0.076, 0.5, 0.9, 1.0 - 1e-12] {
            let is_near = is_far(p) || inverse_normal_near(p) == inverse_normal(p);
            assert!(is_near, "{p}");
        }
        assert!(!is_far(1.5e-11) && (-math::ln(1.4e-11_f64)).sqrt() < 5.0);
    }

    /// Wichura's own test values, and the symmetry.
    #[test]
    fn inverse_normal_gives_the_published_values() {
        for (p, x) in [
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_813_5),
            (1e-20, -9.262_340_089_798_409),
        ] {
            assert!((inverse_normal(p) - x).abs() < 4e-15 * x.abs(), "{p}: {}", inverse_normal(p));
        }
        assert!((inverse_normal(0.9) + inverse_normal(0.1)).abs() < 1e-14);
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let random = Random::new(7, 3);
        let n = 200_000;
        let uniform: Vec<f64> = (0..n).map(|i| random.uniform(i)).collect();
        let normal: Vec<f64> = (0..n).map(|i| random.normal(i)).collect();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let power =
            |values: &[f64], k| mean(&values.iter().map(|x: &f64| x.powi(k)).collect::<Vec<_>>());
        // Five standard deviations of each estimate.
        assert!((mean(&uniform) - 0.5).abs() < 5.0 * 0.289 / f64::sqrt(n as f64));
        assert!(mean(&normal).abs() < 5.0 / f64::sqrt(n as f64));
        assert!((power(&normal, 2) - 1.0).abs() < 5.0 * f64::sqrt(2.0 / n as f64));
        assert!((power(&normal, 4) - 3.0).abs() < 5.0 * f64::sqrt(96.0 / n as f64));
    }

    #[test]
    fn one_never_comes_out_of_uniform() {
        // Found by search: an index whose 53 bits round up to 1 in f32.
        let random = Random::new(0, 0);
        assert!((0..3_000_000).all(|i| random.uniform::<f32>(i) < 1.0));
    }

    #[test]
    fn below_reaches_every_number() {
        let random = Random::new(1, 2);
        let mut hits = [0; 7];
        (0..7000).for_each(|i| hits[random.below(i, 7) as usize] += 1);
        assert!(hits.iter().all(|&hit| (800..1200).contains(&hit)), "{hits:?}");
    }
}
