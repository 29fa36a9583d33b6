//! Cross-entropy of independent yes-or-no questions.

use tensor::simd::vectorize;
use tensor::{Float, math};

use super::weights::all_checked;
use super::{Equal, SigmoidLoss, Weights};

/// L = mean over units of −w·t ln p − (1 − t) ln(1 − p), p = σ(z), with targets t from 0 to 1.
///
/// Without weights (w = 1) it is computed as max(z, 0) − z·t + ln(1 + e^−|z|), which does not overflow,
/// and dL/dz = (σ(z) − t)/N. A positive weight w makes a unit's "yes" count w times:
/// dL/dz = ((1 − t)·σ(z) − w·t·σ(−z))/N.
///
/// As `torch.nn.BCEWithLogitsLoss(pos_weight=w)`, its mean over units and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BinaryCrossEntropy<W = Equal> {
    weights: W,
}

/// [`BinaryCrossEntropy`], where "yes" and "no" count alike.
pub fn binary_cross_entropy() -> BinaryCrossEntropy {
    BinaryCrossEntropy { weights: Equal }
}

impl<W> BinaryCrossEntropy<W> {
    /// "Yes" counts that many times in each unit: the usual choice is the number of rows that say "no"
    /// over the number of those that say "yes".
    ///
    /// # Panics
    ///
    /// If a weight is negative or no number.
    #[track_caller]
    pub fn positive_weights<const N: usize>(
        self,
        weights: [f64; N],
    ) -> BinaryCrossEntropy<[f64; N]> {
        BinaryCrossEntropy { weights: all_checked("positive weight", weights) }
    }
}

#[diagnostic::do_not_recommend] // the error names what fits
impl<T: Float, const N: usize, W: Weights<N>> SigmoidLoss<T, N> for BinaryCrossEntropy<W> {
    const NAME: &'static str = "binary cross-entropy";

    fn rows(
        &self,
        logits: &[T],
        targets: &[[T; N]],
        scale: T,
        losses: &mut [T],
        gradient: &mut [T],
    ) {
        let units = T::of(N as f64);
        if W::EQUAL {
            let targets = targets.as_flattened();
            // max(z, 0) + ln(1 + e^−|z|) is softplus(z).
            vectorize(|| {
                for ((value, &z), &t) in gradient.iter_mut().zip(logits).zip(targets) {
                    *value = math::softplus(z) - z * t;
                }
            });
            mean_of_units::<T, N>(gradient, losses);
            let scale = scale / units;
            vectorize(|| {
                for ((slope, &z), &t) in gradient.iter_mut().zip(logits).zip(targets) {
                    *slope = (math::sigmoid(z) - t) * scale;
                }
            });
            return;
        }
        let weights: [T; N] = std::array::from_fn(|unit| T::of(self.weights.at(unit)));
        let rows = || logits.chunks_exact(N).zip(targets);
        vectorize(|| {
            for (values, (z, t)) in gradient.chunks_exact_mut(N).zip(rows()) {
                for i in 0..N {
                    // −ln σ(z) = softplus(−z), −ln(1 − σ(z)) = softplus(z)
                    let (yes, no) = (math::softplus(-z[i]), math::softplus(z[i]));
                    values[i] = weights[i] * t[i] * yes + (T::one() - t[i]) * no;
                }
            }
        });
        mean_of_units::<T, N>(gradient, losses);
        let scale = scale / units;
        vectorize(|| {
            for (slopes, (z, t)) in gradient.chunks_exact_mut(N).zip(rows()) {
                for i in 0..N {
                    let (yes, no) = (math::sigmoid(z[i]), math::sigmoid(-z[i]));
                    slopes[i] = ((T::one() - t[i]) * yes - weights[i] * t[i] * no) * scale;
                }
            }
        });
    }
}

