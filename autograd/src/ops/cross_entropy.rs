//! Cross-entropy: the loss of a classifier, from its logits and the classes.
//!
//! y  = −Σ w[class of row]·ln p[row, class of row] / W, with ln p = log_softmax(x) along the last
//!      axis, weights w (1 by default), and W = Σ w[class of row];
//!      smoothed by ε: (1 − ε) of that + ε of −Σ w∘ln p / (classes·W)
//! dx = dy ∘ w[class of row]·(p − 1 at the class, p elsewhere) / W;
//!      smoothed: (1 − ε) of that + ε of dy ∘ (p·Σ w − w) / (classes·W)
//!
//! shapes: x `[rows, classes]`, w `[classes]`, y `[]`, or `[rows]` if the losses are not reduced;
//!      for the sum, W is 1; a row whose class is ignored has w = 0

use tensor::{Buffer, Float, Tensor, math};

use super::log_softmax::log_softmax;
use super::reduction::Reduction;
use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// The mean over rows of −ln softmax(x)\[class of the row\]; dx = dy ∘ (softmax(x) − one at the
/// class) / rows.
///
/// x are logits, not probabilities, so that probabilities near 0 or near 1 lose no precision. With
/// weights and smoothing it is PyTorch's `cross_entropy(x, classes, weight, label_smoothing)`.
///
/// ```
/// use autograd::{Tape, ops::CrossEntropy};
/// use tensor::Tensor;
///
/// let tape = Tape::new();
/// let x = tape.parameter(Tensor::from([[2.0, 0.0], [0.0, 0.0]]));
/// let loss = CrossEntropy::new(&[0, 1]).weighted(&[1.0, 3.0]).smoothed(0.1);
/// assert!(tape.apply(loss, [x])?.value().item()? > 0.0);
/// # Ok::<(), autograd::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CrossEntropy<T: Float> {
    classes: Vec<usize>,
    /// ε
    smoothing: T,
    /// w, one for each class; `None` if all are 1.
    weights: Option<Vec<T>>,
    /// The class whose rows are ignored.
    ignored: Option<usize>,
    reduction: Reduction,
    /// ln p, saved by forward for backward. `[rows, classes]`
    ln_p: Option<Tensor<T>>,
}

impl<T: Float> CrossEntropy<T> {
    /// The loss for these classes, one for each row, counted from 0.
    pub fn new(classes: &[usize]) -> Self {
        CrossEntropy {
            classes: classes.to_vec(),
            smoothing: T::zero(),
            weights: None,
            ignored: None,
            reduction: Reduction::Mean,
            ln_p: None,
        }
    }

    /// Label smoothing: spreads the fraction `smoothing`, in 0..=1, of each target evenly over all
    /// classes.
    #[must_use]
    pub fn smoothed(self, smoothing: T) -> Self {
        CrossEntropy { smoothing, ..self }
    }

    /// Weights each row by the weight of its class; the mean is divided by the sum of the rows'
    /// weights.
    #[must_use]
    pub fn weighted(self, weights: &[T]) -> Self {
        CrossEntropy { weights: Some(weights.to_vec()), ..self }
    }

    /// Ignores rows of this class, which need not be among the logits' classes: PyTorch's
    /// `ignore_index`. If no other rows are left, the mean is NaN, as in PyTorch, and the sum 0.
    #[must_use]
    pub fn ignoring(self, class: usize) -> Self {
        CrossEntropy { ignored: Some(class), ..self }
    }

    /// Sets the reduction: the sum over rows, or one loss for each row, instead of the mean.
    #[must_use]
    pub fn reduced(self, reduction: Reduction) -> Self {
        CrossEntropy { reduction, ..self }
    }

    /// Whether rows of this class count.
    fn counts(&self, class: usize) -> bool {
        self.ignored != Some(class)
    }

    /// w of a class.
    fn weight(&self, class: usize) -> T {
        self.weights.as_ref().map_or(T::one(), |weights| weights[class])
    }

