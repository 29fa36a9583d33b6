//! Cross-entropy: exclusive classes.

use tensor::simd::vectorize;
use tensor::{Float, math};

use super::weights::all_checked;
use super::{Equal, LossRows, SoftmaxLoss, Weights, checked};
#[cfg(test)]
use super::{
    Softmax,
    checks::{ByHand, Examples, of},
};
use crate::head::{Class, shifted_exponentials};

/// Cross-entropy: the negative log-probability of the right class, L = −ln p_t, p = softmax(z).
///
/// For the logits z of a row, the class t and m = maxⱼ zⱼ: L = ln Σⱼ e^(zⱼ−m) − (z_t − m), and
/// dL/dzᵢ = pᵢ − \[i = t\]. Shifting by m keeps every exponential at most 1.
///
/// With label smoothing ε (Szegedy et al. 2016) and class weights w it is L = −Σᵢ aᵢ ln pᵢ with
/// aᵢ = wᵢ·((1 − ε)·\[i = t\] + ε/N), so that dL/dzᵢ = pᵢ·Σⱼ aⱼ − aᵢ; the loss of a batch is then
/// the sum over its rows divided by the sum of the weights of their classes.
///
/// As `torch.nn.CrossEntropyLoss(weight=w, label_smoothing=ε)`, its mean over rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CrossEntropy<W = Equal> {
    smoothing: f64,
    weights: W,
}

/// [`CrossEntropy`] without smoothing, in which all classes have the same weight.
pub fn cross_entropy() -> CrossEntropy {
    CrossEntropy { smoothing: 0.0, weights: Equal }
}

impl<W> CrossEntropy<W> {
    /// Sets label smoothing: the target is 1 − ε for the right class, plus ε spread over all
    /// classes. The network becomes less confident.
    ///
    /// # Panics
    ///
    /// If ε is not from 0 to 1.
    #[track_caller]
    #[must_use]
    pub fn label_smoothing(mut self, epsilon: f64) -> Self {
        let allowed = |epsilon| (0.0..=1.0).contains(&epsilon);
        self.smoothing = checked("label smoothing", epsilon, "a number from 0 to 1", allowed);
        self
    }

    /// Sets class weights: rows of class `i` count `weights[i]` times. Useful for rare classes.
    ///
    /// # Panics
    ///
    /// If a weight is negative or not a number.
    #[track_caller]
    pub fn class_weights<const N: usize>(self, weights: [f64; N]) -> CrossEntropy<[f64; N]> {
        CrossEntropy { smoothing: self.smoothing, weights: all_checked("class weight", weights) }
    }
}

#[diagnostic::do_not_recommend] // the error names what fits
impl<T: Float, const N: usize, W: Weights<N>> SoftmaxLoss<T, N> for CrossEntropy<W> {
    const NAME: &'static str = "cross-entropy";

    fn evaluate(&self, rows: LossRows<'_, T, Class<N>>) {
        if W::EQUAL {
            return self.of_classes(N, rows, |target| target.index());
        }
        let weights: [T; N] = std::array::from_fn(|class| T::of(self.weights.at(class)));
        self.weighted(N, |class| weights[class], rows, |target| target.index());
    }

    fn weight_sums<'t>(
        &self,
        targets: impl Iterator<Item = (&'t Class<N>, f64)> + Clone,
        sums: &mut Vec<f64>,
    ) {
        self.weights.add_sum(targets, sums);
    }

    fn for_batch(&self, rows: usize, sums: &mut &[f64]) -> Self {
        CrossEntropy { smoothing: self.smoothing, weights: self.weights.of_batch(rows, sums) }
    }

    fn label_smoothing(&self) -> Option<f64> {
        self.epsilon()
    }
}

/// [`CrossEntropy`] of `classes` classes, without weights and smoothing; each target is a class.
#[inline(always)] // so that a declared network's number of classes is a constant in it
pub(crate) fn cross_entropy_rows<T: Float, Y>(
    classes: usize,
    rows: LossRows<'_, T, Y>,
    class: impl Fn(&Y) -> usize,
) {
    let LossRows { logits, targets, scale, losses, gradient, .. } = rows;
    exponentials_and_sums(classes, logits, losses, gradient);
    let each = losses.iter().zip(gradient.chunks_exact_mut(classes)).zip(targets);
    for ((&sum, row), target) in each {
        let share = scale / sum;
        row.iter_mut().for_each(|e| *e = *e * share);
        row[class(target)] = row[class(target)] - scale;
    }
    vectorize(|| losses.iter_mut().for_each(|loss| *loss = math::ln(*loss)));
    let each = losses.iter_mut().zip(logits.chunks_exact(classes)).zip(targets);
    for ((loss, z), target) in each {
        *loss = *loss - (z[class(target)] - max(z));
    }
}

/// Computes the shifted exponentials of the logits, and in `losses` their sums.
#[inline(always)]
fn exponentials_and_sums<T: Float>(
    classes: usize,
    logits: &[T],
    losses: &mut [T],
    exponentials: &mut [T],
) {
    shifted_exponentials(classes, logits, exponentials);
    for (loss, row) in losses.iter_mut().zip(exponentials.chunks_exact(classes)) {
        *loss = row.iter().fold(T::zero(), |sum, &e| sum + e);
    }
}

