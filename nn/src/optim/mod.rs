//! How a gradient changes the parameters.

#[cfg(test)]
mod checks;
#[cfg(test)]
mod onnx;
pub mod schedule;

use tensor::Float;

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
optimizers! { sgd::Sgd, adam::Adam }

/// A rule that changes parameters by their gradient.
///
/// The parameters of a network are one buffer, and a rule sees stretches of it, each as soon as its
/// gradient is complete, possibly on several threads at once: what becomes of one parameter must
/// depend on that parameter, its gradient and its own memory alone.
///
/// ```
/// use nn::{Float, Optimizer, Step};
///
/// /// Moves every parameter by a fixed amount against the sign of its gradient.
/// struct SignSgd {
///     learning_rate: f64,
/// }
///
/// impl<T: Float> Optimizer<T> for SignSgd {
///     const MEMORY: usize = 0;
///     fn update(&self, step: Step, parameters: &mut [T], gradient: &[T], _memory: &mut [&mut [T]]) {
///         let rate = T::of(self.learning_rate * step.rate);
///         for (p, g) in parameters.iter_mut().zip(gradient) {
///             *p = *p - rate * g.signum();
///         }
///     }
/// }
/// # let mut p = [1.0_f32, 1.0];
/// # SignSgd { learning_rate: 0.5 }.update(Step { number: 1, rate: 1.0 }, &mut p, &[3.0, -0.1], &mut []);
/// # assert_eq!(p, [0.5, 1.5]);
/// ```
pub trait Optimizer<T: Float>: Sync {
    /// How many numbers the rule remembers for each parameter; at most [`MOST_MEMORY`].
    const MEMORY: usize;

    /// Changes `parameters`. `memory` has [`Optimizer::MEMORY`] slices as long as `parameters`, which
    /// start as zeros and are kept from step to step.
    fn update(&self, step: Step, parameters: &mut [T], gradient: &[T], memory: &mut [&mut [T]]);

    /// The learning rate, if [`Optimizer::update`] is in this step nothing but p ← fma(g, −rate, p): the
    /// step may then be taken where the gradient is computed.
    fn descent(&self, _step: Step) -> Option<T> {
        None
    }
}

/// Which step of a training it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Counted from 1.
    pub number: u64,
    /// What a [`schedule`] makes of the learning rate at this time: a factor, 1 without one.
    pub rate: f64,
}

/// The most that [`Optimizer::MEMORY`] may be.
pub const MOST_MEMORY: usize = 4;

/// n such that x + n − n is x, but for an error far below anything that moves a parameter, and never
/// subnormal, since the last bit of x + n is a normal number: what a running mean decays to.
///
/// On many CPUs each subnormal costs more than a hundred cycles, and a network whose inputs are zero at the
/// border has thousands of means that decay.
fn negligible<T: Float>() -> T {
    T::of(4.0) * T::min_positive_value() / T::epsilon()
}
