//! Data augmentation for arrays: noise, and mixtures of rows (mixup, CutMix).

use std::fmt;
use std::sync::{Mutex, PoisonError};

use tensor::Float;
use tensor::random::Random;
use tensor::threads::Threads;

use super::source::Visit;
use super::{Class, Source};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::parameters::combine;
use crate::words::Words;

/// Separate the random numbers of noise, partners, shares and columns from all others with the same
/// seed ("NOIS", "MIXP", "MIXS", "MIXC"); the number of the epoch is added.
const NOISE: u64 = 0x4e4f_4953_0000_0000;
const PARTNER: u64 = 0x4d49_5850_0000_0000;
const SHARE: u64 = 0x4d49_5853_0000_0000;
const COLUMN: u64 = 0x4d49_5843_0000_0000;
/// Pairs of random numbers tried for a share. Each is accepted with a probability of at least one
/// half.
const TRIES: u64 = 32;

/// A type whose values can be mixed.
pub trait Mix: Copy + Send + Sync {
    /// `share` times the first value plus the rest of the second. A value that cannot be
    /// interpolated is the first one if `chance`, from 0 to below 1, is below the share.
    #[must_use]
    fn mix(self, other: Self, share: f64, chance: f64) -> Self;
}

impl<T: Float, const N: usize> Mix for [T; N] {
    fn mix(mut self, other: Self, share: f64, _chance: f64) -> Self {
        let (share, rest) = (T::of(share), T::of(1.0 - share));
        self.iter_mut().zip(other).for_each(|(x, y)| *x = *x * share + y * rest);
        self
    }
}

/// One of the two classes: in the mean over many rows the loss is the weighted sum of both losses.
impl<const N: usize> Mix for Class<N> {
    fn mix(self, other: Self, share: f64, chance: f64) -> Self {
        if chance < share { self } else { other }
    }
}

/// A source whose rows are augmented during training, differently each time. Evaluations use the
/// original rows.
///
/// ```
/// use nn::data::{Augmented, Dataset};
/// use nn::prelude::*;
/// use nn::Show;
///
/// network! { struct Curve(dense(1 -> 8, tanh), dense(1)); }
///
/// let data: Dataset<_, _> = (0..40).map(|i| i as f32 / 10.0).map(|x| ([x], [x.sin()])).collect();
/// let noisy = Augmented::new(&data).noise(0.05)?.mixup(0.2)?;
/// let mut curve = Curve::init(1);
/// fit(&mut curve, &noisy).validation(&data).show(Show::Nothing).run()?;
/// # Ok::<(), nn::Error>(())
/// ```
///
/// The augmentation of a row is a function of the training's seed, the epoch, the number of the row
/// and its batch. It gives the same bits for any number of threads and when a training resumes.
/// Rows are arrays, `[T; N]`; targets are arrays or a [`Class`]. A mixed row has the weight of the
/// row that it replaces.
pub struct Augmented<'d, X, Y> {
    source: &'d dyn Source<X, Y>,
    noise: f64,
    mixing: Option<Mixing>,
    /// A buffer for the original rows of a batch, for mixing.
    partners: Mutex<(Vec<X>, Vec<Y>)>,
}

/// How rows are mixed, with the alpha of the shares.
#[derive(Clone, Copy, Debug)]
enum Mixing {
    /// Every number is interpolated between both rows.
    Mixup(f64),
    /// Every number is that of one of the rows.
    Cutmix(f64),
}

impl<'d, X, Y> Augmented<'d, X, Y> {
    /// The unchanged rows of `source`.
    pub fn new(source: &'d dyn Source<X, Y>) -> Self {
        Augmented { source, noise: 0.0, mixing: None, partners: Mutex::default() }
    }

    /// Adds normal noise with this standard deviation to every number of the inputs: x ← x +
    /// deviation · n. It acts like a penalty on slopes (Bishop 1995). Noise is added after
    /// [`Augmented::mixup`] and [`Augmented::cutmix`].
    ///
    /// # Errors
    ///
    /// If the standard deviation is negative or not finite.
    pub fn noise(self, deviation: f64) -> Result<Self> {
        if !(deviation >= 0.0 && deviation.is_finite()) {
            let (found, expected) = (deviation.to_string(), "a finite number from 0");
            let advice = "0.1 is much for inputs with a standard deviation of 1";
            return Err(Error::value(
                "standard deviation of noise on inputs",
                found,
                expected,
                advice,
            ));
        }
        Ok(Augmented { noise: deviation, ..self })
    }

