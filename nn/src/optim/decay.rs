//! Weight decay.

use tensor::Float;

use super::settings;
use crate::error::Result;
use crate::parameters::{NamedTensor, TensorKind};

/// Weight decay of an optimizer, in one of two forms:
///
/// - [`decoupled`](Decay::decoupled), p ← (1 − learning_rate · amount) · p before the step
///   (Loshchilov and Hutter 2019);
/// - [`coupled`](Decay::coupled), g ← g + amount · p, as the gradient of amount/2 · p² in the loss.
///
/// Only weights decay. Biases, scales and shifts of norms do not, unless [`all`](Decay::all) is
/// set.
///
/// ```
/// use nn::{Decay, Lion};
/// let rule = Lion::new(1e-4).decay(Decay::decoupled(0.1));
/// assert_eq!(rule.decay.amount, 0.1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Decay {
    /// Strength of the decay; 0 turns it off.
    pub amount: f64,
    /// Whether the decay is part of the gradient.
    pub is_coupled: bool,
    /// Whether biases, scales and shifts decay, too.
    pub has_all: bool,
}

impl Decay {
    /// No weight decay.
    pub const NONE: Decay = Decay { amount: 0.0, is_coupled: false, has_all: false };

    /// Decay separate from the gradient, as a multiple of the learning rate.
    pub const fn decoupled(amount: f64) -> Self {
        Decay { amount, ..Self::NONE }
    }

    /// Decay as part of the gradient.
    pub const fn coupled(amount: f64) -> Self {
        Decay { amount, is_coupled: true, ..Self::NONE }
    }

    /// Applies the decay to every tensor, as PyTorch does without parameter groups.
    #[must_use]
    pub const fn all(self) -> Self {
        Decay { has_all: true, ..self }
    }

    pub(super) fn check(&self, rule: &str) -> Result<()> {
        settings::weight_decay(rule, self.amount)
    }

    /// Whether this tensor is of a kind that decays, regardless of the amount.
    pub(super) fn is_for(&self, tensor: Option<&NamedTensor>) -> bool {
        self.has_all || tensor.is_none_or(|it| it.kind == TensorKind::Weight)
    }

    /// The amount for this tensor.
    pub(super) fn amount_of(&self, tensor: Option<&NamedTensor>) -> f64 {
        let factor = tensor.map_or(1.0, |tensor| tensor.decay);
        if self.is_for(tensor) { self.amount * factor } else { 0.0 }
    }

    /// The effect on an element of this tensor in a step of this size.
    pub(super) fn shares<T: Float>(&self, rate: f64, tensor: Option<&NamedTensor>) -> Shares<T> {
        let amount = self.amount_of(tensor);
        match self.is_coupled {
            true => Shares { coupled: T::of(amount), keep: T::one() },
            false => Shares { coupled: T::zero(), keep: T::of(1.0 - rate * amount) },
        }
    }
}

/// The effect of decay on an element. Both factors are always applied: without decay they are 0 and
/// 1, which change no bit. A separate loop would add more code than they cost time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares<T> {
    /// Multiple of the parameter that is added to the gradient.
    pub(super) coupled: T,
    /// Factor that decay leaves of the parameter.
    pub(super) keep: T,
}

/// Methods of an optimizer with the fields `learning_rate` and `decay`.
macro_rules! rate_and_decay {
    ($Rule:ident) => {
        impl $Rule {
            /// Sets the weight decay.
            #[must_use]
            pub const fn decay(self, decay: $crate::optim::Decay) -> Self {
                $Rule { decay, ..self }
            }
        }

        impl $crate::optim::LearningRate for $Rule {
            fn set_learning_rate(&mut self, learning_rate: f64) {
                self.learning_rate = learning_rate;
            }
        }
    };
}
pub(super) use rate_and_decay;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::{AdaGrad, Lion, Optimizer, Step, Stretch};

    /// The result of one step without gradient from 1.
    fn left<const N: usize>(rule: &impl Optimizer<f64>, kind: TensorKind) -> f64 {
        let tensor = NamedTensor::new("x", &[1], 0).kind(kind);
        let mut p = [1.0];
        let mut memory = [[0.0]; N];
        let memory = memory.each_mut().map(|slot| &mut slot[..]);
        let mut stretch = Stretch::new(&mut p, &[0.0], memory);
        stretch.tensor = Some(&tensor);
        rule.update(Step::new(1).rate(0.5), stretch);
        p[0]
    }

    #[test]
    fn weights_decay_and_biases_do_not_in_either_form() {
        let decoupled = Lion::new(0.1).decay(Decay::decoupled(0.2));
        assert_eq!(left::<1>(&decoupled, TensorKind::Weight), 1.0 - 0.1 * 0.5 * 0.2);
        let coupled = AdaGrad::new(0.1).decay(Decay::coupled(0.2));
        assert!(left::<1>(&coupled, TensorKind::Weight) < 1.0 - 0.1 * 0.5 * 0.9);
        for spared in [TensorKind::Bias, TensorKind::Scale] {
            assert_eq!(left::<1>(&decoupled, spared), 1.0);
            assert_eq!(left::<1>(&coupled, spared), 1.0);
            let all = decoupled.decay(decoupled.decay.all());
            assert_eq!(left::<1>(&all, spared), 1.0 - 0.1 * 0.5 * 0.2);
        }
    }
}
