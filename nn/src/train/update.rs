//! One optimizer step on flat parameters.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use tensor::Float;
use tensor::threads::Threads;

use super::clip::Bound;
use crate::optim::{MOST_MEMORY, Optimizer, Step, Stretch};
use crate::parameters::NamedTensor;

/// Parameters whose update is worth waking threads for.
const WORTH_THREADS: usize = 32 * 1024;

/// Parameters that a thread updates at a time: few enough for all threads to end together, and for
/// a gradient that has just been bounded to be in the cache.
const PIECE: usize = 8 * 1024;

/// An optimizer step on the parameters of a [`Model`](super::Model).
#[derive(Debug)]
#[non_exhaustive]
pub struct Update<'u, T: Float, O> {
    /// The optimizer.
    pub rule: &'u O,
    /// Number and rate of the step.
    pub step: Step,
    /// State of the optimizer: slices as long as the flat parameters; slots that it does not use
    /// are empty.
    pub memory: [&'u mut [T]; MOST_MEMORY],
    /// The model's tensors with their training settings: some may be [frozen](NamedTensor::trained)
    /// or have a different [rate](NamedTensor::rate).
    pub tensors: &'u [NamedTensor],
    /// Whether tensors have different settings. A model that updates its parameters itself must
    /// then respect them.
    pub has_groups: bool,
    /// Threads to compute with.
    pub threads: &'u Threads,
}

impl<T: Float, O: Optimizer<T>> Update<'_, T, O> {
    /// Updates all `parameters` from their `gradient`; returns whether all written values are
    /// finite.
    pub fn apply(self, parameters: &mut [T], gradient: &[T]) -> bool {
        self.each_part(parameters, |part| &gradient[part.clone()], |gradient| gradient)
    }

    /// [`Update::apply`] with a bounded gradient. Each part is bounded just before it is used, so
    /// that it is read once.
    pub(super) fn apply_bounded(
        self,
        parameters: &mut [T],
        gradient: &mut [T],
        bound: Bound<T>,
    ) -> bool {
        let mut gradient = Rest { slice: gradient, at: 0 };
        self.each_part(
            parameters,
            |part| gradient.take(part),
            |gradient| {
                bound.apply(gradient);
                gradient
            },
        )
    }

    /// Updates all `parameters`, for which `take` gives what `gradient` turns into the gradient of
    /// a part.
    fn each_part<'g, G: Send>(
        self,
        parameters: &mut [T],
        mut take: impl FnMut(&Range<usize>) -> G,
        gradient: impl Fn(G) -> &'g [T] + Sync,
    ) -> bool {
        let Update { rule, step, memory, tensors, threads, .. } = self;
        let finite = AtomicBool::new(true);
        let threads = threads.worth(parameters.len() > WORTH_THREADS);
        let mut parameters = Rest { slice: parameters, at: 0 };
        let mut memory = memory.map(|slice| Rest { slice, at: 0 });
        let parts = tensors.iter().filter(|tensor| tensor.trained).flat_map(pieces::<T, O>);
        let parts = parts.map(|(part, tensor)| {
            let memory = memory.each_mut().map(|slot| slot.take(&part));
            (parameters.take(&part), take(&part), memory, tensor)
        });
        threads.for_each(parts, |(parameters, given, memory, tensor)| {
            let gradient = gradient(given);
            let stretch = Stretch { parameters, gradient, memory, tensor: Some(tensor) };
            if !rule.checked_update(step_of(step, stretch.tensor), stretch) {
                finite.store(false, Ordering::Relaxed);
            }
        });
        finite.into_inner()
    }
}

/// The step with the rate of a tensor.
fn step_of(step: Step, tensor: Option<&NamedTensor>) -> Step {
    step.rate(step.rate * tensor.map_or(1.0, |tensor| tensor.rate))
}

/// One optimizer step on a slice of the flat parameters that starts at `from`. Only the parts
/// `trained`, counted from there, are updated. Returns whether all written values are finite.
#[inline]
pub(crate) fn update_stretch<T: Float, O: Optimizer<T>>(
    (rule, step): (&O, Step),
    from: usize,
    stretch: Stretch<'_, T>,
    (tensors, has_groups): (&[NamedTensor], bool),
    trained: impl Iterator<Item = Range<usize>>,
) -> bool {
    let Stretch { parameters, gradient, mut memory, .. } = stretch;
    let mut update = |part: Range<usize>, tensor| {
        let memory = memory.each_mut();
        let memory = memory.map(|slot| slot.get_mut(part.clone()).unwrap_or_default());
        let parameters = &mut parameters[part.clone()];
        let gradient = &gradient[part];
        let step = if has_groups { step_of(step, tensor) } else { step };
        rule.checked_update(step, Stretch { parameters, gradient, memory, tensor })
    };
    let mut finite = true;
    match O::BY_TENSOR || has_groups {
        true => by_tensor(tensors, from, gradient.len())
            .for_each(|(part, tensor)| finite &= update(part, Some(tensor))),
        false => trained.for_each(|part| finite &= update(part, None)),
    }
    finite
}

/// Whether none of the `len` flat parameters starting at `from` is trained.
pub(crate) fn is_frozen(tensors: &[NamedTensor], from: usize, len: usize) -> bool {
    by_tensor(tensors, from, len).next().is_none()
}

/// The trained parts of the `len` flat parameters starting at `from`, counted from there, each in
/// one tensor.
fn by_tensor(
    tensors: &[NamedTensor],
    from: usize,
    len: usize,
) -> impl Iterator<Item = (Range<usize>, &NamedTensor)> {
    let first = tensors.partition_point(|tensor| tensor.range().end <= from);
    let met = tensors[first..].iter().take_while(move |tensor| tensor.offset < from + len);
    met.filter(|tensor| tensor.trained).filter_map(move |tensor| {
        let Range { start, end } = tensor.range();
        let part = start.max(from) - from..end.min(from + len) - from;
        (!part.is_empty()).then_some((part, tensor))
    })
}

/// A tensor in parts, or whole if the optimizer requires it.
fn pieces<T: Float, O: Optimizer<T>>(
    tensor: &NamedTensor,
) -> impl Iterator<Item = (Range<usize>, &NamedTensor)> {
    let Range { start, end } = tensor.range();
    let piece = if O::WHOLE_TENSORS { tensor.len().max(1) } else { PIECE };
    let parts = (start..end).step_by(piece);
    parts.map(move |from| (from..(from + piece).min(end), tensor))
}

/// The rest of a slice whose parts are taken from the front.
struct Rest<'r, T> {
    slice: &'r mut [T],
    /// Number of elements taken or skipped.
    at: usize,
}

impl<'r, T> Rest<'r, T> {
    /// The next part; empty if the slice is empty.
    fn take(&mut self, part: &Range<usize>) -> &'r mut [T] {
        if self.slice.is_empty() {
            return &mut [];
        }
        let _passed_over = self.slice.split_off_mut(..part.start - self.at);
        self.at = part.end;
        self.slice.split_off_mut(..part.len()).unwrap_or_default()
    }
}