    /// Mixes each row with another one of its batch (Zhang et al. 2018): x ← s · x + (1 − s) · x′,
    /// and the targets alike. The share s has the distribution Beta(alpha, alpha): for a small
    /// alpha it is mostly near 0 or 1.
    ///
    /// A target that is a [`Class`] is that of x with probability s, else that of x′. Its loss is s
    /// times the one loss plus 1 − s times the other in the mean, not in each row.
    ///
    /// # Errors
    ///
    /// If alpha is not above 0 and at most 1.
    pub fn mixup(self, alpha: f64) -> Result<Self> {
        check_alpha("alpha of mixup", alpha, "0.2 is usual")?;
        Ok(Augmented { mixing: Some(Mixing::Mixup(alpha)), ..self })
    }

    /// Replaces some columns of each row by those of another row of its batch, instead of
    /// [`Augmented::mixup`] (Yun et al. 2019, applied to columns by Somepalli et al. 2021). Each
    /// column stays with probability s, which has the distribution Beta(alpha, alpha); the targets
    /// are mixed by the fraction of columns that stayed. Every number thus comes from a row of the
    /// data, as categories need.
    ///
    /// # Errors
    ///
    /// If alpha is not above 0 and at most 1.
    pub fn cutmix(self, alpha: f64) -> Result<Self> {
        check_alpha("alpha of cutmix", alpha, "1 is usual")?;
        Ok(Augmented { mixing: Some(Mixing::Cutmix(alpha)), ..self })
    }
}

fn check_alpha(what: &'static str, alpha: f64, advice: &'static str) -> Result<()> {
    if alpha > 0.0 && alpha <= 1.0 {
        return Ok(());
    }
    Err(Error::value(what, alpha.to_string(), "a number above 0, at most 1", advice))
}

/// Replaces columns of `x` by those of `other`, except with probability `share`. Returns the
/// fraction of columns that stayed.
fn replace_columns<T: Float, const N: usize>(
    x: &mut [T; N],
    other: &[T; N],
    share: f64,
    (columns, row): (&Random, u64),
) -> f64 {
    let mut stayed = 0;
    for ((x, &other), at) in x.iter_mut().zip(other).zip(row * N as u64..) {
        if columns.uniform::<f64>(at) < share {
            stayed += 1;
        } else {
            *x = other;
        }
    }
    f64::from(stayed) / N as f64
}

/// A sample of Beta(alpha, alpha) by Jöhnk (1964): uᵢ^(1/alpha) divided by their sum, if that is at
/// most 1.
fn share(random: &Random, row: u64, alpha: f64) -> f64 {
    for pair in 0..TRIES {
        let power =
            |at: u64| random.uniform::<f64>((row * TRIES + pair) * 2 + at).powf(1.0 / alpha);
        let (a, b) = (power(0), power(1));
        if a + b <= 1.0 && a + b > 0.0 {
            return a / (a + b);
        }
    }
    // If alpha is so small that the powers underflow: one of the two rows entirely. Also once in
    // 2³² rows.
    random.uniform::<f64>(row * TRIES * 2).round()
}

