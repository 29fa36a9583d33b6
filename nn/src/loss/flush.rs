//! Flushing of gradients that are too small to matter.

use tensor::Float;
use tensor::simd::vectorize;

/// Sets numbers to zero whose products with inputs and weights could be subnormal. On many CPUs
/// each subnormal costs more than a hundred cycles, and the gradient of a confident network is full
/// of them.
pub(crate) fn flush_to_zero<T: Float>(gradient: &mut [T]) {
    let nothing = T::min_positive_value() / (T::epsilon() * T::epsilon());
    vectorize(|| {
        for g in gradient {
            *g = if g.abs() < nothing { T::zero() } else { *g };
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::checks::evaluate;
    use super::super::{binary_cross_entropy, cross_entropy};
    use super::*;
    use crate::head::{Class, Sigmoid, Softmax};

    #[test]
    fn what_is_nothing_beside_a_probability_is_zero_in_the_gradient() {
        fn softmax<T: Float>(logits: [f64; 5]) -> [T; 5] {
            let target = [Class::new(0).expect("below 5")];
            let (_, gradient) =
                evaluate::<T, Softmax<5>>(&cross_entropy(), &logits.map(T::of), &target, T::one());
            std::array::from_fn(|i| gradient[i])
        }
        let logits = [0.0, -50.0, -60.0, -90.0, -300.0];
        let [_, kept, rest @ ..] = softmax::<f32>(logits);
        assert!(
            (kept / (-50.0_f32).exp() - 1.0).abs() < 1e-5 && rest == [0.0; 3],
            "{kept} {rest:?}"
        );
        assert!(softmax::<f64>(logits)[1..].iter().all(|&p| p > 0.0));
        assert!(softmax::<f32>([0.0, f64::NAN, 0.0, 0.0, -90.0]).iter().all(|p| p.is_nan()));

        let (logits, target) = ([-40.0, -90.0], [[0.0, 0.0]]);
        let (_, gradient) =
            evaluate::<f32, Sigmoid<2>>(&binary_cross_entropy(), &logits, &target, 1.0);
        assert!(gradient[0] > 1e-18 && gradient[1] == 0.0, "{gradient:?}");
    }
}
