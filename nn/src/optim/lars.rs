//! LARS: momentum with a step proportional to the norm of the tensor.

use tensor::Float;

use super::decay::{Decay, rate_and_decay};
use super::norm::norm;
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The LARS optimizer (You, Gitman and Ginsburg 2017), for large batches.
///
/// r = trust · ‖p‖ / (‖g‖ + weight_decay · ‖p‖ + ε), with the norms of whole tensors, or 1 if ‖p‖
/// or ‖g‖ is 0,
/// v ← momentum · v + r (g + weight_decay · p),  p ← p − learning_rate · v.
///
/// Biases, scales and shifts have neither r nor decay, unless [`Decay::all`] is set. [Decoupled
/// decay](Decay::decoupled) appears in neither sum. State: v.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Lars {
    /// Learning rate, usually 1.
    pub learning_rate: f64,
    /// Fraction of the last step's direction that is retained, usually 0.9.
    pub momentum: f64,
    /// Size of a step relative to the tensor's norm, usually 1e-3.
    pub trust: f64,
    /// Added to the divisor, usually 1e-8.
    pub epsilon: f64,
    /// Weight decay; none by default. The authors couple it.
    pub decay: Decay,
}

impl Lars {
    /// Creates the optimizer with a momentum of 0.9, a trust of 1e-3, ε = 1e-8, without decay.
    pub const fn new(learning_rate: f64) -> Self {
        Lars { learning_rate, momentum: 0.9, trust: 1e-3, epsilon: 1e-8, decay: Decay::NONE }
    }

    /// Sets the momentum.
    #[must_use]
    pub const fn momentum(self, momentum: f64) -> Self {
        Lars { momentum, ..self }
    }

    /// Sets the trust.
    #[must_use]
    pub const fn trust(self, trust: f64) -> Self {
        Lars { trust, ..self }
    }

    /// Sets ε.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Lars { epsilon, ..self }
    }
}

rate_and_decay!(Lars);

impl<T: Float> Optimizer<T> for Lars {
    const NAME: &'static str = "lars";
    const MEMORY: &'static [&'static str] = &["velocity"];
    const DECAYS: bool = true;
    const WHOLE_TENSORS: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("lars", self.learning_rate)?;
        settings::decay("lars", "momentum", self.momentum)?;
        settings::refuse_unless(
            T::of(self.trust) > T::zero() && T::of(self.trust).is_finite(),
            ("lars", "trust", self.trust),
            "a finite number above 0, also as a number of the network",
            "1e-3 is usual",
        )?;
        settings::epsilon::<T>("lars", self.epsilon)?;
        self.decay.check("lars")
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        let momentum = settings::scaled_momentum(self.momentum, factor)?;
        Some(Lars { momentum, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [velocity, ..], tensor } = stretch;
        let rate = self.learning_rate * step.rate;
        let shares = self.decay.shares(rate, tensor);
        let mut ratio = T::one();
        if self.decay.is_for(tensor) {
            let of_parameters = norm([&*parameters], |[p]| p);
            let of_gradient = norm([gradient], |[g]| g);
            if of_parameters > T::zero() && of_gradient > T::zero() {
                let decayed = of_parameters.mul_add(shares.coupled, of_gradient);
                ratio = T::of(self.trust) * of_parameters / (decayed + T::of(self.epsilon));
            }
        }
        let element = LarsElement {
            momentum: T::of(self.momentum),
            ratio,
            rate: T::of(rate),
            negligible: negligible(),
        };
        pass(element, shares, parameters, gradient, [velocity])
    }
}

#[derive(Clone, Copy)]
struct LarsElement<T> {
    momentum: T,
    ratio: T,
    rate: T,
    negligible: T,
}

impl<T: Float> Element<T, 1> for LarsElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [v]: [T; 1]) -> (T, [T; 1]) {
        let v = running(v, self.momentum, self.ratio * g, self.negligible);
        (v.mul_add(-self.rate, p), [v])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Lars> {
    Examples {
        instances: vec![
            Lars::new(0.5).trust(0.05).decay(Decay::coupled(0.3)),
            Lars::new(0.1).momentum(0.5).trust(0.1).epsilon(0.01),
        ],
        // Algorithm 1 of the paper for a tensor of one element, with the learning rate outside the
        // velocity
        formula: |rule, mut p, steps| {
            let mut v = 0.0;
            for step in steps {
                let (g, amount) = (step.gradient, rule.decay.amount);
                let divisor = g.abs() + amount * f64::abs(p) + rule.epsilon;
                let ratio = if p * g == 0.0 { 1.0 } else { rule.trust * p.abs() / divisor };
                v = rule.momentum * v + ratio * (g + amount * p);
                p -= rule.learning_rate * step.factor * v;
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (Lars::new(0.0), "learning rate of lars"),
            (Lars::new(0.1).momentum(1.0), "momentum of lars"),
            (Lars::new(0.1).trust(0.0), "trust of lars"),
            (Lars::new(0.1).epsilon(0.0), "epsilon of lars"),
            (Lars::new(0.1).decay(Decay::coupled(-1.0)), "weight decay of lars"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            Lars::new(case.number("learning_rate", 0.0))
                .trust(case.number("trust", 1e-3))
                .momentum(case.number("momentum", 0.9))
                .decay(decay)
        }),
    }
}