impl<T: Float, const N: usize, Y: Mix> Source<[T; N], Y> for Augmented<'_, [T; N], Y> {
    fn len(&self) -> usize {
        self.source.len()
    }

    fn fill(
        &self,
        rows: &[usize],
        inputs: &mut Vec<[T; N]>,
        targets: &mut Vec<Y>,
        threads: &Threads,
    ) {
        self.source.fill(rows, inputs, targets, threads);
    }

    fn fill_for_step(
        &self,
        visit: Visit,
        rows: &[usize],
        inputs: &mut Vec<[T; N]>,
        targets: &mut Vec<Y>,
        threads: &Threads,
    ) {
        self.source.fill_for_step(visit, rows, inputs, targets, threads);
        let random = |stream: u64| Random::new(visit.seed, stream.wrapping_add(visit.epoch));
        if let Some(mixing) = self.mixing {
            let (Mixing::Mixup(alpha) | Mixing::Cutmix(alpha)) = mixing;
            let columns = random(COLUMN);
            let (partner, shares) = (random(PARTNER), random(SHARE));
            // The contents that a panic may have left are overwritten.
            let mut room = self.partners.lock().unwrap_or_else(PoisonError::into_inner);
            let (others, their_targets) = &mut *room;
            others.clear();
            others.extend_from_slice(inputs);
            their_targets.clear();
            their_targets.extend_from_slice(targets);
            for ((x, y), &row) in inputs.iter_mut().zip(targets).zip(rows) {
                let row = row as u64;
                let other = partner.below(2 * row, rows.len() as u64) as usize;
                let share = share(&shares, row, alpha);
                let chance = partner.uniform(2 * row + 1);
                let share = match mixing {
                    Mixing::Mixup(_) => {
                        *x = x.mix(others[other], share, chance);
                        share
                    }
                    Mixing::Cutmix(_) => replace_columns(x, &others[other], share, (&columns, row)),
                };
                *y = y.mix(their_targets[other], share, chance);
            }
        }
        if self.noise > 0.0 {
            /// Number of elements from which waking a thread pays off.
            const WORTH_A_THREAD: usize = 4096;
            let (noise, deviation) = (random(NOISE), T::of(self.noise));
            let threads = threads.worth(rows.len() * N >= 2 * WORTH_A_THREAD);
            let part = rows.len().div_ceil(threads.count()).max(1);
            threads.for_each(inputs.chunks_mut(part).zip(rows.chunks(part)), |(inputs, rows)| {
                let mut normal = [T::zero(); 256];
                for (x, &row) in inputs.iter_mut().zip(rows) {
                    let first = row as u64 * N as u64;
                    for (x, at) in x.chunks_mut(256).zip((first..).step_by(256)) {
                        let normal = &mut normal[..x.len()];
                        noise.fill_normal_from(at, normal, T::zero(), T::one());
                        combine(x, normal, move |x, normal| normal.mul_add(deviation, x));
                    }
                }
            });
        }
    }

    fn class_names(&self) -> Option<&Labels> {
        self.source.class_names()
    }

    fn words(&self) -> Option<&Words> {
        self.source.words()
    }

    fn weight(&self, row: usize) -> Option<f64> {
        self.source.weight(row)
    }

    fn augmentation(&self) -> Option<String> {
        let of_source =
            self.source.augmentation().map_or(String::new(), |text| format!("{text}, "));
        let mixing = match self.mixing {
            None => "mixup 0".to_owned(),
            Some(Mixing::Mixup(alpha)) => format!("mixup {alpha}"),
            Some(Mixing::Cutmix(alpha)) => format!("cutmix {alpha}"),
        };
        Some(format!("{of_source}noise {}, {mixing}", self.noise))
    }
}

/// Prints the settings, not the rows.
impl<X, Y> fmt::Debug for Augmented<'_, X, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Augmented")
            .field("rows", &self.source.len())
            .field("noise", &self.noise)
            .field("mixing", &self.mixing)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean 1/2, variance 1/(4·(2·alpha + 1)).
    #[test]
    fn shares_have_the_moments_of_their_distribution() {
        for alpha in [1.0, 0.4, 0.2] {
            let random = Random::new(3, 1);
            let shares: Vec<f64> = (0..20_000).map(|row| share(&random, row, alpha)).collect();
            assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
            let mean = shares.iter().sum::<f64>() / 20_000.0;
            let square = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / 20_000.0;
            assert!((mean - 0.5).abs() < 0.01, "{alpha}: {mean}");
            let expected = 1.0 / (4.0 * (2.0 * alpha + 1.0));
            assert!((square - expected).abs() < 0.005, "{alpha}: {square}, not {expected}");
        }
        // Powers of 1000 underflow.
        let small = share(&Random::new(3, 1), 5, 1e-3);
        assert!((0.0..=1.0).contains(&small), "{small}");
    }
}
