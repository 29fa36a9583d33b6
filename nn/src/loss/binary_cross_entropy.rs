//! Binary cross-entropy: independent yes-or-no questions.

use tensor::Float;
use tensor::activation::{Activation, Sigmoid, Softplus};
use tensor::simd::vectorize;

use super::weights::all_checked;
use super::{Equal, LossRows, SigmoidLoss, Weights};
#[cfg(test)]
use super::{
    Sigmoid as SigmoidHead,
    checks::{ByHand, Examples, of},
};

/// L = mean over units of −w·t ln p − (1 − t) ln(1 − p), p = σ(z), with targets t from 0 to 1.
///
/// It is computed as (1 − t + w·t)·softplus(z) − w·t·z, which neither overflows nor takes the
/// logarithm of zero; dL/dz = ((1 − t + w·t)·σ(z) − w·t)/N, and without weights (w = 1)
/// (σ(z) − t)/N. A positive weight w multiplies the "yes" part of a unit's loss by w.
///
/// As `torch.nn.BCEWithLogitsLoss(pos_weight=w)`, its mean over units and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BinaryCrossEntropy<W = Equal> {
    weights: W,
}

/// [`BinaryCrossEntropy`] in which "yes" and "no" have the same weight.
pub fn binary_cross_entropy() -> BinaryCrossEntropy {
    BinaryCrossEntropy { weights: Equal }
}

impl<W> BinaryCrossEntropy<W> {
    /// Sets the weight of "yes" for each unit. The usual choice is the number of rows with "no"
    /// divided by the number of rows with "yes".
    ///
    /// # Panics
    ///
    /// If a weight is negative or not a number.
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

    fn evaluate(&self, rows: LossRows<'_, T, [T; N]>) {
        let LossRows { logits, targets, scale, losses, gradient, smoothing } = rows;
        let targets = targets.as_flattened();
        let weights: [T; N] = std::array::from_fn(|unit| T::of(self.weights.at(unit)));
        let weights = if W::EQUAL { None } else { Some(&weights[..]) };
        binary_cross_entropy_rows(
            N,
            weights,
            LossRows { logits, targets, scale, losses, gradient, smoothing },
        );
    }
}

/// [`BinaryCrossEntropy`] of `units` units, with a target for each, and optionally a weight of
/// "yes" for each.
#[inline(always)] // so that a declared network's number of units is a constant in it
pub(crate) fn binary_cross_entropy_rows<T: Float>(
    units: usize,
    weights: Option<&[T]>,
    rows: LossRows<'_, T, T>,
) {
    let LossRows { logits, targets, scale, losses, gradient, .. } = rows;
    let rows = || logits.chunks_exact(units).zip(targets.chunks_exact(units));

    gradient.copy_from_slice(logits);
    Softplus.forward(gradient); // max(z, 0) + ln(1 + e^−|z|)
    vectorize(|| {
        for (values, (z, t)) in gradient.chunks_exact_mut(units).zip(rows()) {
            for i in 0..units {
                // The weight of "yes" in a unit, times the target: w·t.
                let (yes, all) = match weights {
                    None => (t[i], values[i]),
                    Some(weights) => {
                        let yes = weights[i] * t[i];
                        (yes, (T::one() - t[i] + yes) * values[i])
                    }
                };
                values[i] = all - z[i] * yes;
            }
        }
    });
    for (loss, row) in losses.iter_mut().zip(gradient.chunks_exact(units)) {
        *loss = row.iter().fold(T::zero(), |sum, &value| sum + value) / T::of(units as f64);
    }

    gradient.copy_from_slice(logits);
    Sigmoid.forward(gradient);
    let scale = scale / T::of(units as f64);
    vectorize(|| {
        for (slopes, (_, t)) in gradient.chunks_exact_mut(units).zip(rows()) {
            for i in 0..units {
                let (yes, all) = match weights {
                    None => (t[i], slopes[i]),
                    Some(weights) => {
                        let yes = weights[i] * t[i];
                        (yes, (T::one() - t[i] + yes) * slopes[i])
                    }
                };
                slopes[i] = (all - yes) * scale;
            }
        }
    });
}

