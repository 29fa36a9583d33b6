//! Focal loss: cross-entropy with less weight on rows that are already right.

use tensor::{Float, math};

use super::weights::all_checked;
use super::{Equal, LossRows, SoftmaxLoss, Weights, checked};
#[cfg(test)]
use super::{
    Softmax,
    checks::{ByHand, Examples, of},
};
use crate::head::{Class, shifted_exponentials};

/// Focal loss: cross-entropy with less weight on rows whose class the network is nearly sure of,
/// L = −(1 − p_t)^γ·ln p_t, p = softmax(z) (Lin et al. 2017).
///
/// Useful for rare classes among many easy rows. γ = 0 is
/// [`cross_entropy`](super::cross_entropy()); 2 is usual. With class weights w it is w_t times
/// that, and the loss of a batch is the sum over its rows divided by the sum of the weights of
/// their classes.
///
/// With q = 1 − p_t, dL/dzᵢ = c·(\[i = t\] − pᵢ), c = γ·p_t·q^(γ−1)·ln p_t − q^γ. q is computed as
/// the sum of the other classes' probabilities, which retains all digits where p_t is nearly 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Focal<W = Equal> {
    gamma: f64,
    weights: W,
}

/// [`Focal`] with this γ, in which all classes have the same weight.
///
/// # Panics
///
/// If γ is negative or not finite.
#[track_caller]
pub fn focal(gamma: f64) -> Focal {
    let allowed = |gamma: f64| gamma >= 0.0 && gamma.is_finite();
    Focal {
        gamma: checked("γ of focal", gamma, "a finite number from 0", allowed), weights: Equal
    }
}

impl<W> Focal<W> {
    /// Sets class weights: rows of class `i` count `weights[i]` times.
    ///
    /// # Panics
    ///
    /// If a weight is negative or not a number.
    #[track_caller]
    pub fn class_weights<const N: usize>(self, weights: [f64; N]) -> Focal<[f64; N]> {
        Focal { gamma: self.gamma, weights: all_checked("class weight", weights) }
    }
}

#[diagnostic::do_not_recommend] // the error names what fits
impl<T: Float, const N: usize, W: Weights<N>> SoftmaxLoss<T, N> for Focal<W> {
    const NAME: &'static str = "focal";

    fn evaluate(&self, rows: LossRows<'_, T, Class<N>>) {
        self.of_classes(N, |class| self.weights.at(class), rows, |target| target.index());
    }

    fn weight_sums<'t>(
        &self,
        targets: impl Iterator<Item = (&'t Class<N>, f64)> + Clone,
        sums: &mut Vec<f64>,
    ) {
        self.weights.add_sum(targets, sums);
    }

    fn for_batch(&self, rows: usize, sums: &mut &[f64]) -> Self {
        Focal { gamma: self.gamma, weights: self.weights.of_batch(rows, sums) }
    }
}

