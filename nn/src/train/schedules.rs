//! Schedules of settings other than the learning rate.

use std::fmt;

use tensor::Float;

use super::fit::Fit;
use super::model::Model;
use super::preconditions::check_schedule;
use super::run::Schedule;
use crate::data::Fingerprint;
use crate::error::{Error, Result};
use crate::optim::Optimizer;

/// A setting that a factor may multiply during training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    /// Weight decay of the optimizer.
    Decay,
    /// Momentum of the optimizer.
    Momentum,
    /// Dropout rates of the layers.
    Dropout,
    /// Label smoothing of the loss.
    Smoothing,
}

/// Number of settings.
const COUNT: usize = 4;

impl Setting {
    /// In the order of their indices.
    const ALL: [Setting; COUNT] =
        [Setting::Decay, Setting::Momentum, Setting::Dropout, Setting::Smoothing];

    /// Name of the setting's schedule in messages.
    const fn schedule(self) -> &'static str {
        match self {
            Setting::Decay => "schedule of weight decay",
            Setting::Momentum => "schedule of momentum",
            Setting::Dropout => "schedule of dropout",
            Setting::Smoothing => "schedule of label smoothing",
        }
    }

    /// Name of the setting's factor in messages.
    const fn factor(self) -> &'static str {
        match self {
            Setting::Decay => "factor on the weight decay",
            Setting::Momentum => "factor on the momentum",
            Setting::Dropout => "factor on dropout",
            Setting::Smoothing => "factor on label smoothing",
        }
    }
}

/// A factor on each setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Factors([f64; COUNT]);

impl Factors {
    /// No changes.
    const NONE: Factors = Factors([1.0; COUNT]);

    pub(super) const fn of(&self, setting: Setting) -> f64 {
        self.0[setting as usize]
    }

    pub(super) const fn set(&mut self, setting: Setting, factor: f64) {
        self.0[setting as usize] = factor;
    }

    /// The optimizer with its momentum at this step, if that differs.
    fn rule<T: Float, O: Optimizer<T>>(&self, rule: &O) -> Option<O> {
        match self.of(Setting::Momentum) {
            1.0 => None,
            factor => rule.scale_momentum(factor),
        }
    }

    /// Refuses a factor that is invalid, has nothing to multiply, or moves its setting out of
    /// range.
    fn check<T: Float, O: Optimizer<T>>(
        &self,
        scaled: &Scaled,
        rule: &O,
        steps: u64,
    ) -> Result<()> {
        for setting in Setting::ALL {
            let factor = self.of(setting);
            if factor == 1.0 {
                continue;
            }
            if !(factor >= 0.0 && factor.is_finite()) {
                return Err(Error::value(
                    setting.factor(),
                    format!("{factor} at step {}", steps + 1),
                    "a finite number from 0",
                    "correct the schedule",
                ));
            }
            scaled.refuse_missing::<T, O>(setting, rule, &factor)?;
            scaled.check_product::<T, O>(setting, rule, factor)?;
        }
        Ok(())
    }
}

/// The factors of a trainer, with how they are checked and used: pointers, which [`Scaling::new`]
/// sets, so that a program without factors does not contain the functions.
pub(super) struct Scaling<M: Model, O> {
    pub(super) factors: Factors,
    /// The values that the factors multiply, from the first check on.
    scaled: Option<Scaled>,
    check: Check<M, O>,
    rule: fn(&Factors, &O) -> Option<O>,
}

type Check<M, O> =
    fn(&mut Scaling<M, O>, &M, &<M as Model>::Loss, rule: &O, steps: u64) -> Result<()>;

impl<M: Model, O: Optimizer<M::Float>> Scaling<M, O> {
    pub(super) fn new() -> Self {
        Scaling {
            factors: Factors::NONE,
            scaled: None,
            check: Self::check_all,
            rule: Factors::rule::<M::Float, O>,
        }
    }

