//! A loss times a factor.

use tensor::Float;

#[cfg(feature = "dynamic")]
use super::FlatLoss;
use super::{LinearLoss, LossRows, SigmoidLoss, SoftmaxLoss, checked};
use crate::head::Class;

/// A loss times a factor, to weight one head among several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weighted<L> {
    factor: f64,
    loss: L,
}

/// Returns `factor` times `loss`.
///
/// # Panics
///
/// If `factor` is negative or not a number.
#[track_caller]
pub fn weighted<L>(factor: f64, loss: L) -> Weighted<L> {
    let factor = checked("factor of a loss", factor, "a number from 0", |factor| factor >= 0.0);
    Weighted { factor, loss }
}

#[cfg(feature = "dynamic")]
impl<T: Float, L: FlatLoss<T>> FlatLoss<T> for Weighted<L> {
    fn head(&self) -> &'static str {
        self.loss.head()
    }

    fn evaluate(&self, units: usize, mut rows: LossRows<'_, T, T>) {
        let factor = T::of(self.factor);
        let scale = rows.scale * factor;
        self.loss.evaluate(units, LossRows { scale, ..rows.reborrow() });
        rows.losses.iter_mut().for_each(|loss| *loss = *loss * factor);
    }
}

/// Implements `evaluate` of a [`Weighted`] for each head's trait.
macro_rules! weighted_loss {
    ($Loss:ident, $Target:ty) => {
        const NAME: &'static str = <L as $Loss<T, N>>::NAME;

        fn evaluate(&self, mut rows: LossRows<'_, T, $Target>) {
            let factor = T::of(self.factor);
            let scale = rows.scale * factor;
            $Loss::evaluate(&self.loss, LossRows { scale, ..rows.reborrow() });
            rows.losses.iter_mut().for_each(|loss| *loss = *loss * factor);
        }
    };
}

#[diagnostic::do_not_recommend] // the error names what fits
impl<T: Float, const N: usize, L: SoftmaxLoss<T, N>> SoftmaxLoss<T, N> for Weighted<L> {
    weighted_loss!(SoftmaxLoss, Class<N>);

    fn weight_sums<'t>(
        &self,
        targets: impl Iterator<Item = (&'t Class<N>, f64)> + Clone,
        sums: &mut Vec<f64>,
    ) {
        SoftmaxLoss::weight_sums(&self.loss, targets, sums);
    }

    fn for_batch(&self, rows: usize, sums: &mut &[f64]) -> Self {
        Weighted { factor: self.factor, loss: SoftmaxLoss::for_batch(&self.loss, rows, sums) }
    }

    fn label_smoothing(&self) -> Option<f64> {
        SoftmaxLoss::label_smoothing(&self.loss)
    }
}

#[diagnostic::do_not_recommend] // the error names what fits
impl<T: Float, const N: usize, L: SigmoidLoss<T, N>> SigmoidLoss<T, N> for Weighted<L> {
    weighted_loss!(SigmoidLoss, [T; N]);
}

#[diagnostic::do_not_recommend] // the error names what fits
impl<T: Float, const N: usize, L: LinearLoss<T, N>> LinearLoss<T, N> for Weighted<L> {
    weighted_loss!(LinearLoss, [T; N]);
}

#[cfg(test)]
mod tests {
    use super::super::checks::{check_gradient, evaluate};
    use super::super::{cross_entropy, mse};
    use super::*;
    use crate::head::{Linear, Softmax};

    #[test]
    fn by_hand() {
        let loss = weighted(4.0, mse());
        let (losses, gradient) = evaluate::<f64, Linear<2>>(&loss, &[1.0, 5.0], &[[3.0, 4.0]], 0.5);
        assert_eq!((losses[0], &gradient[..]), (10.0, &[-4.0, 2.0][..]));
    }

    #[test]
    fn gradient_against_differences() {
        check_gradient::<Linear<2>>(&weighted(0.3, mse()), &[0.3, -1.2], &[[1.0, 0.0]]).unwrap();
        let classes = Class::from_labels(&[1]).unwrap();
        let loss = weighted(0.3, cross_entropy().class_weights([2.0, 3.0]));
        check_gradient::<Softmax<2>>(&loss, &[0.3, -1.2], &classes).unwrap();
    }
}