impl<W> Focal<W> {
    /// [`Focal`] with class weights; each target is a class.
    #[inline(always)] // so that a declared network's number of classes is a constant in it
    pub(super) fn of_classes<T: Float, Y>(
        &self,
        classes: usize,
        weight: impl Fn(usize) -> f64,
        rows: LossRows<'_, T, Y>,
        class: impl Fn(&Y) -> usize,
    ) {
        let LossRows { logits, targets, scale, losses, gradient, .. } = rows;
        let (gamma, half) = (T::of(self.gamma), T::of(0.5));
        shifted_exponentials(classes, logits, gradient);
        let rows =
            gradient.chunks_exact_mut(classes).zip(logits.chunks_exact(classes)).zip(targets);
        for (loss, ((row, z), target)) in losses.iter_mut().zip(rows) {
            let target = class(target);
            let right = row[target];
            row[target] = T::zero();
            let others = row.iter().fold(T::zero(), |sum, &e| sum + e);
            let sum = others + right;
            let (p, q) = (right / sum, others / sum);
            let most = z.iter().fold(T::neg_infinity(), |most, &z| if z > most { z } else { most });
            let ln = if q < half { (-q).ln_1p() } else { z[target] - most - math::ln(sum) };
            let weight = T::of(weight(target));
            let less = q.powf(gamma);
            // q^(γ−1)·ln p goes to 0 or to −1 with q, as ln p goes to −q.
            let ratio = if q > T::zero() { ln / q } else { -T::one() };
            let slope = weight * scale * (gamma * p * less * ratio - less);
            *loss = -(weight * less * ln);
            row.iter_mut().for_each(|e| *e = *e / sum * -slope);
            row[target] = slope * q;
        }
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Softmax<4>> {
    // p = (1, 2, 5, 8)/16
    let logits = [1.0, 2.0, 5.0, 8.0].map(|x: f64| x.ln());
    let p = [1.0, 2.0, 5.0, 8.0].map(|x| x / 16.0);
    let target = Class::new(3).unwrap_or_else(|error| panic!("{error}"));
    let weights = [0.5, 2.0, 0.25, 3.0];
    // p_t = q = ½: c = 2·½·½·ln ½ − ¼
    let c = 0.5 * 0.5_f64.ln() - 0.25;
    let gradient = [-c * p[0], -c * p[1], -c * p[2], c * (1.0 - p[3])];
    let value = 0.25 * 2.0_f64.ln();
    Examples {
        by_hand: vec![
            ByHand { loss: of(focal(2.0)), logits, target, value, gradient },
            // A single row counts as one, regardless of the weight of its class.
            ByHand { loss: of(focal(2.0).class_weights(weights)), logits, target, value, gradient },
        ],
        pytorch: Ok(vec![
            ("focal", of(focal(2.0))),
            ("focal.half", of(focal(0.5))),
            ("focal.weights", of(focal(1.5).class_weights(weights))),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks::evaluate;
    use super::super::cross_entropy;
    use super::*;

    fn row(gamma: f64, logits: [f64; 3]) -> (f64, [f64; 3]) {
        let target = [Class::new(0).expect("a class in range")];
        let (losses, gradient) = evaluate::<f64, Softmax<3>>(&focal(gamma), &logits, &target, 1.0);
        (losses[0], std::array::from_fn(|i| gradient[i]))
    }

    #[test]
    fn without_gamma_it_is_cross_entropy() {
        let target = [Class::<3>::new(1).expect("a class in range")];
        let logits = [0.3, -1.2, 2.0];
        let focal = evaluate::<f64, Softmax<3>>(&focal(0.0), &logits, &target, 1.0);
        let plain = evaluate::<f64, Softmax<3>>(&cross_entropy(), &logits, &target, 1.0);
        assert!((focal.0[0] - plain.0[0]).abs() < 1e-15);
        assert!(focal.1.iter().zip(&plain.1[..]).all(|(a, b)| (a - b).abs() < 1e-15));
    }

    #[test]
    fn a_row_that_is_sure_has_all_its_digits() {
        // q = 2e⁻³⁰: L = q²·q, dL/dz₀ = (2·q·(−q) − q²)·q = −3q³.
        let q = 2.0 * (-30.0_f64).exp();
        let (loss, gradient) = row(2.0, [30.0, 0.0, 0.0]);
        assert!((loss / q.powi(3) - 1.0).abs() < 1e-9, "{loss}");
        assert!((gradient[0] / (-3.0 * q.powi(3)) - 1.0).abs() < 1e-9, "{gradient:?}");
        for gamma in [0.0, 0.5, 1.0, 2.0] {
            let (loss, gradient) = row(gamma, [900.0, 0.0, 0.0]); // q is 0
            assert_eq!((loss, gradient), (0.0, [0.0; 3]), "{gamma}");
            let (loss, gradient) = row(gamma, [-900.0, 0.0, 0.0]); // p is 0
            assert!((loss - 900.0 - 2.0_f64.ln()).abs() < 1e-9, "{loss}");
            assert!((gradient[0] + 1.0).abs() < 1e-9, "{gradient:?}");
        }
    }

    #[test]
    #[should_panic(expected = "γ of focal: found -1")]
    fn a_negative_gamma_is_refused() {
        let _ = focal(-1.0);
    }
}
