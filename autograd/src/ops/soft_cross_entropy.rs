//! Cross-entropy with soft targets: the loss of a classifier, from its logits and target
//! probabilities.
//!
//! y  = −Σ w∘s∘ln p / rows, with ln p = log_softmax(x) along the last axis, weights w (1 by
//!      default), and s = t, smoothed by ε: (1 − ε)·t + ε/classes; 0 where s = 0
//! dx = dy ∘ (p∘Σ w∘s − w∘s) / rows, Σ along a row
//! dt = −dy ∘ (1 − ε)·w∘ln p / rows
//!
//! shapes: x and t `[rows, classes]`, w `[classes]`, y `[]`

use tensor::{Buffer, Float, Tensor, math};

use super::cross_entropy::check_settings;
use super::log_softmax::log_softmax;
use super::mse::check_equal;
use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// The mean over rows of −Σ t∘ln softmax(x), t being target probabilities; dx = dy ∘
/// (softmax(x)∘Σ t − t) / rows, dt = −dy ∘ ln softmax(x) / rows.
///
/// PyTorch's `cross_entropy(x, t, weight, label_smoothing)` for probabilities. The divisor is the
/// number of rows, also with weights. A class with target probability 0 contributes 0 for every
/// logit.
#[derive(Clone, Debug)]
pub struct SoftCrossEntropy<T: Float> {
    /// ε
    smoothing: T,
    /// w, one for each class; `None` if all are 1.
    weights: Option<Vec<T>>,
    /// ln p, saved by forward for backward. `[rows, classes]`
    ln_p: Option<Tensor<T>>,
}

impl<T: Float> SoftCrossEntropy<T> {
    /// The loss without weights and smoothing.
    pub fn new() -> Self {
        SoftCrossEntropy { smoothing: T::zero(), weights: None, ln_p: None }
    }

    /// Label smoothing: spreads the fraction `smoothing`, in 0..=1, of each target evenly over all
    /// classes.
    #[must_use]
    pub fn smoothed(self, smoothing: T) -> Self {
        SoftCrossEntropy { smoothing, ..self }
    }

    /// Weights each class.
    #[must_use]
    pub fn weighted(self, weights: &[T]) -> Self {
        SoftCrossEntropy { weights: Some(weights.to_vec()), ..self }
    }

    /// w of a class.
    fn weight(&self, class: usize) -> T {
        self.weights.as_ref().map_or(T::one(), |weights| weights[class])
    }

    /// w∘s
    fn targets(&self, t: &Tensor<T>) -> Buffer<T> {
        let classes = t.shape()[1];
        let (share, rest) = (T::one() - self.smoothing, self.smoothing / T::of(classes as f64));
        let mut targets = Buffer::from_slice(t.contiguous().values());
        for row in targets.chunks_exact_mut(classes) {
            for (class, t) in row.iter_mut().enumerate() {
                *t = self.weight(class) * (share * *t + rest);
            }
        }
        targets
    }
}

impl<T: Float> Default for SoftCrossEntropy<T> {
    fn default() -> Self {
        SoftCrossEntropy::new()
    }
}

impl<T: Float> Op<T, 2> for SoftCrossEntropy<T> {
    fn name(&self) -> &'static str {
        "soft_cross_entropy"
    }

    fn forward(&mut self, [x, t]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        check_equal("soft_cross_entropy", x, t)?;
        let &[rows, classes] = x.shape() else {
            let rule = format!("logits {:?}: expected [rows, classes]", x.shape());
            return Err(Error::invalid("soft_cross_entropy", rule));
        };
        check_settings("soft_cross_entropy", classes, self.smoothing, self.weights.as_ref())?;
        let ln_p = log_softmax(x, 1)?;
        let targets = Tensor::from_buffer(self.targets(t), x.shape())?;
        let cost = |t: T, ln_p: T| if t.is_zero() { t } else { -t * ln_p };
        let sum = targets.zip(&ln_p, cost)?.sum();
        self.ln_p = Some(ln_p);
        Ok(Tensor::scalar(sum / T::of(rows as f64)))
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let Some(ln_p) = &self.ln_p else { unreachable!("forward comes before backward") };
        let [x, t] = call.inputs;
        let classes = x.shape()[1];
        let scale = dy.item()? / T::of(x.shape()[0] as f64);
        Ok([
            call.wanted(0, || {
                let mut dx = self.targets(t);
                let rows = dx.chunks_exact_mut(classes).zip(ln_p.values().chunks_exact(classes));
                for (row, ln_p) in rows {
                    let sum = row.iter().fold(T::zero(), |sum, &t| sum + t);
                    for (dx, &ln_p) in row.iter_mut().zip(ln_p) {
                        *dx = scale * difference(sum, ln_p, *dx);
                    }
                }
                Ok(Tensor::from_buffer(dx, x.shape())?)
            })?,
            call.wanted(1, || {
                let share = scale * (T::one() - self.smoothing);
                let mut dt = Buffer::from_slice(ln_p.values());
                for row in dt.chunks_exact_mut(classes) {
                    for (class, dt) in row.iter_mut().enumerate() {
                        *dt = -share * self.weight(class) * *dt;
                    }
                }
                Ok(Tensor::from_buffer(dt, x.shape())?)
            })?,
        ])
    }
}

