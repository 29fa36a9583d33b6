//! How a gradient changes the parameters.

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

        /// Shows each optimizer of the list to `see`.
        #[cfg(test)]
        fn see_all(see: &mut impl checks::See) {
            $( see.optimizer::<$Optimizer>(stringify!($Optimizer), $file::examples()); )*
        }
    };
}

// Every optimizer. To add one: write its file, add it here. A file without `examples()` does not compile.
optimizers! {
    sgd::Sgd, adam::Adam, adamw::AdamW, amsgrad::AmsGrad, adamax::Adamax, adagrad::AdaGrad, adadelta::Adadelta,
    rprop::Rprop, lion::Lion, nadam::NAdam, radam::RAdam, rmsprop::RmsProp, adan::Adan,
    schedule_free::ScheduleFree, lamb::Lamb, lars::Lars, muon::Muon,
    adafactor::Adafactor, sam::Sam, elastic::Elastic, max_norm::MaxNorm, gradient_noise::GradientNoise,
}

/// A rule that changes parameters by their gradient.
///
/// The parameters of a network are one buffer, and a rule sees stretches of it, each as soon as its
/// gradient is complete, possibly on several threads at once: what becomes of one parameter must
/// depend on that parameter, its gradient and its own memory alone, or on those of its tensor by
/// [`WHOLE_TENSORS`](Optimizer::WHOLE_TENSORS). Its [`Debug`](fmt::Debug) form says how it is set: a training goes on only
/// with the rule that it began with.
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
    /// The rule's name, in messages and in files of what it remembers.
    const NAME: &'static str;

    /// What the rule remembers of every parameter: a name for each number, such as `["mean", "square"]`; at most
    /// [`MOST_MEMORY`].
    const MEMORY: &'static [&'static str];

    /// Whether a stretch must lie in one tensor and say [which](Stretch::tensor). Without it, a stretch may go over
    /// several, which is quicker where they are small.
    const BY_TENSOR: bool = false;

    /// Whether a stretch must be a whole tensor, and say [which](Stretch::tensor), so that the rule can use a norm of it or
    /// a product. Such a rule waits until the whole gradient is there, which then does not stay in the cache.
    const WHOLE_TENSORS: bool = false;

    /// Whether the rule has a weight decay, by [the factor of a tensor](NamedTensor::decay) where it sees one.
    const DECAYS: bool = false;

    /// Looks at the rule's settings, before anything is trained.
    ///
    /// # Errors
    ///
    /// If one is out of its range.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Changes the parameters of a stretch, and what is remembered of them.
    fn update(&self, step: Step, stretch: Stretch<'_, T>);

    /// [`Optimizer::update`]; whether all parameters of the stretch are finite then. To be written for a rule whose loop
    /// can see that on the way, where it costs nothing.
    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory, tensor } = stretch;
        self.update(step, Stretch { parameters, gradient, memory, tensor });
        all_finite(parameters)
    }

    /// The same rule with its momentum multiplied by `factor`, as
    /// [`Fit::momentum_schedule`](crate::Fit::momentum_schedule) asks for: how much is kept of the steps before, in rules of
    /// Adam's kind β₁. `None` if the rule has no momentum, or one of 0.
    fn scale_momentum(&self, factor: f64) -> Option<Self>
    where
        Self: Sized,
    {
        let _ = factor;
        None
    }

    /// The learning rate, if [`Optimizer::update`] is in this step nothing but p ← fma(g, −rate, p): the
    /// step may then be taken where the gradient is computed.
    fn descent(&self, _step: Step) -> Option<T> {
        None
    }

    /// Where the gradient is to be taken, if not at the parameters themselves: see [`Sam`].
    fn ascent(&self) -> Option<Ascent> {
        None
    }
}

/// A place near the parameters, in the direction in which the loss rises: see [`Sam`], which has the formula.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "made by whoever implements `Optimizer`")]
pub struct Ascent {
    /// How far away.
    pub radius: f64,
    /// Whether distances are measured in shares of each parameter.
    pub is_adaptive: bool,
}

/// A rule with one learning rate for all parameters.
pub trait LearningRate {
    /// Replaces the learning rate.
    fn set_learning_rate(&mut self, learning_rate: f64);
}

/// Which step of a training it is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// Counted from 1.
    pub number: u64,
    /// What a [`schedule`] makes of the learning rate at this time: a factor, 1 without one.
    pub rate: f64,
}

impl Step {
    /// The step with this number, by the learning rate itself.
    pub const fn new(number: u64) -> Self {
        Step { number, rate: 1.0 }
    }

    /// The same with a factor on the learning rate.
    #[must_use]
    pub const fn rate(self, rate: f64) -> Self {
        Step { rate, ..self }
    }
}

/// Some parameters that lie side by side, as a rule sees them.
#[derive(Debug)]
#[non_exhaustive]
pub struct Stretch<'s, T> {
    /// To be changed.
    pub parameters: &'s mut [T],
    /// Of the loss, as long as `parameters`.
    pub gradient: &'s [T],
    /// What the rule remembers, in the order of [`Optimizer::MEMORY`]: slices as long as `parameters`, which start as
    /// zeros and are kept from step to step. Those that the rule did not ask for are empty.
    pub memory: [&'s mut [T]; MOST_MEMORY],
    /// The tensor that the parameters belong to, if the rule asks for it by [`Optimizer::BY_TENSOR`] or
    /// [`Optimizer::WHOLE_TENSORS`].
    pub tensor: Option<&'s NamedTensor>,
}

impl<'s, T> Stretch<'s, T> {
    /// Of no tensor in particular.
    ///
    /// # Panics
    ///
    /// If gradient or memory are not as long as the parameters.
    #[track_caller]
    pub fn new<const N: usize>(
        parameters: &'s mut [T],
        gradient: &'s [T],
        memory: [&'s mut [T]; N],
    ) -> Self {
        const { assert!(N <= MOST_MEMORY, "an optimizer remembers at most MOST_MEMORY numbers") };
        let len = parameters.len();
        let fits = gradient.len() == len && memory.iter().all(|slot| slot.len() == len);
        assert!(fits, "stretch: gradient and memory must be as long as the {len} parameters");
        Stretch { parameters, gradient, memory: slots(memory), tensor: None }
    }
}

/// For [`Stretch::memory`]: these, and then empty ones.
pub(crate) fn slots<'s, T>(
    memory: impl IntoIterator<Item = &'s mut [T]>,
) -> [&'s mut [T]; MOST_MEMORY] {
    let mut memory = memory.into_iter();
    std::array::from_fn(|_| memory.next().unwrap_or_default())
}

/// The most that [`Optimizer::MEMORY`] may have.
pub const MOST_MEMORY: usize = 4;

/// n such that x + n − n is x, but for an error far below anything that moves a parameter, and never
/// subnormal, since the last bit of x + n is a normal number: what a running mean decays to.
///
/// On many CPUs each subnormal costs more than a hundred cycles, and a network whose inputs are zero at the
/// border has thousands of means that decay.
///
/// 0 for a number of so small a range that nothing in it is negligible, such as a half.
fn negligible<T: Float>() -> T {
    let n = T::of(4.0) * T::min_positive_value() / T::epsilon();
    if n < T::epsilon() { n } else { T::zero() }
}
