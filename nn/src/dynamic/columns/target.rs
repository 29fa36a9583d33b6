//! What is predicted, in its own units and by its own names.

use std::ops::Range;

use tensor::Float;

use super::encoder::Layout;
use super::form::{Columns, Goal};
use crate::data::{Source, portions};
use crate::error::Result;
use tensor::threads::Threads;

/// Mean and deviation of a target: training sees (t − mean)/deviation, and answers are given back in the target's own units.
#[derive(Clone, Copy, Debug)]
pub(in crate::dynamic) struct Units<T> {
    mean: T,
    deviation: T,
}

impl<T: Float> Units<T> {
    /// Those that stand among the parameters of a network with these columns in front, if it predicts numbers.
    pub(in crate::dynamic) fn of(columns: &Columns, parameters: &[T]) -> Option<Self> {
        let at = Self::place(columns)?;
        Some(Units { mean: parameters[at.start], deviation: parameters[at.start + 1] })
    }

    fn place(columns: &Columns) -> Option<Range<usize>> {
        let start = Layout::of(columns).target();
        (columns.goal == Goal::Number).then_some(start..start + 2)
    }

    /// Finds them, if numbers are predicted.
    pub(in crate::dynamic) fn find(
        columns: &Columns,
        parameters: &mut [T],
        data: &dyn Source<T, T>,
        threads: &Threads,
    ) -> Result<()> {
        let Some(place) = Self::place(columns) else { return Ok(()) };
        let (mut near, mut sums, mut count) = (None, [0.0, 0.0], 0.0);
        portions(data, threads, |_, _, targets| {
            for target in targets.iter().map(|target| target.as_f64()) {
                // From a number nearby: of large ones the squares would cancel.
                let distance = target - *near.get_or_insert(target);
                sums = [sums[0] + distance, sums[1] + distance * distance];
                count += 1.0;
            }
            Ok(())
        })?;
        let mean = sums[0] / count;
        let deviation = (sums[1] / count - mean * mean).max(0.0).sqrt();
        let deviation = if deviation > 0.0 { deviation } else { 1.0 };
        parameters[place].copy_from_slice(&[T::of(near.unwrap_or(0.0) + mean), T::of(deviation)]);
        Ok(())
    }

    /// Targets as training sees them.
    pub(in crate::dynamic) fn standardized(self, targets: &[T]) -> Vec<T> {
        targets.iter().map(|&target| (target - self.mean) / self.deviation).collect()
    }

    /// Answers in the target's own units.
    pub(in crate::dynamic) fn own(self, answers: &mut [T]) {
        for answer in answers {
            *answer = *answer * self.deviation + self.mean;
        }
    }
}
