//! The units of what is predicted: a network of one number, behind columns of a table, is trained with targets of mean 0 and
//! deviation 1, and answers in the target's own units.
//!
//! z = (f(t) − mean)/deviation, with f(t) = t, or ln t where the logarithm was asked for; an answer is f⁻¹(z·deviation + mean),
//! within the targets that were trained with where that was asked for.

use tensor::{Float, math};

use super::Architecture;
use crate::head::HeadFunction;
use crate::layer::Inference;
use crate::layer::columns::TARGET_NUMBERS;
use crate::text::equal;

/// What is known of a target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Units<T> {
    pub(crate) mean: T,
    pub(crate) deviation: T,
    /// 1 where its logarithm is predicted.
    pub(crate) log: T,
    /// 1 where answers stay between the ends.
    pub(crate) clamp: T,
    pub(crate) ends: [T; 2],
}

/// Where it stands among the parameters of a network, if there is anything.
pub(crate) const fn place<N: Architecture>() -> Option<usize> {
    let is_number = equal(<N::Head as HeadFunction<N::Float>>::NAME.as_bytes(), b"linear")
        && <N::Layers as Inference>::OUTPUTS == 1;
    if is_number { <N::Layers as Inference>::TARGET } else { None }
}

impl<T: Float> Units<T> {
    /// Those of a declared network with these parameters, if it has any.
    #[inline(always)]
    pub(crate) fn of<N: Architecture<Float = T>>(parameters: &[T]) -> Option<Self> {
        const { place::<N>() }.map(|at| Self::at(parameters, at))
    }

    /// Those that stand at this place among the parameters.
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

    /// Answers in the target's own units.
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
        /// A target as training sees it.
        pub(crate) fn standardized(self, target: T) -> T {
            let target = if self.log > T::zero() { math::ln(target) } else { target };
            (target - self.mean) / self.deviation
        }

        /// Finds them anew in one pass over the targets, to which `each` shows a number after the other; of a constant the deviation
        /// is 1. What was asked for stays.
        ///
        /// # Errors
        ///
        /// If a target has no logarithm, and that is to be predicted.
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
                // From a number nearby: of large ones the squares would cancel.
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

        /// Asks for the same again, where nothing has been found yet.
        pub(crate) fn ask_again(self, parameters: &mut [T], at: usize) {
            parameters[at + 2..at + 4].copy_from_slice(&[self.log, self.clamp]);
        }

        /// Has the logarithm predicted, from the next time on that they are found.
        pub(crate) fn ask_for_log(parameters: &mut [T], at: usize) {
            parameters[at + 2] = T::one();
        }

        /// Has answers stay within the targets that they were found from.
        pub(crate) fn ask_for_clamp(parameters: &mut [T], at: usize) {
            parameters[at + 3] = T::one();
        }
    }
}