impl<W> CrossEntropy<W> {
    /// ε, if it is not 0.
    pub(super) fn epsilon(&self) -> Option<f64> {
        (self.smoothing > 0.0).then_some(self.smoothing)
    }

    /// [`CrossEntropy`] without weights; each target is a class.
    #[inline(always)] // so that a declared network's number of classes is a constant in it
    pub(super) fn of_classes<T: Float, Y>(
        &self,
        classes: usize,
        rows: LossRows<'_, T, Y>,
        class: impl Fn(&Y) -> usize,
    ) {
        match self.smoothing * rows.smoothing == 0.0 {
            true => cross_entropy_rows(classes, rows, class),
            false => self.weighted(classes, |_| T::one(), rows, class),
        }
    }

    /// [`CrossEntropy`] with class weights.
    #[inline(always)]
    fn weighted<T: Float, Y>(
        &self,
        classes: usize,
        weight: impl Fn(usize) -> T,
        rows: LossRows<'_, T, Y>,
        class: impl Fn(&Y) -> usize,
    ) {
        let LossRows { logits, targets, scale, losses, gradient, smoothing } = rows;
        exponentials_and_sums(classes, logits, losses, gradient);
        let epsilon = self.smoothing * smoothing;
        let (spread, kept) = (T::of(epsilon / classes as f64), T::of(1.0 - epsilon));
        let rows = gradient.chunks_exact_mut(classes).zip(logits.chunks_exact(classes));
        for (loss, ((row, z), target)) in losses.iter_mut().zip(rows.zip(targets)) {
            let target = class(target);
            let wanted = |i: usize| match weight(i) * spread {
                all if i == target => all + weight(i) * kept,
                all => all,
            };
            let (max, sum) = (max(z), *loss);
            let total = (0..classes).fold(T::zero(), |total, i| total + wanted(i));
            *loss = total * math::ln(sum);
            let share = total / sum;
            for i in 0..classes {
                *loss = *loss - wanted(i) * (z[i] - max);
                row[i] = (row[i] * share - wanted(i)) * scale;
            }
        }
    }
}