    /// W, the divisor of the sum over rows.
    fn total(&self) -> T {
        if self.reduction != Reduction::Mean {
            return T::one();
        }
        let counted = self.classes.iter().filter(|&&class| self.counts(class));
        counted.fold(T::zero(), |sum, &class| sum + self.weight(class))
    }
}

/// Checks the smoothing, and that there is a weight for each class, if any.
pub(super) fn check_settings<T: Float>(
    op: &'static str,
    classes: usize,
    smoothing: T,
    weights: Option<&Vec<T>>,
) -> Result<()> {
    if !(smoothing >= T::zero() && smoothing <= T::one()) {
        let rule = format!("found the label smoothing {smoothing}, expected 0..=1");
        return Err(Error::invalid(op, rule));
    }
    if let Some(found) = weights.map(Vec::len).filter(|&found| found != classes) {
        let rule = format!("{found} weights for {classes} classes: expected one for each");
        return Err(Error::invalid(op, rule));
    }
    Ok(())
}

impl<T: Float> Op<T, 1> for CrossEntropy<T> {
    fn name(&self) -> &'static str {
        "cross_entropy"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let refuse = |message| Err(Error::invalid("cross_entropy", message));
        let &[rows, columns] = x.shape() else {
            return refuse(format!("logits {:?}: expected [rows, classes]", x.shape()));
        };
        if rows != self.classes.len() || rows == 0 {
            return refuse(format!(
                "logits {:?} for {} classes: expected one class for each row, and at least one row",
                x.shape(),
                self.classes.len()
            ));
        }
        if let Some(row) =
            self.classes.iter().position(|&class| class >= columns && self.counts(class))
        {
            return refuse(format!(
                "row {row} has class {}, but the logits {:?} have only classes below {columns}; \
                count from 0",
                self.classes[row],
                x.shape()
            ));
        }
        check_settings("cross_entropy", columns, self.smoothing, self.weights.as_ref())?;
        let ln_p = log_softmax(x, 1)?;
        let at_class = ln_p.values().chunks_exact(columns).zip(&self.classes);
        let (share, rest) = (T::one() - self.smoothing, self.smoothing / T::of(columns as f64));
        let loss = |(ln_p, &class): (&[T], &usize)| {
            if !self.counts(class) {
                return T::zero();
            }
            let hard = -share * self.weight(class) * ln_p[class];
            if rest.is_zero() {
                return hard; // without 0·∞ of impossible classes
            }
            let weighted = ln_p.iter().enumerate().map(|(class, &ln_p)| self.weight(class) * ln_p);
            hard - rest * weighted.fold(T::zero(), |sum, term| sum + term)
        };
        let losses = at_class.map(loss).collect();
        self.ln_p = Some(ln_p);
        let losses = Tensor::from_vec(losses, [rows])?;
        Ok(match self.reduction {
            Reduction::None => losses,
            _ => Tensor::scalar(losses.sum() / self.total()),
        })
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let Some(ln_p) = &self.ln_p else { unreachable!("forward comes before backward") };
        Ok([call.wanted(0, || {
            let columns = call.inputs[0].shape()[1];
            let (total, each) = (self.total(), dy.broadcast_to([self.classes.len()])?.contiguous());
            let weights = (0..columns).fold(T::zero(), |sum, class| sum + self.weight(class));
            let mut dx = Buffer::from_slice(ln_p.map(math::exp).values());
            let rows = dx.chunks_exact_mut(columns).zip(ln_p.values().chunks_exact(columns));
            for (((dx, ln_p), &class), &dy) in rows.zip(&self.classes).zip(each.values()) {
                if !self.counts(class) {
                    dx.fill(T::zero());
                    continue;
                }
                let scale = dy / total;
                let (share, rest) = (
                    scale * (T::one() - self.smoothing),
                    scale * self.smoothing / T::of(columns as f64),
                );
                let hard = share * self.weight(class);
                // p − 1 without cancellation; the smoothing terms do not cancel.
                let at_class = hard * math::expm1(ln_p[class]) + rest * weights * dx[class];
                let sum = hard + rest * weights;
                dx.iter_mut().for_each(|dx| *dx = sum * *dx);
                dx[class] = at_class;
                if !rest.is_zero() {
                    let classes = dx.iter_mut().enumerate();
                    classes.for_each(|(class, dx)| *dx = *dx - rest * self.weight(class));
                }
            }
            Ok(Tensor::from_buffer(dx, ln_p.shape())?)
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The mean over rows of −ln softmax(row) at the row's class; self are logits,
    /// `[rows, classes]`.
    ///
    /// # Errors
    ///
    /// If there is not one class for each row, or a class is not below the number of columns.
    #[doc(alias = "softmax_cross_entropy")]
    #[doc(alias = "sparse_categorical_crossentropy")]
    pub fn cross_entropy(self, classes: &[usize]) -> Result<Self> {
        self.tape().apply(CrossEntropy::new(classes), [self])
    }

    /// [`cross_entropy`](Var::cross_entropy) with label smoothing: the fraction `smoothing` of each
    /// target is spread evenly over all classes. For weights as well, apply
    /// [`ops::CrossEntropy`](CrossEntropy).
    ///
    /// # Errors
    ///
    /// As `cross_entropy`, and if `smoothing` is not in 0..=1.
    pub fn cross_entropy_smoothed(self, classes: &[usize], smoothing: T) -> Result<Self> {
        self.tape().apply(CrossEntropy::new(classes).smoothed(smoothing), [self])
    }

    /// [`cross_entropy`](Var::cross_entropy) with class weights: each row counts with its class's
    /// weight, and the sum is divided by the sum of the rows' weights.
    ///
    /// # Errors
    ///
    /// As `cross_entropy`, and if there is not one weight for each class.
    pub fn cross_entropy_weighted(self, classes: &[usize], weights: &[T]) -> Result<Self> {
        self.tape().apply(CrossEntropy::new(classes).weighted(weights), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn weighted<T: Float>(weights: &[f64], classes: &[usize]) -> CrossEntropy<T> {
        let weights: Vec<T> = weights.iter().map(|&weight| T::of(weight)).collect();
        CrossEntropy::new(classes).weighted(&weights)
    }
    vec![
        grad_case!(CrossEntropy::new(&[2, 0]), [normal([2, 3])]),
        grad_case!(CrossEntropy::new(&[1]), [normal([1, 4])]).named("one row"),
        grad_case!(CrossEntropy::new(&[2, 0, 2]).smoothed(Float::of(0.2)), [normal([3, 3])])
            .named("smoothed"),
        grad_case!(weighted(&[0.5, 3.0], &[1, 0]), [normal([2, 2])]).named("weighted"),
        grad_case!(weighted(&[0.5, 3.0, 1.0], &[1, 2]).smoothed(Float::of(0.3)), [normal([2, 3])])
            .named("weighted and smoothed"),
        grad_case!(CrossEntropy::new(&[2, 7, 0]).ignoring(7), [normal([3, 3])]).named("ignoring"),
        grad_case!(CrossEntropy::new(&[2, 0]).reduced(Reduction::Sum), [normal([2, 3])])
            .named("sum"),
        grad_case!(
            weighted(&[0.5, 3.0, 1.0], &[1, 2, 0])
                .smoothed(Float::of(0.3))
                .ignoring(1)
                .reduced(Reduction::None),
            [normal([3, 3])]
        )
        .named("of each row, with everything"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("cross_entropy", |given| {
        let (x, classes) = (given.x(0), given.case.indices("classes"));
        let smoothing = given.case.word("smoothing").map(|_| given.number("smoothing"));
        if let Some(reduction) = given.reduction() {
            let mut op = CrossEntropy::new(&classes).reduced(reduction);
            op = op.smoothed(given.number("smoothing"));
            if let Some(weights) = given.numbers("weights") {
                op = op.weighted(&weights);
            }
            if given.case.word("ignored").is_some() {
                op = op.ignoring(given.whole("ignored"));
            }
            return given.tape.apply(op, [x.class_rows(1)?]);
        }
        match (smoothing, given.numbers("weights")) {
            (None, None) => x.cross_entropy(&classes),
            (Some(smoothing), None) => x.cross_entropy_smoothed(&classes, smoothing),
            (None, Some(weights)) => x.cross_entropy_weighted(&classes, &weights),
            (Some(smoothing), Some(weights)) => {
                let op = CrossEntropy::new(&classes).smoothed(smoothing).weighted(&weights);
                given.tape.apply(op, [x])
            }
        }
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_coin_toss_costs_ln_2() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[0.0, 0.0], [3.0, 3.0]]));
        let y = x.cross_entropy(&[0, 1]).unwrap();
        assert!((y.value().item().unwrap() - std::f64::consts::LN_2).abs() < 1e-15);
        let found = y.backward().unwrap().of(x).unwrap().to_vec();
        for (found, expected) in found.iter().zip([-0.25, 0.25, 0.25, -0.25]) {
            assert!((found - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn certainty_right_and_wrong() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[100.0, -100.0]]));
        let [right, wrong] = [0, 1].map(|class| x.cross_entropy(&[class]).unwrap());
        assert_eq!(wrong.value().item(), Ok(200.0));
        assert_eq!(*wrong.backward().unwrap().of(x).unwrap(), Tensor::from([[1.0, -1.0]]));
        assert_eq!(right.value().item(), Ok(0.0));
        // Tiny, but not lost.
        let tiny = right.backward().unwrap().of(x).unwrap().get(&[0, 1]).unwrap();
        assert!((tiny / (-200.0_f64).exp() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn weights_divide_by_their_sum() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[100.0, -100.0], [100.0, -100.0]]));
        let y = x.cross_entropy_weighted(&[0, 1], &[1.0, 3.0]).unwrap(); // (1·0 + 3·200)/(1 + 3)
        assert_eq!(y.value().item(), Ok(150.0));
        let found = y.backward().unwrap().of(x).unwrap().to_vec();
        let tiny = 0.25 * (-200.0_f64).exp();
        for (found, expected) in found.iter().zip([0.0, tiny, 0.75, -0.75]) {
            assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} {expected}");
        }
    }

    #[test]
    fn smoothing_wants_some_of_every_class() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[100.0, -100.0]]));
        let y = x.cross_entropy_smoothed(&[0], 0.1).unwrap(); // 0.95·0 + 0.05·200
        assert!((y.value().item().unwrap() - 10.0_f64).abs() < 1e-14);
        let found = y.backward().unwrap().of(x).unwrap().to_vec();
        assert!((found[0] - 0.05).abs() < 1e-16 && (found[1] + 0.05).abs() < 1e-16);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::zeros([2, 3]));
        assert_eq!(
            x.cross_entropy_weighted(&[0, 1], &[1.0]).unwrap_err().to_string(),
            "cross_entropy: 1 weights for 3 classes: expected one for each"
        );
        assert_eq!(
            x.cross_entropy_smoothed(&[0, 1], 1.5).unwrap_err().to_string(),
            "cross_entropy: found the label smoothing 1.5, expected 0..=1"
        );
        assert_eq!(
            x.cross_entropy(&[0, 3]).unwrap_err().to_string(),
            "cross_entropy: row 1 has class 3, but the logits [2, 3] have only classes below 3; \
            count from 0"
        );
        assert_eq!(
            x.cross_entropy(&[0]).unwrap_err().to_string(),
            "cross_entropy: logits [2, 3] for 1 classes: expected one class for each row, and at \
            least one row"
        );
    }
}
