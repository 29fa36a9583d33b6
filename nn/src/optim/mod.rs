//! Optimizers: how a gradient changes the parameters.
//!
//! | optimizers | update |
//! |---|---|
//! | [`Sgd`] | gradient descent, with or without momentum |
//! | [`Adam`], [`AdamW`], [`AmsGrad`], [`Adamax`], [`NAdam`], [`RAdam`], [`Adan`] | running means of the gradient and its size |
//! | [`AdaGrad`], [`Adadelta`], [`RmsProp`], [`Adafactor`] | scaled by the squares of past gradients |
//! | [`Rprop`], [`Lion`] | by signs |
//! | [`Muon`] | orthogonalized momentum for matrices |
//! | [`Lamb`], [`Lars`] | for large batches: steps proportional to the norm of a tensor |
//! | [`ScheduleFree`] | an average over all steps instead of a decaying learning rate |
//! | [`Sam`], [`Elastic`], [`MaxNorm`], [`GradientNoise`] | around any of the others |
//!
//! [`Decay`] is their weight decay, and [`schedule`] has learning-rate schedules. A custom
//! optimizer implements [`Optimizer`].

mod changed;
#[cfg(test)]
mod checks;
mod decay;
mod norm;
#[cfg(test)]
mod onnx;
mod pass;
pub mod schedule;
mod settings;
#[cfg(test)]
mod trajectories;

use std::fmt;

use tensor::Float;

pub use decay::Decay;

use crate::error::Result;
use crate::parameters::{NamedTensor, all_finite};

macro_rules! optimizers {
    ($($file:ident :: $Optimizer:ident),* $(,)?) => {
        $( mod $file; pub use $file::$Optimizer; )*

        /// Calls `see` with each optimizer of the list.
        #[cfg(test)]
        fn see_all(see: &mut impl checks::See) {
            $( see.optimizer::<$Optimizer>(stringify!($Optimizer), $file::examples()); )*
        }
    };
}

// Every optimizer. To add one: write its file, add it here. A file without `examples()` does not
// compile.
optimizers! {
    sgd::Sgd, adam::Adam, adamw::AdamW, amsgrad::AmsGrad, adamax::Adamax, adagrad::AdaGrad,
    adadelta::Adadelta, rprop::Rprop, lion::Lion, nadam::NAdam, radam::RAdam, rmsprop::RmsProp,
    adan::Adan, schedule_free::ScheduleFree, lamb::Lamb, lars::Lars, muon::Muon,
    adafactor::Adafactor, sam::Sam, elastic::Elastic, max_norm::MaxNorm,
    gradient_noise::GradientNoise,
}

/// An optimizer: updates parameters from their gradient.
///
/// The parameters of a network are one buffer. An optimizer receives slices of it, each as soon as
/// its gradient is complete, possibly on several threads at once. The update of a parameter may
/// therefore depend only on that parameter, its gradient and its state, or on those of its tensor
/// with [`WHOLE_TENSORS`](Optimizer::WHOLE_TENSORS).
///
/// The [`Debug`](fmt::Debug) form must contain all settings: a training resumes only with the
/// optimizer that it began with.
///
/// ```
/// use nn::{Float, Optimizer, Step, Stretch};
///
/// /// Moves every parameter by a fixed amount against the sign of its gradient.
/// #[derive(Debug)]
/// struct SignSgd {
///     learning_rate: f64,
/// }
///
/// impl<T: Float> Optimizer<T> for SignSgd {
///     const NAME: &'static str = "sign_sgd";
///     const MEMORY: &'static [&'static str] = &[];
///     fn update(&self, step: Step, stretch: Stretch<'_, T>) {
///         let rate = T::of(self.learning_rate * step.rate);
///         for (p, g) in stretch.parameters.iter_mut().zip(stretch.gradient) {
///             *p = *p - rate * g.signum();
///         }
///     }
/// }
/// # let mut p = [1.0_f32, 1.0];
/// # SignSgd { learning_rate: 0.5 }.update(Step::new(1), Stretch::new(&mut p, &[3.0, -0.1], []));
/// # assert_eq!(p, [0.5, 1.5]);
/// ```
pub trait Optimizer<T: Float>: fmt::Debug + Send + Sync {
    /// The optimizer's name, in messages and in files of its state.
    const NAME: &'static str;

