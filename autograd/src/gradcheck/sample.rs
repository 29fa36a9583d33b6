//! Random inputs for gradient checks, suited to different kinds of functions.

use tensor::random::Random;
use tensor::{Shape, Tensor};

/// An input of a gradient check: random values of a shape, or given values.
///
/// A shape (`[2, 3]`) converts to [`normal`] values of that shape, a tensor to its own values.
#[derive(Clone, Debug)]
pub struct Sample {
    shape: Shape,
    values: Values,
}

#[derive(Clone, Debug)]
enum Values {
    Normal,
    Positive,
    AwayFromZero,
    Distinct,
    These(Vec<f64>),
}

/// Standard normal values: for smooth functions on all numbers.
pub fn normal(shape: impl Into<Shape>) -> Sample {
    Sample { shape: shape.into(), values: Values::Normal }
}

/// Values in \[0.2, 2): for logarithms, roots and divisors.
pub fn positive(shape: impl Into<Shape>) -> Sample {
    Sample { shape: shape.into(), values: Values::Positive }
}

/// Values of both signs with absolute values in \[0.1, 2): for functions with a kink at zero.
pub fn away_from_zero(shape: impl Into<Shape>) -> Sample {
    Sample { shape: shape.into(), values: Values::AwayFromZero }
}

/// Values of both signs, no two closer than 0.1: for functions that compare their inputs.
pub fn distinct(shape: impl Into<Shape>) -> Sample {
    Sample { shape: shape.into(), values: Values::Distinct }
}

impl<const R: usize> From<[usize; R]> for Sample {
    fn from(shape: [usize; R]) -> Self {
        normal(shape)
    }
}

impl From<Tensor<f64>> for Sample {
    fn from(values: Tensor<f64>) -> Self {
        Sample { shape: values.shape().into(), values: Values::These(values.to_vec()) }
    }
}

/// Fixed, so that failures are reproducible.
const SEED: u64 = 0x6772_6164;

impl Sample {
    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    /// The values of input number `stream`.
    #[inline]
    pub(super) fn draw(&self, stream: u64) -> Tensor<f64> {
        let random = Random::new(SEED, stream);
        let size = Tensor::uniform(self.shape, 0.1, 2.0, random);
        match &self.values {
            Values::Normal => normal_values(self.shape, stream),
            Values::Positive => Tensor::uniform(self.shape, 0.2, 2.0, random),
            Values::AwayFromZero => {
                let signs = normal_values(self.shape, !stream).map(f64::signum);
                &size * &signs
            }
            Values::Distinct => {
                // Ranks of random keys: equally spaced values in random order.
                let keys = size.to_vec();
                let rank = |key: f64| keys.iter().filter(|&&other| other < key).count() as f64;
                size.map(|key| 0.1 + 0.2 * (rank(key) - keys.len() as f64 / 2.0))
            }
            Values::These(values) => {
                let values = values.iter();
                let mut values = values.copied();
                Tensor::from_fn(self.shape, |_| values.next().unwrap_or_default())
            }
        }
    }
}

/// Standard normal values, the same for the same stream.
#[inline]
pub(super) fn normal_values(shape: Shape, stream: u64) -> Tensor<f64> {
    Tensor::normal(shape, 0.0, 1.0, Random::new(SEED, stream))
}
