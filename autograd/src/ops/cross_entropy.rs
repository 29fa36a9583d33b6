//! The loss of a classifier, from its logits.
//!
//! y  = −Σ ln p[row, class of row] / rows, with ln p = log_softmax(x) along the last axis
//! dx = dy ∘ (p − 1 at the class, p elsewhere) / rows
//!
//! shapes: x `[rows, classes]`, y `[]`

use tensor::{Buffer, Float, Tensor, math};

use super::log_softmax::log_softmax;
use crate::error::{Error, Result};
use crate::op::{Call, Op};

/// The mean over rows of −ln softmax(x)\[class of the row\]; dx = dy ∘ (softmax(x) − one at the
/// class) / rows.
///
/// x are logits, not probabilities: nothing is lost where a probability is near 0 or near 1.
#[derive(Clone, Debug)]
pub struct CrossEntropy<T: Float> {
    classes: Vec<usize>,
    /// ln p, from forward to backward. `[rows, classes]`
    ln_p: Option<Tensor<T>>,
}

impl<T: Float> CrossEntropy<T> {
    /// Against the class of each row, counted from 0.
    pub fn new(classes: &[usize]) -> Self {
        CrossEntropy { classes: classes.to_vec(), ln_p: None }
    }
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
        if let Some(row) = self.classes.iter().position(|&class| class >= columns) {
            return refuse(format!(
                "row {row} has class {}, but the logits {:?} know only classes below {columns}; \
                count from 0",
                self.classes[row],
                x.shape()
            ));
        }
        let ln_p = log_softmax(x, 1)?;
        let at_class = ln_p.values().chunks_exact(columns).zip(&self.classes);
        let losses = at_class.map(|(row, &class)| -row[class]).collect();
        self.ln_p = Some(ln_p);
        Ok(Tensor::scalar(Tensor::from_vec(losses, [rows])?.mean()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let Some(ln_p) = &self.ln_p else { unreachable!("forward comes before backward") };
        let [x] = call.inputs;
        Ok([call.wanted(0, || {
            let scale = dy.item()? / T::of(self.classes.len() as f64);
            let mut dx = Buffer::from_slice(ln_p.map(|ln_p| scale * math::exp(ln_p)).values());
            let rows = dx.chunks_exact_mut(x.shape()[1]).zip(&self.classes).enumerate();
            for (row, (dx, &class)) in rows {
                // p − 1 without cancellation.
                let ln_p = ln_p.values()[row * x.shape()[1] + class];
                dx[class] = scale * math::expm1(ln_p);
            }
            Ok(Tensor::from_buffer(dx, x.shape())?)
        })?])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::gradcheck::{GradCase, normal};
    vec![
        GradCase::new(|| CrossEntropy::new(&[2, 0]), [normal([2, 3])]),
        GradCase::new(|| CrossEntropy::new(&[1]), [normal([1, 4])]).named("one row"),
    ]
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
    fn what_does_not_fit_is_named() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::zeros([2, 3]));
        assert_eq!(
            x.cross_entropy(&[0, 3]).unwrap_err().to_string(),
            "cross_entropy: row 1 has class 3, but the logits [2, 3] know only classes below 3; \
            count from 0"
        );
        assert_eq!(
            x.cross_entropy(&[0]).unwrap_err().to_string(),
            "cross_entropy: logits [2, 3] for 1 classes: expected one class for each row, and at \
            least one row"
        );
    }
}