    /// Refuses factors that have nothing to multiply, or that are out of range.
    pub(super) fn check(&mut self, model: &M, loss: &M::Loss, rule: &O, steps: u64) -> Result<()> {
        (self.check)(self, model, loss, rule, steps)
    }

    /// The optimizer with its momentum at this step, if that differs.
    pub(super) fn rule(&self, rule: &O) -> Option<O> {
        (self.rule)(&self.factors, rule)
    }

    fn check_all(&mut self, model: &M, loss: &M::Loss, rule: &O, steps: u64) -> Result<()> {
        if self.factors == Factors::NONE {
            return Ok(());
        }
        let scaled = self.scaled.get_or_insert_with(|| Scaled::of(model, loss));
        self.factors.check(scaled, rule, steps)
    }
}

/// The settings that factors multiply and that belong neither to the optimizer nor to a tensor.
#[derive(Debug)]
struct Scaled {
    model: String,
    /// The largest dropout rate.
    dropout: Option<f64>,
    /// Label smoothing ε.
    smoothing: Option<f64>,
}

impl Scaled {
    fn of<M: Model>(model: &M, loss: &M::Loss) -> Self {
        Scaled {
            model: model.name(),
            dropout: model.dropout_rate(),
            smoothing: model.label_smoothing(loss),
        }
    }

    /// Refuses a factor, or a whole schedule, that has nothing to multiply.
    fn refuse_missing<T: Float, O: Optimizer<T>>(
        &self,
        setting: Setting,
        rule: &O,
        found: &dyn fmt::Display,
    ) -> Result<()> {
        let (is_there, owner, expected, advice) = match setting {
            Setting::Decay => (
                O::DECAYS,
                O::NAME,
                "none, since the optimizer has no weight decay",
                "use an optimizer that has one, such as `AdamW`, or leave the schedule out",
            ),
            Setting::Momentum => (
                rule.scale_momentum(1.0).is_some(),
                O::NAME,
                "none, since the optimizer with these settings has no momentum to scale",
                "use one that has momentum, such as `Sgd::new(0.1).momentum(0.9)` or `Adam`, or \
                 leave the schedule out",
            ),
            Setting::Dropout => (
                self.dropout.is_some(),
                &self.model[..],
                "none, since the model has no dropout",
                "give the network a layer such as `dropout(0.2)`, have the function of a \
                 `TapeModel` call `Variables::dropout`, or leave the schedule out",
            ),
            Setting::Smoothing => (
                self.smoothing.is_some(),
                &self.model[..],
                "none, since its loss has no label smoothing",
                "use a loss that has it, such as `cross_entropy().label_smoothing(0.1)`, or leave \
                 the schedule out",
            ),
        };
        match is_there {
            true => Ok(()),
            false => {
                let what = format!("{} of {owner}", setting.factor());
                Err(Error::value(what, found.to_string(), expected, advice))
            }
        }
    }

    /// Refuses a factor whose product with the setting is out of range.
    fn check_product<T: Float, O: Optimizer<T>>(
        &self,
        setting: Setting,
        rule: &O,
        factor: f64,
    ) -> Result<()> {
        let (what, set, is_allowed, expected): (_, _, fn(f64) -> bool, _) = match setting {
            Setting::Decay => return Ok(()),
            Setting::Momentum => {
                return rule.scale_momentum(factor).map_or(Ok(()), |scaled| scaled.check());
            }
            Setting::Dropout => {
                ("rate of dropout", self.dropout, |rate| rate < 1.0, "a rate from 0 to below 1")
            }
            Setting::Smoothing => {
                ("label smoothing", self.smoothing, |share| share <= 1.0, "a number from 0 to 1")
            }
        };
        match set {
            Some(set) if !is_allowed(set * factor) => Err(Error::value(
                what,
                format!("{} = {set} · {factor}", set * factor),
                expected,
                "choose smaller factors",
            )),
            _ => Ok(()),
        }
    }
}

/// A schedule for each setting that changes.
#[derive(Default)]
pub(super) struct Schedules([Option<Schedule>; COUNT]);

