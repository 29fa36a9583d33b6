//! The default loss of each head.

use tensor::{Buffer, Float};

use super::{BinaryCrossEntropy, CrossEntropy, Loss, LossRows, Mse};
use crate::head::{Both, Head, Linear, Sigmoid, Softmax};

/// A head with a default loss.
pub trait DefaultLoss<T: Float>: Head<T> {
    /// The default loss.
    type Loss: Loss<T, Self> + Default;

    /// Computes the default loss of one row, and whether the prediction is right, head by head.
    fn by_head(logits: &[T], target: &Self::Target, see: &mut impl FnMut(T, Option<bool>)) {
        let (mut loss, mut unused) = ([T::zero()], Buffer::stale(Self::UNITS));
        Self::Loss::default().evaluate(LossRows {
            logits,
            targets: std::slice::from_ref(target),
            scale: T::one(),
            losses: &mut loss,
            gradient: &mut unused,
            smoothing: 1.0,
        });
        see(loss[0], Self::is_right(logits, target));
    }
}

impl<T: Float, const N: usize> DefaultLoss<T> for Linear<N> {
    type Loss = Mse;
}

impl<T: Float, const N: usize> DefaultLoss<T> for Sigmoid<N> {
    type Loss = BinaryCrossEntropy;
}

impl<T: Float, const N: usize> DefaultLoss<T> for Softmax<N> {
    type Loss = CrossEntropy;
}

impl<T: Float, A: DefaultLoss<T>, B: DefaultLoss<T>> DefaultLoss<T> for Both<A, B> {
    type Loss = (A::Loss, B::Loss);

    fn by_head(logits: &[T], target: &Self::Target, see: &mut impl FnMut(T, Option<bool>)) {
        let (a, b) = logits.split_at(A::UNITS);
        A::by_head(a, &target.0, see);
        B::by_head(b, &target.1, see);
    }
}
