//! AdamW: Adam with decoupled weight decay.

use tensor::Float;

use super::{Adam, LearningRate, Optimizer, Step, Stretch, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;
use crate::parameters::TensorKind;

/// The AdamW optimizer: Adam with decoupled weight decay (Loshchilov and Hutter 2019).
///
/// p ← (1 − learning_rate · weight_decay) · p before the step of [`Adam`]. Unlike a penalty in the
/// loss, such as the `l2` of a layer, the decay is not divided by the root of the mean square.
///
/// Only weights decay. Biases, scales and shifts of norms do not, unless
/// [`decay_all`](AdamW::decay_all) is set.
///
/// ```
/// use nn::{AdamW, Trainer, network};
///
/// network! { pub struct Line(dense(1 -> 1)); }
///
/// let mut line = Line::init(3);
/// let mut trainer = Trainer::new(AdamW::new(0.01).weight_decay(0.1));
/// trainer.step(&mut line, &[[0.0], [1.0]], &[[1.0], [3.0]])?;
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct AdamW {
    /// The step without the decay.
    pub adam: Adam,
    /// Fraction of a weight removed per step, as a multiple of the learning rate; usually 0.01.
    pub weight_decay: f64,
    /// Whether biases, scales and shifts decay, too.
    pub all: bool,
}

impl AdamW {
    /// [`Adam::new`] with a weight decay of 0.01.
    pub const fn new(learning_rate: f64) -> Self {
        AdamW { adam: Adam::new(learning_rate), weight_decay: 0.01, all: false }
    }

    /// Sets the weight decay.
    #[must_use]
    pub const fn weight_decay(self, weight_decay: f64) -> Self {
        AdamW { weight_decay, ..self }
    }

    /// Applies the decay to every tensor, as PyTorch does without parameter groups.
    #[must_use]
    pub const fn decay_all(self) -> Self {
        AdamW { all: true, ..self }
    }
}

impl LearningRate for AdamW {
    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.adam.learning_rate = learning_rate;
    }
}

impl<T: Float> Optimizer<T> for AdamW {
    const NAME: &'static str = "adamw";
    const MEMORY: &'static [&'static str] = <Adam as Optimizer<T>>::MEMORY;
    const DECAYS: bool = true;
    const BY_TENSOR: bool = true;

    fn check(&self) -> Result<()> {
        self.adam.check_as::<T>("adamw")?;
        settings::weight_decay("adamw", self.weight_decay)
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        let adam = Optimizer::<T>::scale_momentum(&self.adam, factor)?;
        Some(AdamW { adam, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let decays =
            self.all || stretch.tensor.is_none_or(|tensor| tensor.kind == TensorKind::Weight);
        let rate = self.adam.learning_rate * step.rate;
        let amount = self.weight_decay * stretch.tensor.map_or(1.0, |tensor| tensor.decay);
        let keep = decays.then(|| T::of(1.0 - rate * amount));
        self.adam.update_keeping(step, stretch, keep)
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<AdamW> {
    Examples {
        instances: vec![AdamW::new(0.01).weight_decay(0.3), AdamW::new(0.1).decay_all()],
        // Algorithm 2 of the paper, with its η times α as the learning rate
        formula: |AdamW { adam, weight_decay, .. }, mut p, steps| {
            let Adam { learning_rate, beta1, beta2, epsilon } = adam;
            let (mut m, mut v) = (0.0, 0.0);
            for (t, step) in (1..).zip(steps) {
                let (g, rate) = (step.gradient, learning_rate * step.factor);
                m = beta1 * m + (1.0 - beta1) * g;
                v = beta2 * v + (1.0 - beta2) * g * g;
                let unbiased_m = m / (1.0 - beta1.powi(t));
                let unbiased_v = v / (1.0 - beta2.powi(t));
                p -= rate * (unbiased_m / (unbiased_v.sqrt() + epsilon) + weight_decay * p);
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (AdamW::new(-1.0), "learning rate of adamw"),
            (AdamW::new(0.1).weight_decay(-0.1), "weight decay of adamw"),
            (AdamW::new(0.1).weight_decay(f64::NAN), "weight decay of adamw"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            let mut rule = AdamW::new(case.number("learning_rate", 0.0)).weight_decay(decay.amount);
            (rule.adam.beta1, rule.adam.beta2) =
                (case.number("beta1", 0.9), case.number("beta2", 0.999));
            rule
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::NamedTensor;

    /// The result of one step without gradient from 1.
    fn left(rule: AdamW, kind: TensorKind) -> f64 {
        let tensor = NamedTensor::new("x", &[1], 0).kind(kind);
        let (mut p, mut m, mut v) = ([1.0], [0.0], [0.0]);
        let mut stretch = Stretch::new(&mut p, &[0.0], [&mut m, &mut v]);
        stretch.tensor = Some(&tensor);
        rule.update(Step::new(1).rate(0.5), stretch);
        p[0]
    }

    #[test]
    fn weights_decay_and_biases_do_not() {
        let rule = AdamW::new(0.1).weight_decay(0.2);
        assert_eq!(left(rule, TensorKind::Weight), 1.0 - 0.1 * 0.5 * 0.2);
        for spared in [TensorKind::Bias, TensorKind::Scale] {
            assert_eq!(left(rule, spared), 1.0);
            assert_eq!(left(rule.decay_all(), spared), 1.0 - 0.1 * 0.5 * 0.2);
        }
    }
}
