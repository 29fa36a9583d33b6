//! Linear head: regression.

use tensor::Float;

use super::HeadFunction;
#[cfg(feature = "std")]
use super::{Head, TargetKind};

/// The linear head: `N` numbers of any size, the logits unchanged.
#[derive(Debug)]
pub struct Linear<const N: usize>;

impl<T: Float, const N: usize> HeadFunction<T> for Linear<N> {
    const UNITS: usize = N;
    const NAME: &'static str = "linear";

    fn activate(_logits: &mut [T]) {}
}

#[cfg(feature = "std")]
impl<T: Float, const N: usize> Head<T> for Linear<N> {
    type Target = [T; N];

    fn backward(_gradient: &mut [T], _outputs: &[T]) {}

    const ALLOWED: &'static str = "finite numbers";

    fn refuses(target: &[T; N]) -> Option<String> {
        target.iter().find(|t| !t.is_finite()).map(|t| t.to_string())
    }

    fn is_right(_logits: &[T], _target: &[T; N]) -> Option<bool> {
        None
    }

    const KIND: TargetKind = TargetKind::Numbers;

    fn see_numbers(target: &[T; N], see: &mut dyn FnMut(f64)) -> bool {
        target.iter().for_each(|t| see(t.as_f64()));
        true
    }

    fn map_numbers(target: &[T; N], change: impl Fn(T) -> T) -> [T; N] {
        target.map(change)
    }

    fn example_target(mut random: impl FnMut() -> f64) -> [T; N] {
        std::array::from_fn(|_| T::of(random() * 2.0 - 1.0))
    }
}
