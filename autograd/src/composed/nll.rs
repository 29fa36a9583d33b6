//! The negative log-likelihood of classes, from logarithms of probabilities.
//!
//! `gather` at the classes, times minus their weights; then a reduction

use tensor::{Float, Tensor};

use crate::error::{Error, Result};
use crate::ops::Reduction;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// −w\[class\]·x\[row, class\] for the class of each row, reduced. Self are logarithms of
    /// probabilities, `[rows, classes]`; the mean is divided by the sum of the rows' weights.
    /// PyTorch's `nll_loss`.
    ///
    /// `weights` has one number for each class; `None` means that all are 1. Rows of the class
    /// `ignored`, which need not be one of the columns, do not count: PyTorch's `ignore_index`. If
    /// no other rows are left, the mean is NaN, as in PyTorch.
    /// [`cross_entropy`](Var::cross_entropy) takes logits and computes the loss in one operation.
    ///
    /// # Errors
    ///
    /// If there is not one class for each row, a class is not below the number of columns, or there
    /// is not one weight for each column.
    #[doc(alias = "nll_loss")]
    pub fn nll(
        self,
        classes: &[usize],
        weights: Option<&[T]>,
        ignored: Option<usize>,
        reduction: Reduction,
    ) -> Result<Self> {
        let refuse = |rule: String| Err(Error::invalid("nll", rule));
        let shape = self.shape();
        let (rows, columns) = match shape[..] {
            [rows, columns] if rows == classes.len() => (rows, columns),
            _ => {
                return refuse(format!(
                    "{shape:?} for {} classes: expected [rows, classes] and one class for each \
                    row; `class_rows` converts more axes to rows",
                    classes.len()
                ));
            }
        };
        if let Some(found) = weights.map(<[T]>::len).filter(|&found| found != columns) {
            return refuse(format!("{found} weights for {columns} classes: expected one for each"));
        }
        let counted = || classes.iter().enumerate().filter(|(_, class)| ignored != Some(**class));
        if let Some((row, class)) = counted().find(|(_, class)| **class >= columns) {
            return refuse(format!(
                "row {row} has class {class}, but {shape:?} has only classes below {columns}; \
                 count from 0"
            ));
        }
        let mut each = vec![T::zero(); rows];
        let mut at = vec![0; rows];
        for (row, &class) in counted() {
            (at[row], each[row]) = (class, weights.map_or(T::one(), |weights| weights[class]));
        }
        let total = each.iter().fold(T::zero(), |sum, &weight| sum + weight);
        // Not times 0: an ignored element may be −∞.
        let ignores: Vec<T> =
            classes.iter().map(|&class| T::of(f64::from(ignored == Some(class)))).collect();
        let tape = self.tape();
        let constant =
            |values: Vec<T>| Ok::<_, Error>(tape.constant(Tensor::from_vec(values, [rows])?));
        let mut losses = self.gather(1, &at, [rows, 1])?.reshape([rows])?;
        if ignored.is_some() {
            losses = losses.masked_fill(constant(ignores)?, T::zero())?;
        }
        let losses = losses.mul(constant(each)?)?.neg()?;
        match reduction {
            Reduction::None => Ok(losses),
            Reduction::Sum => losses.sum(),
            Reduction::Mean => losses.sum()?.div(tape.constant(Tensor::scalar(total))),
        }
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("nll", |given| {
        let weights = given.numbers("weights");
        let ignored = given.case.word("ignored").map(|_| given.whole("ignored"));
        let (classes, reduction) = (given.case.indices("classes"), given.reduction().unwrap());
        given.x(0).class_rows(1)?.nll(&classes, weights.as_deref(), ignored, reduction)
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn what_is_ignored_counts_for_nothing() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[-1.0, f64::NEG_INFINITY], [-3.0, -5.0]]));
        let y = x.nll(&[9, 1], None, Some(9), Reduction::Mean).unwrap();
        assert_eq!(y.value().item(), Ok(5.0));
        let gradients = y.backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[0.0, 0.0], [0.0, -1.0]]));
        let all = x.nll(&[9, 9], None, Some(9), Reduction::Mean).unwrap();
        assert!(all.value().item().unwrap().is_nan());
        assert_eq!(
            x.nll(&[0, 2], None, None, Reduction::Sum).unwrap_err().to_string(),
            "nll: row 1 has class 2, but [2, 2] has only classes below 2; count from 0"
        );
        assert!(x.nll(&[0], None, None, Reduction::Sum).is_err());
        assert!(x.nll(&[0, 1], Some(&[1.0]), None, Reduction::Sum).is_err());
    }
}