/// The mean of each row of `values`.
fn mean_of_units<T: Float, const N: usize>(values: &[T], means: &mut [T]) {
    for (mean, row) in means.iter_mut().zip(values.chunks_exact(N)) {
        *mean = row.iter().fold(T::zero(), |sum, &value| sum + value) / T::of(N as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::super::check_gradient;
    use super::*;
    use crate::head::Sigmoid;

    #[test]
    fn by_hand() {
        let (mut losses, mut gradient) = ([0.0_f64], [0.0; 2]);
        // p = ½ and ¾
        let logits = [0.0, 3.0_f64.ln()];
        binary_cross_entropy().rows(&logits, &[[1.0, 0.0]], 1.0, &mut losses, &mut gradient);
        let expected = (2.0_f64.ln() + 4.0_f64.ln()) / 2.0;
        assert!((losses[0] - expected).abs() < 1e-15);
        assert!((gradient[0] + 0.25).abs() < 1e-15 && (gradient[1] - 0.375).abs() < 1e-15);
    }

    #[test]
    fn positive_weights_by_hand() {
        let (mut losses, mut gradient) = ([0.0_f64], [0.0; 2]);
        let loss = binary_cross_entropy().positive_weights([3.0, 5.0]);
        // p = ½ and ¾; the second says "yes" by a quarter.
        let logits = [0.0, 3.0_f64.ln()];
        loss.rows(&logits, &[[1.0, 0.25]], 1.0, &mut losses, &mut gradient);
        let second = 5.0 * 0.25 * (4.0_f64 / 3.0).ln() + 0.75 * 4.0_f64.ln();
        assert!((losses[0] - (3.0 * 2.0_f64.ln() + second) / 2.0).abs() < 1e-15);
        let slopes = [-3.0 * 0.5 / 2.0, (0.75 * 0.75 - 5.0 * 0.25 * 0.25) / 2.0];
        assert!(gradient.iter().zip(slopes).all(|(got, slope)| (got - slope).abs() < 1e-15));
    }

    #[test]
    fn weights_of_one_change_nothing() {
        let logits = [0.3, -1.2, 2.0, 0.5, 4.0, -3.0];
        let targets = [[1.0, 0.0, 0.3], [0.0, 1.0, 1.0]];
        let of = |loss: &dyn Fn(&mut [f64], &mut [f64])| {
            let (mut losses, mut gradient) = ([0.0; 2], [0.0; 6]);
            loss(&mut losses, &mut gradient);
            losses.into_iter().chain(gradient).collect::<Vec<_>>()
        };
        let plain = of(&|l, g| binary_cross_entropy().rows(&logits, &targets, 0.5, l, g));
        let ones = binary_cross_entropy().positive_weights([1.0; 3]);
        let weighted = of(&|l, g| ones.rows(&logits, &targets, 0.5, l, g));
        assert!(plain.iter().zip(weighted).all(|(a, b)| (a - b).abs() < 1e-15));
    }

    #[test]
    fn gradient_against_differences() {
        let logits = [0.3, -1.2, 2.0, 0.5, 4.0, -3.0];
        let targets = [[1.0, 0.0, 0.3], [0.0, 1.0, 1.0]];
        check_gradient::<Sigmoid<3>>(&binary_cross_entropy(), &logits, &targets);
        let weighted = binary_cross_entropy().positive_weights([0.0, 2.5, 7.0]);
        check_gradient::<Sigmoid<3>>(&weighted, &logits, &targets);
    }

    #[test]
    fn logits_of_a_hundred_stay_finite() {
        let (mut losses, mut gradient) = ([0.0_f32], [0.0; 2]);
        let logits = [100.0, -100.0];
        binary_cross_entropy().rows(&logits, &[[0.0, 1.0]], 1.0, &mut losses, &mut gradient);
        assert_eq!((losses[0], gradient), (100.0, [0.5, -0.5]));
        let weighted = binary_cross_entropy().positive_weights([9.0, 3.0]);
        weighted.rows(&logits, &[[0.0, 1.0]], 1.0, &mut losses, &mut gradient);
        assert_eq!((losses[0], gradient), (200.0, [0.5, -1.5]));
    }

    #[test]
    #[should_panic(expected = "positive weight 1: found -1, expected a number from 0")]
    fn negative_weights_are_refused() {
        binary_cross_entropy().positive_weights([1.0, -1.0]);
    }
}
