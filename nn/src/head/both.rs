//! Two heads on one trunk.

use core::marker::PhantomData;

use tensor::Float;

#[cfg(feature = "std")]
use super::{Head, Observation, TargetKind};
use super::{HeadFunction, HeadInfo};

/// Two heads; nested for more. The first logits of a row belong to the head `A`, the others to `B`.
///
/// The target is a pair of targets, and the loss the sum of both losses. A prediction is right if
/// it is right for every head for which right and wrong are defined.
#[derive(Debug)]
pub struct Both<A, B>(PhantomData<(A, B)>);

impl<T: Float, A: HeadFunction<T>, B: HeadFunction<T>> HeadFunction<T> for Both<A, B> {
    const UNITS: usize = A::UNITS + B::UNITS;
    const NAME: &'static str = "several heads";
    const INFO: HeadInfo = HeadInfo::Both(&A::INFO, &B::INFO);

    fn activate(logits: &mut [T]) {
        for row in logits.chunks_exact_mut(A::UNITS + B::UNITS) {
            let (a, b) = row.split_at_mut(A::UNITS);
            A::activate(a);
            B::activate(b);
        }
    }
}

#[cfg(feature = "std")]
impl<T: Float, A: Head<T>, B: Head<T>> Head<T> for Both<A, B> {
    type Target = (A::Target, B::Target);

    fn backward(gradient: &mut [T], outputs: &[T]) {
        let units = A::UNITS + B::UNITS;
        for (gradient, outputs) in gradient.chunks_exact_mut(units).zip(outputs.chunks_exact(units))
        {
            let (a, b) = gradient.split_at_mut(A::UNITS);
            A::backward(a, &outputs[..A::UNITS]);
            B::backward(b, &outputs[A::UNITS..]);
        }
    }

    const ALLOWED: &'static str = "for each head a valid target";

    fn refuses(target: &Self::Target) -> Option<String> {
        A::refuses(&target.0).or_else(|| B::refuses(&target.1))
    }

    fn is_right(logits: &[T], target: &Self::Target) -> Option<bool> {
        let (a, b) = logits.split_at(A::UNITS);
        match (A::is_right(a, &target.0), B::is_right(b, &target.1)) {
            (Some(a), Some(b)) => Some(a && b),
            (a, b) => a.or(b),
        }
    }

    const KIND: TargetKind = TargetKind::Several;

    fn observation(
        head: usize,
        logits: &[T],
        outputs: &[T],
        target: &Self::Target,
        into: &mut Observation,
    ) {
        let ((z, other_z), (y, other_y)) = (logits.split_at(A::UNITS), outputs.split_at(A::UNITS));
        let first = A::INFO.count();
        match head.checked_sub(first) {
            None => A::observation(head, z, y, &target.0, into),
            Some(head) => B::observation(head, other_z, other_y, &target.1, into),
        }
    }

    fn see_numbers(target: &Self::Target, see: &mut dyn FnMut(f64)) -> bool {
        A::see_numbers(&target.0, see) && B::see_numbers(&target.1, see)
    }

    fn example_target(mut random: impl FnMut() -> f64) -> Self::Target {
        (A::example_target(&mut random), B::example_target(&mut random))
    }
}