#[cfg(test)]
pub(super) fn examples() -> Examples<SigmoidHead<4>> {
    // p = ½, ¾, ½ and ⅕
    let logits = [0.0, 3.0_f64.ln(), 0.0, -(4.0_f64.ln())];
    let [half, three_quarters, fifth] = [2.0, 4.0, 5.0].map(|x: f64| x.ln()); // −ln ½, −ln ¼, −ln ⅕
    let weights = [0.5, 2.0, 0.25, 3.0];
    Examples {
        by_hand: vec![
            ByHand {
                loss: of(binary_cross_entropy()),
                logits,
                target: [1.0, 0.0, 0.25, 1.0],
                value: (half + three_quarters + half + fifth) / 4.0,
                gradient: [-0.125, 0.1875, 0.0625, -0.2],
            },
            // The target of the third is a quarter "yes", which has weight five.
            ByHand {
                loss: of(binary_cross_entropy().positive_weights([3.0, 1.0, 5.0, 2.0])),
                logits,
                target: [1.0, 0.0, 0.25, 1.0],
                value: (3.0 * half + three_quarters + 2.0 * half + 2.0 * fifth) / 4.0,
                gradient: [-0.375, 0.1875, (0.75 * 0.5 - 5.0 * 0.25 * 0.5) / 4.0, -0.4],
            },
        ],
        pytorch: Ok(vec![
            ("binary_cross_entropy", of(binary_cross_entropy())),
            ("binary_cross_entropy.weights", of(binary_cross_entropy().positive_weights(weights))),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use tensor::math;

    use super::super::checks::evaluate;
    use super::*;

    /// Slices give the same bits as the formula for single numbers.
    fn check_bits<const N: usize>(rows: usize) {
        let logits: Vec<[f32; N]> = (0..rows)
            .map(|row| std::array::from_fn(|i| ((row * N + i) as f32 * 0.7).sin() * 9.0))
            .collect();
        let targets: Vec<[f32; N]> =
            (0..rows).map(|row| std::array::from_fn(|i| ((row + i) % 3) as f32 / 2.0)).collect();
        let (z, loss) = (logits.as_flattened(), binary_cross_entropy());
        let (losses, gradient) = evaluate::<f32, SigmoidHead<N>>(&loss, z, &targets, 0.3);
        for row in 0..rows {
            let (mut sum, slopes) = (0.0, &gradient[row * N..][..N]);
            for (i, (&z, &t)) in logits[row].iter().zip(&targets[row]).enumerate() {
                sum += math::softplus(z) - z * t;
                assert_eq!(slopes[i], (math::sigmoid(z) - t) * (0.3 / N as f32), "{row} {i}");
            }
            assert_eq!(losses[row], sum / N as f32, "{row} of {rows}");
        }
    }

    #[test]
    fn slices_give_the_bits_of_the_formula() {
        for rows in [0, 1, 2, 13, 64] {
            check_bits::<1>(rows);
            check_bits::<3>(rows);
            check_bits::<17>(rows);
        }
    }

    #[test]
    fn weights_of_one_change_nothing() {
        let logits = [0.3, -1.2, 2.0, 0.5, 4.0, -3.0];
        let targets = [[1.0, 0.0, 0.3], [0.0, 1.0, 1.0]];
        let plain =
            evaluate::<f64, SigmoidHead<3>>(&binary_cross_entropy(), &logits, &targets, 0.5);
        let ones = binary_cross_entropy().positive_weights([1.0; 3]);
        let weighted = evaluate::<f64, SigmoidHead<3>>(&ones, &logits, &targets, 0.5);
        let numbers = |(losses, gradient): (Vec<f64>, Vec<f64>)| [losses, gradient].concat();
        let pairs = numbers(plain).into_iter().zip(numbers(weighted));
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-15));
    }

    #[test]
    fn logits_of_a_hundred_by_hand() {
        let (logits, target) = ([100.0, -100.0], [[0.0, 1.0]]);
        let plain = evaluate::<f32, SigmoidHead<2>>(&binary_cross_entropy(), &logits, &target, 1.0);
        assert_eq!(plain, (vec![100.0], vec![0.5, -0.5]));
        let loss = binary_cross_entropy().positive_weights([9.0, 3.0]);
        let weighted = evaluate::<f32, SigmoidHead<2>>(&loss, &logits, &target, 1.0);
        assert_eq!(weighted, (vec![200.0], vec![0.5, -1.5]));
    }

    #[test]
    #[should_panic(expected = "positive weight 1: found -1, expected a number from 0")]
    fn negative_weights_are_refused() {
        binary_cross_entropy().positive_weights([1.0, -1.0]);
    }
}
