//! Noise on gradients, around any optimizer.

use tensor::Float;
use tensor::random::Random;

use super::changed::update_by;
use super::{Ascent, LearningRate, Optimizer, Sgd, Step, Stretch, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;
use crate::parameters::combine;

/// Separates these random numbers from all others with the same seed ("GRAD"); the number of the
/// step is added.
const STREAM: u64 = 0x4752_4144_0000_0000;

/// Gradient noise (Neelakantan et al. 2015) around any optimizer, which receives
/// g + √variance / (1 + t)^(power/2) · n, with n normal, at step t.
///
/// It helps deep networks to recover from poor initial weights, with an effect that decreases
/// during training. n is a function of the seed, the step and the index in the flat parameters: the
/// bits are the same for any number of threads, and when a training resumes.
///
/// ```
/// use nn::{Adam, GradientNoise};
/// let rule = GradientNoise::new(0.01, 7, Adam::new(1e-3));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct GradientNoise<O = Sgd> {
    /// Variance of the noise in the first step; the authors used 0.01, 0.3 and 1.
    pub variance: f64,
    /// How fast the noise decreases, usually 0.55.
    pub power: f64,
    /// Seed of the noise.
    pub seed: u64,
    /// The optimizer that takes the step.
    pub rule: O,
}

impl<O> GradientNoise<O> {
    /// Adds noise to this optimizer, with a power of 0.55.
    pub const fn new(variance: f64, seed: u64, rule: O) -> Self {
        GradientNoise { variance, power: 0.55, seed, rule }
    }

    /// Sets how fast the noise decreases.
    #[must_use]
    pub fn power(self, power: f64) -> Self {
        GradientNoise { power, ..self }
    }

    /// Standard deviation of the noise in a step.
    fn deviation(&self, step: Step) -> f64 {
        // The formula counts t from 0.
        self.variance.sqrt() / (step.number as f64).powf(self.power / 2.0)
    }

    /// The random numbers of a step.
    fn random(&self, step: Step) -> Random {
        Random::new(self.seed, STREAM.wrapping_add(step.number))
    }
}

/// The learning rate of the inner optimizer.
impl<O: LearningRate> LearningRate for GradientNoise<O> {
    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.rule.set_learning_rate(learning_rate);
    }
}

impl<T: Float, O: Optimizer<T>> Optimizer<T> for GradientNoise<O> {
    const NAME: &'static str = "gradient_noise";
    const MEMORY: &'static [&'static str] = O::MEMORY;
    const DECAYS: bool = O::DECAYS;
    // Whole tensors, so that the indices of the parameters are known.
    const WHOLE_TENSORS: bool = true;

    fn check(&self) -> Result<()> {
        settings::from_0("gradient_noise", "variance", self.variance, "0.01 is usual")?;
        settings::from_0("gradient_noise", "power", self.power, "0.55 is usual")?;
        self.rule.check()
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        Some(GradientNoise { rule: self.rule.scale_momentum(factor)?, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let first = stretch.tensor.map_or(0, |tensor| tensor.offset);
        let (random, deviation) = (self.random(step), T::of(self.deviation(step)));
        update_by(&self.rule, step, stretch, |at, _, gradient| {
            let mut noise = [T::zero(); 256];
            for (at, gradient) in
                (first + at..).step_by(noise.len()).zip(gradient.chunks_mut(noise.len()))
            {
                let noise = &mut noise[..gradient.len()];
                random.fill_normal_from(at as u64, noise, T::zero(), T::one());
                combine(gradient, noise, move |g, n| n.mul_add(deviation, g));
            }
        })
    }

    fn ascent(&self) -> Option<Ascent> {
        self.rule.ascent()
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<GradientNoise> {
    Examples {
        instances: vec![
            GradientNoise::new(0.01, 7, Sgd::new(0.1)),
            GradientNoise::new(1.0, 8, Sgd::new(0.1)).power(0.0),
            GradientNoise::new(0.0, 8, Sgd::new(0.1).momentum(0.9)),
        ],
        formula: |noise, mut p, steps| {
            let mut v = 0.0;
            for (step, number) in steps.iter().zip(1..) {
                let n: f64 = noise.random(Step::new(number)).normal(0);
                let deviation = (noise.variance / (number as f64).powf(noise.power)).sqrt();
                v = noise.rule.momentum * v + step.gradient + deviation * n;
                p -= noise.rule.learning_rate * step.factor * v;
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (GradientNoise::new(-1.0, 7, Sgd::new(0.1)), "variance of gradient_noise"),
            (GradientNoise::new(0.1, 7, Sgd::new(0.1)).power(f64::NAN), "power of gradient_noise"),
            (GradientNoise::new(0.1, 7, Sgd::new(0.0)), "learning rate of sgd"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::None("no two programs draw the same numbers"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::NamedTensor;

    /// Each index has different noise, with the standard deviation of its step.
    #[test]
    fn noise_belongs_to_seed_step_and_place() {
        let noise = |seed: u64, step: u64, offset: usize| {
            let tensor = NamedTensor::new("x", &[10_000], offset);
            let mut p = vec![0.0_f64; 10_000];
            let gradient = vec![0.0; 10_000];
            let mut velocity = vec![0.0; 10_000];
            let mut stretch = Stretch::new(&mut p, &gradient, [&mut velocity[..]]);
            stretch.tensor = Some(&tensor);
            GradientNoise::new(0.25, seed, Sgd::new(1.0)).update(Step::new(step), stretch);
            p
        };
        let first = noise(1, 1, 0);
        let deviation = (first.iter().map(|x| x * x).sum::<f64>() / 10_000.0).sqrt();
        assert!((deviation - 0.5).abs() < 0.02, "{deviation}");
        let later = noise(1, 1000, 0);
        let deviation = (later.iter().map(|x| x * x).sum::<f64>() / 10_000.0).sqrt();
        assert!((deviation - 0.5 / 1000.0_f64.powf(0.275)).abs() < 0.005, "{deviation}");
        assert_eq!(noise(1, 1, 100)[..9_900], first[100..]);
        assert_ne!(noise(2, 1, 0)[..5], first[..5]);
    }
}
