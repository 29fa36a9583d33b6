//! Units of predictions. A network of one number on columns of a table is trained with standardized
//! targets, and predicts in the target's own units.
//!
//! z = (f(t) − mean)/(standard deviation), with f(t) = t, or ln t if requested. A prediction is
//! f⁻¹(z·(standard deviation) + mean), clamped to the range of the training targets if requested.

use tensor::{Float, math};

use super::Architecture;
use crate::head::HeadFunction;
use crate::layer::Inference;
use crate::layer::columns::TARGET_NUMBERS;
use crate::text::equal;

/// Statistics of a target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Units<T> {
    pub(crate) mean: T,
    pub(crate) deviation: T,
    /// 1 if the logarithm is predicted.
    pub(crate) log: T,
    /// 1 if predictions are clamped to the ends.
    pub(crate) clamp: T,
    pub(crate) ends: [T; 2],
}

/// Index of the statistics in a network's parameters, if there are any.
pub(crate) const fn place<N: Architecture>() -> Option<usize> {
    let is_number = equal(<N::Head as HeadFunction<N::Float>>::NAME.as_bytes(), b"linear")
        && <N::Layers as Inference>::OUTPUTS == 1;
    if is_number { <N::Layers as Inference>::TARGET } else { None }
}

impl<T: Float> Units<T> {
    /// The statistics of a declared network with these parameters, if it has any.
    #[inline(always)]
    pub(crate) fn of<N: Architecture<Float = T>>(parameters: &[T]) -> Option<Self> {
        const { place::<N>() }.map(|at| Self::at(parameters, at))
    }

    /// The statistics at this index of the parameters.
    #[inline(always)]
    pub(crate) fn at(parameters: &[T], at: usize) -> Self {
        let state = &parameters[at..][..TARGET_NUMBERS];
        Units {
            mean: state[0],
            deviation: state[1],
            log: state[2],
            clamp: state[3],
            ends: [state[4], state[5]],
        }
    }

    /// Converts predictions to the target's own units.
    #[inline(always)]
    pub(crate) fn own(self, answers: &mut [T]) {
        for answer in answers {
            *answer = *answer * self.deviation + self.mean;
            if self.log > T::zero() {
                *answer = math::exp(*answer);
            }
            if self.clamp > T::zero() {
                *answer = answer.max(self.ends[0]).min(self.ends[1]);
            }
        }
    }
}

#[cfg(feature = "std")]
mod find {
    use super::{Float, TARGET_NUMBERS, Units, math};
    use crate::error::{Error, Result};

    impl<T: Float> Units<T> {
        /// Returns the standardized target for training.
        pub(crate) fn standardized(self, target: T) -> T {
            let target = if self.log > T::zero() { math::ln(target) } else { target };
            (target - self.mean) / self.deviation
        }

        /// Computes the statistics in one pass over the targets, which `each` passes one after the
        /// other. For a constant target the standard deviation is 1. The requested options do not
        /// change.
        ///
        /// # Errors
        ///
        /// If the logarithm is to be predicted, and a target has none.
        pub(crate) fn find(
            parameters: &mut [T],
            at: usize,
            each: impl FnOnce(&mut dyn FnMut(f64)) -> Result<()>,
        ) -> Result<()> {
            let asked = Self::at(parameters, at);
            let (mut near, mut sums, mut count) = (None, [0.0, 0.0], 0.0);
            let (mut ends, mut wrong) = ([f64::INFINITY, f64::NEG_INFINITY], None);
            each(&mut |target| {
                ends = [ends[0].min(target), ends[1].max(target)];
                let target = match asked.log > T::zero() {
                    false => target,
                    true if target > 0.0 => math::ln(target),
                    true => {
                        wrong.get_or_insert(target);
                        return;
                    }
                };
                // Distances from one of the targets: the squares of large numbers would suffer from
                // cancellation.
                let distance = target - *near.get_or_insert(target);
                sums = [sums[0] + distance, sums[1] + distance * distance];
                count += 1.0;
            })?;
            if let Some(wrong) = wrong {
                return Err(Error::value(
                    "target whose logarithm is to be predicted",
                    wrong.to_string(),
                    "a number above 0",
                    "leave `log_target` out, or such rows",
                ));
            }
            let mean = sums[0] / f64::max(count, 1.0);
            let deviation = (sums[1] / f64::max(count, 1.0) - mean * mean).max(0.0).sqrt();
            let deviation = if deviation > 0.0 { deviation } else { 1.0 };
            let mean = near.unwrap_or(0.0) + mean;
            let state =
                [mean, deviation, asked.log.as_f64(), asked.clamp.as_f64(), ends[0], ends[1]];
            parameters[at..][..TARGET_NUMBERS].copy_from_slice(&state.map(T::of));
            Ok(())
        }

        /// Requests the same options again, if the statistics have not been computed yet.
        pub(crate) fn ask_again(self, parameters: &mut [T], at: usize) {
            parameters[at + 2..at + 4].copy_from_slice(&[self.log, self.clamp]);
        }

        /// Requests that the logarithm is predicted, from the next time on that the statistics are
        /// computed.
        pub(crate) fn ask_for_log(parameters: &mut [T], at: usize) {
            parameters[at + 2] = T::one();
        }

        /// Requests that predictions are clamped to the range of the targets from which the
        /// statistics were computed.
        pub(crate) fn ask_for_clamp(parameters: &mut [T], at: usize) {
            parameters[at + 3] = T::one();
        }
    }
}
