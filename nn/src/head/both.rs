//! Two heads of one trunk.

use tensor::Float;

use super::{Both, Head};

impl<T: Float, A: Head<T>, B: Head<T>> Head<T> for Both<A, B> {
    type Target = (A::Target, B::Target);
    type Loss = (A::Loss, B::Loss);

    fn backward(gradient: &mut [T], outputs: &[T]) {
        let units = A::UNITS + B::UNITS;
        for (gradient, outputs) in gradient.chunks_exact_mut(units).zip(outputs.chunks_exact(units))
        {
            let (a, b) = gradient.split_at_mut(A::UNITS);
            A::backward(a, &outputs[..A::UNITS]);
            B::backward(b, &outputs[A::UNITS..]);
        }
    }

    const ALLOWED: &'static str = "for each head what it allows alone";

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

    fn by_head(logits: &[T], target: &Self::Target, see: &mut impl FnMut(T, Option<bool>)) {
        let (a, b) = logits.split_at(A::UNITS);
        A::by_head(a, &target.0, see);
        B::by_head(b, &target.1, see);
    }

    fn example_target(mut random: impl FnMut() -> f64) -> Self::Target {
        (A::example_target(&mut random), B::example_target(&mut random))
    }
}