/// The largest number of a row.
fn max<T: Float>(row: &[T]) -> T {
    row.iter().fold(T::neg_infinity(), |max, &z| if z > max { z } else { max })
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Softmax<4>> {
    // p = (1, 2, 5, 8)/16
    let logits = [1.0, 2.0, 5.0, 8.0].map(|x: f64| x.ln());
    let p = [1.0, 2.0, 5.0, 8.0].map(|x| x / 16.0);
    let surprise = p.map(|p: f64| -p.ln());
    let target = Class::new(1).unwrap_or_else(|error| panic!("{error}"));
    let smoothed = cross_entropy().label_smoothing(0.15);
    let weights = [0.5, 2.0, 0.25, 3.0];
    Examples {
        by_hand: vec![
            ByHand {
                loss: of(cross_entropy()),
                logits,
                target,
                value: surprise[1],
                gradient: [p[0], p[1] - 1.0, p[2], p[3]],
            },
            // a = (0.1, 0.7, 0.1, 0.1)
            ByHand {
                loss: of(cross_entropy().label_smoothing(0.4)),
                logits,
                target,
                value: 0.7 * surprise[1] + 0.1 * (surprise[0] + surprise[2] + surprise[3]),
                gradient: [p[0] - 0.1, p[1] - 0.7, p[2] - 0.1, p[3] - 0.1],
            },
            // A single row counts as one, regardless of the weight of its class.
            ByHand {
                loss: of(cross_entropy().class_weights(weights)),
                logits,
                target,
                value: surprise[1],
                gradient: [p[0], p[1] - 1.0, p[2], p[3]],
            },
        ],
        pytorch: Ok(vec![
            ("cross_entropy", of(cross_entropy())),
            ("cross_entropy.smoothing", of(smoothed)),
            ("cross_entropy.weights", of(cross_entropy().class_weights(weights))),
            ("cross_entropy.both", of(smoothed.class_weights(weights))),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks::evaluate;
    use super::super::{mean, weighted_targets};
    use super::*;

    fn class<const N: usize>(index: usize) -> Class<N> {
        Class::new(index).expect("a class in range")
    }

    /// The loss of one row and its gradient.
    fn row<T: Float, const N: usize, W: Weights<N>>(
        loss: CrossEntropy<W>,
        logits: [T; N],
        target: usize,
    ) -> (T, [T; N]) {
        let target = [class::<N>(target)];
        let (losses, gradient) = evaluate::<T, Softmax<N>>(&loss, &logits, &target, T::one());
        (losses[0], std::array::from_fn(|i| gradient[i]))
    }

    /// Slices give the same bits as the formula for single numbers.
    fn check_bits<const N: usize>(rows: usize) {
        let logits: Vec<[f32; N]> = (0..rows)
            .map(|row| std::array::from_fn(|i| ((row * N + i) as f32 * 0.7).sin() * 9.0))
            .collect();
        let targets: Vec<_> = (0..rows).map(|row| class::<N>(row * 5 % N)).collect();
        let z = logits.as_flattened();
        let (losses, gradient) = evaluate::<f32, Softmax<N>>(&cross_entropy(), z, &targets, 0.3);
        for (row, (z, target)) in logits.iter().zip(&targets).enumerate() {
            let largest = max(z);
            let e = z.map(|z| math::exp(z - largest));
            let sum = e.iter().fold(0.0, |sum, e| sum + e);
            let loss = math::ln(sum) - (z[target.index()] - largest);
            assert_eq!(losses[row], loss, "{row} of {rows}");
            for i in 0..N {
                let one = if i == target.index() { 0.3 } else { 0.0 };
                assert_eq!(gradient[row * N + i], e[i] * (0.3 / sum) - one, "{row} {i}");
            }
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

    /// The mean loss of a batch and its gradient.
    fn batch<const N: usize, W: Weights<N>>(
        loss: &CrossEntropy<W>,
        logits: &[f64],
        targets: &[Class<N>],
    ) -> (f64, Vec<f64>) {
        let mut sums = Vec::new();
        SoftmaxLoss::<f64, N>::weight_sums(loss, weighted_targets(targets, &[]), &mut sums);
        let loss = SoftmaxLoss::<f64, N>::for_batch(loss, targets.len(), &mut &sums[..]);
        let scale = 1.0 / targets.len() as f64;
        let (losses, gradient) = evaluate::<f64, Softmax<N>>(&loss, logits, targets, scale);
        (mean(&losses), gradient)
    }

    #[test]
    fn smoothing_and_weights_by_hand() {
        // p = (1, 2, 5)/8 and (1, 1, 2)/4
        let ln = |x: f64| x.ln();
        let logits = [0.0, ln(2.0), ln(5.0), 0.0, 0.0, ln(2.0)];
        let targets = [class(1), class(2)];
        let loss = cross_entropy().label_smoothing(0.3);
        let (got, _) = batch::<3, _>(&loss, &logits, &targets);
        let first = 0.1 * ln(8.0) + 0.8 * ln(4.0) + 0.1 * ln(8.0 / 5.0);
        let second = 0.1 * ln(4.0) + 0.1 * ln(4.0) + 0.8 * ln(2.0);
        assert!((got - (first + second) / 2.0).abs() < 1e-15);

        // Divided by the weights of the two rows' classes, 2 and ½.
        let loss = cross_entropy().class_weights([7.0, 2.0, 0.5]);
        let (got, gradient) = batch(&loss, &logits, &targets);
        assert!((got - (2.0 * ln(4.0) + 0.5 * ln(2.0)) / 2.5).abs() < 1e-15);
        assert!((gradient[1] - 2.0 * (0.25 - 1.0) / 2.5).abs() < 1e-15);
        assert!((gradient[3] - 0.5 * 0.25 / 2.5).abs() < 1e-15);

        let (got, _) = batch(&loss.label_smoothing(0.3), &logits, &targets);
        let first = 0.7 * ln(8.0) + 1.6 * ln(4.0) + 0.05 * ln(8.0 / 5.0);
        let second = 0.7 * ln(4.0) + 0.2 * ln(4.0) + 0.4 * ln(2.0);
        assert!((got - (first + second) / 2.5).abs() < 1e-14);
    }

    #[test]
    fn weights_of_one_change_nothing() {
        let logits = [0.3, -1.2, 2.0, 0.0, 0.1, -0.7, 5.0, 1.0];
        let targets = [class(2), class(0)];
        let (plain, slopes) = batch::<4, _>(&cross_entropy(), &logits, &targets);
        let ones = cross_entropy().class_weights([1.0; 4]);
        let (weighted, weighted_slopes) = batch(&ones, &logits, &targets);
        assert!((plain - weighted).abs() < 1e-15);
        assert!(slopes.iter().zip(weighted_slopes).all(|(a, b)| (a - b).abs() < 1e-15));
    }

    #[test]
    fn classes_of_weight_zero_do_not_count() {
        let loss = cross_entropy().class_weights([0.0, 1.0]);
        let logits = [0.5, 0.1, -1.0, 2.0];
        let (both, _) = batch(&loss, &logits, &[class(0), class(1)]);
        let (second, _) = batch(&loss, &logits[2..], &[class(1)]);
        assert!((both - second).abs() < 1e-15);
        assert_eq!(batch(&loss, &logits[..2], &[class(0)]), (0.0, vec![0.0; 2]));
    }

    #[test]
    fn logits_of_a_hundred_by_hand() {
        let logits = [100.0_f32, -100.0];
        assert_eq!(row(cross_entropy(), logits, 1), (200.0, [1.0, -1.0]));
        let smooth = cross_entropy().label_smoothing(0.5);
        assert_eq!(row(smooth, logits, 1), (150.0, [0.75, -0.75]));
    }

    #[test]
    #[should_panic(expected = "label smoothing: found 1.5, expected a number from 0 to 1")]
    fn too_much_smoothing_is_refused() {
        let _ = cross_entropy().label_smoothing(1.5);
    }
}