    /// Names of the values that the optimizer stores for each parameter, such as `["mean",
    /// "square"]`; at most [`MOST_MEMORY`].
    const MEMORY: &'static [&'static str];

    /// Whether a slice must lie within one tensor and say [which](Stretch::tensor). Without it, a
    /// slice may span several tensors, which is faster if they are small.
    const BY_TENSOR: bool = false;

    /// Whether a slice must be a whole tensor and say [which](Stretch::tensor), so that the
    /// optimizer can compute its norm or a product with it. Such an optimizer waits for the
    /// complete gradient, which then is no longer in the cache.
    const WHOLE_TENSORS: bool = false;

    /// Whether the optimizer has a weight decay, multiplied by [the tensor's
    /// factor](NamedTensor::decay) if it receives the tensor.
    const DECAYS: bool = false;

    /// Checks the optimizer's settings before anything is trained.
    ///
    /// # Errors
    ///
    /// If a setting is out of range.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Updates the parameters of a slice and their state.
    fn update(&self, step: Step, stretch: Stretch<'_, T>);

    /// [`Optimizer::update`], returning whether all parameters of the slice are finite afterwards.
    /// Override it if the update loop can check this at no extra cost.
    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory, tensor } = stretch;
        self.update(step, Stretch { parameters, gradient, memory, tensor });
        all_finite(parameters)
    }

    /// The same optimizer with its momentum multiplied by `factor`, for
    /// [`Fit::momentum_schedule`](crate::Fit::momentum_schedule). Momentum is the part of the
    /// previous steps that is retained, β₁ for optimizers of Adam's kind. `None` if the optimizer
    /// has no momentum, or a momentum of 0.
    fn scale_momentum(&self, factor: f64) -> Option<Self>
    where
        Self: Sized,
    {
        let _ = factor;
        None
    }

    /// The learning rate, if [`Optimizer::update`] in this step is exactly p ← fma(g, −rate, p).
    /// The step may then be taken where the gradient is computed.
    fn descent(&self, _step: Step) -> Option<T> {
        None
    }

    /// Where the gradient is computed, if not at the parameters themselves: see [`Sam`].
    fn ascent(&self) -> Option<Ascent> {
        None
    }
}

/// A point near the parameters in the direction in which the loss rises: see [`Sam`] for the
/// formula.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "made by whoever implements `Optimizer`")]
pub struct Ascent {
    /// Distance from the parameters.
    pub radius: f64,
    /// Whether distances are relative to the size of each parameter.
    pub is_adaptive: bool,
}

/// An optimizer with one learning rate for all parameters.
pub trait LearningRate {
    /// Replaces the learning rate.
    fn set_learning_rate(&mut self, learning_rate: f64);
}

/// The number of a training step, and its factor on the learning rate.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// Number of the step, counted from 1.
    pub number: u64,
    /// Factor on the learning rate in this step, from a [`schedule`]; 1 without one.
    pub rate: f64,
}

impl Step {
    /// The step with this number and a factor of 1.
    pub const fn new(number: u64) -> Self {
        Step { number, rate: 1.0 }
    }

    /// Sets the factor on the learning rate.
    #[must_use]
    pub const fn rate(self, rate: f64) -> Self {
        Step { rate, ..self }
    }
}

/// A slice of the parameters, with its gradient and state, as an optimizer receives it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Stretch<'s, T> {
    /// Parameters to update.
    pub parameters: &'s mut [T],
    /// Gradient of the loss, as long as `parameters`.
    pub gradient: &'s [T],
    /// State of the optimizer, in the order of [`Optimizer::MEMORY`]: slices as long as
    /// `parameters`, zero before the first step and saved from step to step. Slots that the
    /// optimizer does not use are empty.
    pub memory: [&'s mut [T]; MOST_MEMORY],
    /// The tensor that the parameters belong to, if [`Optimizer::BY_TENSOR`] or
    /// [`Optimizer::WHOLE_TENSORS`] is set.
    pub tensor: Option<&'s NamedTensor>,
}

impl<'s, T> Stretch<'s, T> {
    /// A slice without a tensor.
    ///
    /// # Panics
    ///
    /// If gradient or state are not as long as the parameters.
    #[track_caller]
    pub fn new<const N: usize>(
        parameters: &'s mut [T],
        gradient: &'s [T],
        memory: [&'s mut [T]; N],
    ) -> Self {
        const { assert!(N <= MOST_MEMORY, "an optimizer stores at most MOST_MEMORY numbers") };
        let len = parameters.len();
        let fits = gradient.len() == len && memory.iter().all(|slot| slot.len() == len);
        assert!(fits, "stretch: gradient and memory must be as long as the {len} parameters");
        Stretch { parameters, gradient, memory: slots(memory), tensor: None }
    }
}

/// The array for [`Stretch::memory`]: `memory`, padded with empty slices.
pub(crate) fn slots<'s, T>(
    memory: impl IntoIterator<Item = &'s mut [T]>,
) -> [&'s mut [T]; MOST_MEMORY] {
    let mut memory = memory.into_iter();
    std::array::from_fn(|_| memory.next().unwrap_or_default())
}

/// Maximum length of [`Optimizer::MEMORY`].
pub const MOST_MEMORY: usize = 4;

/// The small number n that a running mean decays to instead of zero. x + n − n is x, except for an
/// error far below anything that changes a parameter, and is never subnormal, because the last bit
/// of x + n is a normal number.
///
/// On many CPUs each subnormal costs more than a hundred cycles, and a network whose inputs are
/// zero at the border has thousands of means that decay.
///
/// 0 for a number type with such a small range that nothing in it is negligible, such as a half.
fn negligible<T: Float>() -> T {
    let n = T::of(4.0) * T::min_positive_value() / T::epsilon();
    if n < T::epsilon() { n } else { T::zero() }
}