/// sum·p − t, without cancellation where p is near 1 and t near the sum.
fn difference<T: Float>(sum: T, ln_p: T, t: T) -> T {
    if ln_p < T::of(-0.5) { sum * math::exp(ln_p) - t } else { sum * math::expm1(ln_p) + (sum - t) }
}

impl<T: Float> Var<'_, T> {
    /// The mean over rows of −Σ target∘ln softmax(row); self are logits, `[rows, classes]`,
    /// `target` probabilities of the same shape. For weights and smoothing, apply
    /// [`ops::SoftCrossEntropy`](SoftCrossEntropy).
    ///
    /// # Errors
    ///
    /// If the shapes differ, or there are not two axes.
    pub fn soft_cross_entropy(self, target: Self) -> Result<Self> {
        self.tape().apply(SoftCrossEntropy::new(), [self, target])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{normal, positive};
    fn op<T: Float>() -> SoftCrossEntropy<T> {
        SoftCrossEntropy::new()
    }
    fn weighted<T: Float>() -> SoftCrossEntropy<T> {
        op().weighted(&[0.5, 2.0, 1.0].map(T::of)).smoothed(T::of(0.1))
    }
    vec![
        grad_case!(op(), [normal([2, 3]), positive([2, 3])]),
        grad_case!(op().smoothed(Float::of(0.2)), [normal([3, 2]), positive([3, 2])])
            .named("smoothed"),
        grad_case!(weighted(), [normal([2, 3]), positive([2, 3])]).named("weighted and smoothed"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("soft_cross_entropy", |given| {
        let mut op = SoftCrossEntropy::new().smoothed(given.number("smoothing"));
        if let Some(weights) = given.numbers("weights") {
            op = op.weighted(&weights);
        }
        given.tape.apply(op, [given.x(0), given.x(1)])
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn certainty_right_and_wrong() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[100.0, -100.0], [100.0, -100.0]]));
        let t = tape.constant(Tensor::from([[1.0, 0.0], [0.25, 0.75]]));
        let y = x.soft_cross_entropy(t).unwrap();
        assert_eq!(y.value().item(), Ok(75.0)); // (0 + 0.75·200)/2
        let found = y.backward().unwrap().of(x).unwrap().to_vec();
        let tiny = 0.5 * (-200.0_f64).exp();
        for (found, expected) in found.iter().zip([0.0, tiny, 0.375, -0.375]) {
            assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} {expected}");
        }
    }

    #[test]
    fn one_hot_targets_are_classes() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]]));
        let t = tape.constant(Tensor::from([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]));
        let soft = tape.apply(SoftCrossEntropy::new().smoothed(0.1), [x, t]).unwrap();
        let hard = x.cross_entropy_smoothed(&[2, 1], 0.1).unwrap();
        let difference: f64 = soft.value().item().unwrap() - hard.value().item().unwrap();
        assert!(difference.abs() < 1e-15);
        let [soft, hard] = [soft, hard].map(|y| y.backward().unwrap().of(x).unwrap().to_vec());
        assert!(soft.iter().zip(hard).all(|(soft, hard)| f64::abs(soft - hard) < 1e-16));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::zeros([3]));
        assert_eq!(
            x.soft_cross_entropy(x).unwrap_err().to_string(),
            "soft_cross_entropy: logits [3]: expected [rows, classes]"
        );
    }
}
