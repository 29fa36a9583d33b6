//! What changes in the course of a training, beside the learning rate.

use tensor::Float;

use super::fit::Fit;
use super::model::Model;
use crate::data::Fingerprint;
use crate::error::{Error, Result};
use crate::optim::Optimizer;

impl<M: Model, O> Fit<'_, M, O> {
    /// How weight decay changes: a function from the share of the training that is over, 0 to 1, to a factor on the optimizer's decay,
    /// such as those in [`schedule`](crate::schedule). Decay that is decoupled also follows the learning rate, by which it is
    /// multiplied.
    ///
    /// ```
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    /// use nn::{AdamW, Show, schedule};
    ///
    /// network! { struct Curve(dense(1 -> 8, tanh), dense(1)); }
    ///
    /// let data: Dataset<_, _> = (0..40).map(|i| i as f32 / 10.0).map(|x| ([x], [x.sin()])).collect();
    /// fit(&mut Curve::init(1), &data)
    ///     .optimizer(AdamW::new(0.01).weight_decay(0.1))
    ///     .decay_schedule(schedule::flat_cosine(0.5))
    ///     .show(Show::Nothing)
    ///     .run()?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Of [`Fit::run`]: if the function gives something else than a finite factor from 0, or the optimizer has no weight decay.
    pub fn decay_schedule(mut self, schedule: impl Fn(f64) -> f64 + Send + 'static) -> Self {
        self.decay = Some(Box::new(schedule));
        self
    }

    /// By what its course is known again where a training goes on. It is a function of the share, so that more epochs would have been
    /// others from the first step on.
    pub(super) fn decay_text(&self) -> String {
        /// Places that are looked at.
        const PLACES: usize = 256;
        let Some(decay) = &self.decay else { return "none".into() };
        let mut hash = Fingerprint::new();
        (0..PLACES).for_each(|at| hash.add(decay(at as f64 / PLACES as f64).to_bits()));
        format!("{:016x} over {} epochs", hash.value(), self.epochs)
    }
}

/// Refuses a factor on weight decay that is none, or that there is nothing to multiply with.
pub(super) fn check_decay<T: Float, O: Optimizer<T>>(factor: f64, steps: u64) -> Result<()> {
    if !(factor >= 0.0 && factor.is_finite()) {
        return Err(Error::value(
            "factor on the weight decay",
            format!("{factor} at step {}", steps + 1),
            "a finite number from 0",
            "correct the schedule",
        ));
    }
    if factor == 1.0 { Ok(()) } else { check_decays::<T, O>(factor.to_string()) }
}

/// Refuses a rule without weight decay, where there is a factor on it.
pub(super) fn check_decays<T: Float, O: Optimizer<T>>(found: String) -> Result<()> {
    if O::DECAYS {
        return Ok(());
    }
    Err(Error::value(
        format!("factor on the weight decay of {}", O::NAME),
        found,
        "none, since the rule has no weight decay",
        "take one that has, such as `AdamW`, or leave the schedule out",
    ))
}