impl Schedules {
    /// The settings that have a schedule.
    pub(super) fn all(&self) -> impl Iterator<Item = (Setting, &Schedule)> {
        let each = Setting::ALL.into_iter().zip(&self.0);
        each.filter_map(|(setting, schedule)| Some((setting, schedule.as_ref()?)))
    }

    /// Refuses schedules that are impossible in a training of this many steps.
    pub(super) fn check<M: Model, O: Optimizer<M::Float>>(
        &self,
        model: &M,
        rule: &O,
        loss: &M::Loss,
        steps: u64,
    ) -> Result<()> {
        if self.all().next().is_none() {
            return Ok(());
        }
        // An invalid optimizer is reported as such, not as an invalid factor.
        rule.check()?;
        let scaled = Scaled::of(model, loss);
        for (setting, schedule) in self.all() {
            scaled.refuse_missing::<M::Float, O>(setting, rule, &"a schedule")?;
            check_schedule(setting.schedule(), schedule, steps, |factor| {
                scaled.check_product::<M::Float, O>(setting, rule, factor)
            })?;
        }
        Ok(())
    }

    /// For each setting, a text that identifies its schedule when a training resumes. A schedule is
    /// a function of the fraction completed, so that with more epochs its factors would have
    /// differed from the first step on.
    pub(super) fn texts(&self, epochs: usize) -> impl Iterator<Item = (&'static str, String)> {
        Setting::ALL.into_iter().zip(&self.0).map(move |(setting, schedule)| {
            let course = schedule.as_ref().map_or("none".into(), |schedule| text(schedule, epochs));
            (setting.schedule(), course)
        })
    }
}

/// Identifies a schedule over this many epochs by its factors at some points.
fn text(schedule: &Schedule, epochs: usize) -> String {
    /// Number of points.
    const PLACES: usize = 256;
    let mut hash = Fingerprint::new();
    (0..PLACES).for_each(|at| hash.add(schedule(at as f64 / PLACES as f64).to_bits()));
    format!("{:016x} over {epochs} epochs", hash.value())
}

/// Each schedule is a function from the fraction of the training completed, 0 to 1, to a factor,
/// such as those in [`schedule`](crate::schedule). A factor of 1 gives the bits of a training
/// without the schedule. A training resumes from a [checkpoint](Fit::checkpoint) only with the
/// schedules that it began with.
impl<M: Model, O> Fit<'_, M, O> {
    /// Sets a schedule for the weight decay: decay · factor. Decoupled decay also follows the
    /// learning rate, by which it is multiplied.
    ///
    /// ```
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    /// use nn::{AdamW, Show, schedule};
    ///
    /// network! { struct Curve(dense(1 -> 8, tanh), dense(1)); }
    ///
    /// let data: Dataset<_, _> =
    ///     (0..40).map(|i| i as f32 / 10.0).map(|x| ([x], [x.sin()])).collect();
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
    /// [`Fit::run`] fails if the function returns anything but a finite factor from 0, or the
    /// optimizer has no weight decay.
    pub fn decay_schedule(self, schedule: impl Fn(f64) -> f64 + Send + 'static) -> Self {
        self.scheduled(Setting::Decay, schedule)
    }

    /// Sets a schedule for the momentum: momentum · factor, or β₁ · factor for optimizers of Adam's
    /// kind. Each step is that of an optimizer with this momentum, as in PyTorch after a change of
    /// `param_groups`. High learning rates work best with low momentum (Smith 2018), so momentum
    /// usually falls and rises opposite to the learning rate:
    ///
    /// ```
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    /// use nn::{Sgd, Show, schedule};
    ///
    /// network! { struct Curve(dense(1 -> 8, tanh), dense(1)); }
    ///
    /// let data: Dataset<_, _> =
    ///     (0..40).map(|i| i as f32 / 10.0).map(|x| ([x], [x.sin()])).collect();
    /// // From 0.95 down to 0.85, where the rate is highest, and back.
    /// let momentum =
    ///     |done: f64| if done < 0.3 { 0.95 - done / 3.0 } else { 0.85 + (done - 0.3) / 7.0 };
    /// fit(&mut Curve::init(1), &data)
    ///     .optimizer(Sgd::new(0.1).momentum(0.95))
    ///     .schedule(schedule::one_cycle(0.3, 0.04, 4e-6))
    ///     .momentum_schedule(move |done| momentum(done) / 0.95)
    ///     .show(Show::Nothing)
    ///     .run()?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Fit::run`] fails if the function returns anything but a finite factor from 0, or a factor
    /// that makes the momentum 1 or more, or if the optimizer has no momentum.
    /// [`Rprop`](crate::Rprop), [`Sgd`](crate::Sgd) with a momentum of 0, [`NAdam`](crate::NAdam)
    /// and [`ScheduleFree`](crate::ScheduleFree) have none to scale: the last two change theirs
    /// themselves or average with it.
    pub fn momentum_schedule(self, schedule: impl Fn(f64) -> f64 + Send + 'static) -> Self {
        self.scheduled(Setting::Momentum, schedule)
    }

    /// Sets a schedule for dropout: rate · factor, in every dropout layer (`dropout`,
    /// `gaussian_dropout`, `alpha_dropout`, `stochastic_depth`) and in
    /// [`Variables::dropout`](crate::Variables::dropout) of a [`TapeModel`](crate::TapeModel). Less
    /// dropout in the beginning helps a network to start learning (curriculum dropout, Morerio et
    /// al. 2017), less at the end helps it to fit the details:
    ///
    /// ```
    /// use nn::Show;
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    ///
    /// network! { struct Curve(dense(1 -> 32, tanh), dropout(0.2), dense(1)); }
    ///
    /// let data: Dataset<_, _> =
    ///     (0..40).map(|i| i as f32 / 10.0).map(|x| ([x], [x.sin()])).collect();
    /// // From 0 to 0.2: 1 − e^(−10·done).
    /// fit(&mut Curve::init(1), &data)
    ///     .dropout_schedule(|done| -(-10.0 * done).exp_m1())
    ///     .show(Show::Nothing)
    ///     .run()?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Fit::run`] fails if the function returns anything but a finite factor from 0, or a factor
    /// that makes a rate 1 or more, or if the model has no dropout.
    pub fn dropout_schedule(self, schedule: impl Fn(f64) -> f64 + Send + 'static) -> Self {
        self.scheduled(Setting::Dropout, schedule)
    }

    /// Sets a schedule for the loss's label smoothing: ε · factor, in training only. Validation and
    /// [`evaluate`](crate::Evaluate::evaluate) use the full ε, so that epochs are comparable.
    ///
    /// ```
    /// use nn::data::{Class, Dataset};
    /// use nn::loss::cross_entropy;
    /// use nn::prelude::*;
    /// use nn::{Show, schedule};
    ///
    /// network! { struct Sign(dense(1 -> 2, softmax)); }
    ///
    /// let data = Dataset::new(vec![[-1.0], [1.0], [2.0]], Class::<2>::from_labels(&[0, 1, 1])?)?;
    /// // 0.1 in the beginning, 0 at the end.
    /// fit(&mut Sign::init(1), &data)
    ///     .loss(cross_entropy().label_smoothing(0.1))
    ///     .smoothing_schedule(schedule::linear)
    ///     .show(Show::Nothing)
    ///     .run()?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Fit::run`] fails if the function returns anything but a finite factor from 0, or a factor
    /// that makes ε more than 1, or if the loss has no label smoothing. The loss of a
    /// [`TapeModel`](crate::TapeModel), a custom function, has none.
    pub fn smoothing_schedule(self, schedule: impl Fn(f64) -> f64 + Send + 'static) -> Self {
        self.scheduled(Setting::Smoothing, schedule)
    }

    fn scheduled(
        mut self,
        setting: Setting,
        schedule: impl Fn(f64) -> f64 + Send + 'static,
    ) -> Self {
        self.schedules.0[setting as usize] = Some(Box::new(schedule));
        self
    }
}
